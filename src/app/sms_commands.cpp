// SPDX-License-Identifier: Apache-2.0
// selfsame sms outbox, list, routes, optout, template.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/commands.h"
#include "app/sms_setup.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "core/sms.h"
#include "storage/sms_repositories.h"

namespace selfsame::app {
namespace {

namespace json = boost::json;

constexpr int kMostShown = 10'000;

/// What a phone could be made to show must not steer a terminal.
std::string without_controls(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  for (std::size_t i = 1; i < text.size(); ++i) {  // U+0080 to U+009F, where terminals have them
    const auto last = static_cast<unsigned char>(text[i]);
    if (text[i - 1] == '\xC2' && last >= 0x80 && last < 0xA0) text[i - 1] = text[i] = ' ';
  }
  return text;
}

std::optional<core::SmsState> state_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(core::SmsState::outbox); ++i) {
    const auto state = static_cast<core::SmsState>(i);
    if (name == core::name_of(state)) return state;
  }
  return std::nullopt;
}

int wrong_number(const char* command) {
  complain(
      command, {Errc::invalid_parameter, "not an international number, such as +628131234567"}
  );
  return kUsage;
}

}  // namespace

int sms_outbox(const Settings& settings, const std::string& name, int limit, bool as_json) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms outbox", stores.error());
  const auto found = stores->database->sms_messages().list(
      {.customer = name, .state = core::SmsState::outbox, .limit = std::min(limit, kMostShown)}
  );
  if (!found) return complain("sms outbox", found.error());
  const flows::SmsVault vault = sms_vault(*stores->master_key);
  json::array messages;
  for (const storage::SmsRecord& record : *found) {
    const auto content = vault.open(record);
    if (!content) return complain("sms outbox", content.error());
    messages.push_back(json::object{
        {"id", record.id},
        {"customer", record.customer},
        {"created_at", rfc3339(record.created_at)},
        {"to", content->to},
        {"from", content->from},
        {"text", content->text},
        {"segments", record.segments}
    });
    if (as_json) continue;
    fmt::print(
        "{}  {}  {}  to {}  from \"{}\"  {} segment(s)\n  {}\n",
        rfc3339(record.created_at),
        record.id,
        record.customer,
        content->to,
        content->from,
        record.segments,
        without_controls(content->text)
    );
  }
  if (as_json) {
    print_json(json::object{{"messages", std::move(messages)}});
  } else if (found->empty()) {
    fmt::print("The outbox is empty: it holds messages that no route takes.\n");
  }
  return kDone;
}

int sms_list(
    const Settings& settings, const std::string& name, const std::string& state_name, int limit
) {
  storage::SmsQuery query{.customer = name, .state = {}, .limit = std::min(limit, kMostShown)};
  if (!state_name.empty()) {
    query.state = state_named(state_name);
    if (!query.state) {
      complain("sms list", {Errc::invalid_parameter, fmt::format("no state \"{}\"", state_name)});
      return kUsage;
    }
  }
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms list", stores.error());
  const auto found = stores->database->sms_messages().list(query);
  if (!found) return complain("sms list", found.error());
  for (const storage::SmsRecord& record : *found) {
    fmt::print(
        "{}  {}  {}  {}  +{}…  {} segment(s)  {}{}{}\n",
        rfc3339(record.created_at),
        record.id,
        record.customer,
        record.route.empty() ? "-" : record.route,
        record.country_code,
        record.segments,
        core::name_of(record.state),
        record.error.empty() ? "" : ": ",
        record.error
    );
  }
  return kDone;
}

int sms_routes(const Settings& settings, bool as_json) {
  const auto routes = load_sms_routes(settings);
  if (!routes) {
    complain("sms routes", routes.error());
    return kUsage;
  }
  json::array list;
  for (const SmsRouteCard& route : *routes) {
    json::array prefixes;
    for (const std::string& prefix : route.prefixes) prefixes.emplace_back(prefix);
    list.push_back(json::object{
        {"name", route.name},
        {"prefixes", std::move(prefixes)},
        {"host", route.host},
        {"port", route.port},
        {"binds", route.binds},
        {"window", route.window},
        {"per_second", route.per_second}
    });
    if (as_json) continue;
    fmt::print(
        "{}  {}:{}  {} bind(s), window {}, {}  prefixes {}\n",
        route.name,
        route.host,
        route.port,
        route.binds,
        route.window,
        route.per_second > 0 ? fmt::format("{} a second", route.per_second) : "as fast as it goes",
        fmt::join(route.prefixes, ", ")
    );
  }
  if (as_json) {
    print_json(json::object{{"routes", std::move(list)}});
  } else if (routes->empty()) {
    fmt::print("No routes (sms.routes_file): all messages go to the outbox.\n");
  }
  return kDone;
}

int sms_optout_set(const Settings& settings, const std::string& text, bool out) {
  const char* const command = out ? "sms optout add" : "sms optout remove";
  const auto number = core::phone_number_from(text);
  if (!number) return wrong_number(command);
  auto stores = open_existing_stores(settings);
  if (!stores) return complain(command, stores.error());
  const flows::SmsVault vault = sms_vault(*stores->master_key);
  storage::SmsMessages& messages = stores->database->sms_messages();
  const Bytes hash = vault.hash_of_number(number->digits);
  const auto done = out ? messages.opt_out(
                              {.number_hash = hash,
                               .sealed = vault.seal_number(number->digits),
                               .added_at = SystemClock{}.now()}
                          )
                        : messages.opt_in(hash);
  return done ? kDone : complain(command, done.error());
}

int sms_optout_list(const Settings& settings) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms optout list", stores.error());
  const auto numbers = stores->database->sms_messages().opt_outs();
  if (!numbers) return complain("sms optout list", numbers.error());
  const flows::SmsVault vault = sms_vault(*stores->master_key);
  for (const storage::SmsOptOut& number : *numbers) {
    const auto opened = vault.open_number(number.sealed);
    if (!opened) return complain("sms optout list", opened.error());
    fmt::print("{}  +{}\n", rfc3339(number.added_at), *opened);
  }
  return kDone;
}

int sms_template_set(
    const Settings& settings,
    const std::string& name,
    const std::string& code,
    const std::string& text
) {
  if (code.empty() || code.size() > 64 || text.empty() || !is_utf8(text) || !is_utf8(code)) {
    complain("sms template set", {Errc::invalid_parameter, "a code of 1 to 64 bytes and a text"});
    return kUsage;
  }
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms template set", stores.error());
  const auto done = stores->database->sms_messages().set_template(
      {.customer = name, .code = code, .text = text, .set_at = SystemClock{}.now()}
  );
  return done ? kDone : complain("sms template set", done.error());
}

int sms_template_remove(
    const Settings& settings, const std::string& name, const std::string& code
) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms template remove", stores.error());
  const auto done = stores->database->sms_messages().remove_template(name, code);
  return done ? kDone : complain("sms template remove", done.error());
}

int sms_template_list(const Settings& settings) {
  auto stores = open_existing_stores(settings);
  if (!stores) return complain("sms template list", stores.error());
  const auto templates = stores->database->sms_messages().templates();
  if (!templates) return complain("sms template list", templates.error());
  for (const storage::SmsTemplate& each : *templates) {
    fmt::print("{}  {}  {}\n", each.customer, each.code, without_controls(each.text));
  }
  return kDone;
}

}  // namespace selfsame::app
