// SPDX-License-Identifier: Apache-2.0
#include "app/sms_setup.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <future>
#include <set>
#include <utility>

#include "app/card_fields.h"
#include "app/store_setup.h"
#include "app/terminal.h"
#include "app/toml_reader.h"
#include "base/thread_name.h"

namespace selfsame::app {
namespace {

namespace asio = boost::asio;
using adapters::smpp::Link;
using adapters::smpp::LinkCounts;
using adapters::smpp::LinkOptions;

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;
constexpr std::chrono::seconds kSweepEvery{5};
constexpr int kForgottenAtOnce = 1'000;
// What is in hand when the server dies is in doubt: no more than this many seconds' worth.
constexpr double kInHand_s = 20;

tl::unexpected<Error> bad(const std::string& where, std::string_view what) {
  return fail(Errc::invalid_parameter, fmt::format("{}: {}", where, what));
}

bool is_name(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  return !name.empty() && name.size() <= 32 &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_prefix(std::string_view prefix) {
  return prefix.size() <= 15 && prefix.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<void> check(const SmsRouteCard& card, const std::string& where) {
  if (!is_name(card.name)) return bad(where, "name must be 1 to 32 of a-z 0-9 - _");
  if (card.prefixes.empty()) return bad(where, "prefixes is empty: [\"\"] means all numbers");
  if (!std::ranges::all_of(card.prefixes, is_prefix)) return bad(where, "prefixes must be digits");
  if (card.host.empty()) return bad(where, "host is empty");
  if (card.port == 0) return bad(where, "port must be 1 to 65535");
  if (card.binds < 1 || card.binds > 16) return bad(where, "binds must be 1 to 16");
  if (card.window < 1 || card.window > 1'000) return bad(where, "window must be 1 to 1000");
  if (!(card.per_second >= 0 && card.per_second <= 100'000)) {
    return bad(where, "per_second must be 0 to 100000");
  }
  const bool times = card.response_timeout_ms >= 100 && card.response_timeout_ms <= 60'000 &&
                     card.enquire_interval_ms >= 100 && card.enquire_interval_ms <= 600'000;
  if (!times) return bad(where, "response_timeout_ms and enquire_interval_ms must be 100 and more");
  return {};
}

Result<SmsRouteCard> route_of(const toml::table& table, std::size_t number) {
  const std::string where = fmt::format("[[route]] {}", number);
  TomlReader reader(table, where);
  SmsRouteCard card;
  card.name = reader.required<std::string>("name");
  card.prefixes = reader.list<std::string>("prefixes");
  card.host = reader.required<std::string>("host");
  const auto port = reader.optional<std::int64_t>("port", card.port);
  card.port = port > 0 && port <= 65'535 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
  card.system_id = reader.required<std::string>("system_id");
  card.password_file = reader.required<std::string>("password_file");
  card.system_type = reader.optional<std::string>("system_type", "");
  card.binds = static_cast<int>(
      std::clamp<std::int64_t>(reader.optional<std::int64_t>("binds", card.binds), 0, 1'000)
  );
  card.window = static_cast<int>(
      std::clamp<std::int64_t>(reader.optional<std::int64_t>("window", card.window), 0, 10'000)
  );
  card.per_second = reader.optional<double>("per_second", card.per_second);
  card.response_timeout_ms =
      reader.optional<std::int64_t>("response_timeout_ms", card.response_timeout_ms);
  card.enquire_interval_ms =
      reader.optional<std::int64_t>("enquire_interval_ms", card.enquire_interval_ms);
  if (const auto error = reader.error()) return fail(Errc::invalid_parameter, *error);
  SELFSAME_CHECK(check(card, where));
  return card;
}

LinkOptions link_options(const SmsRouteCard& card, Secret password) {
  LinkOptions options;
  options.host = card.host;
  options.port = card.port;
  options.system_id = card.system_id;
  options.password = std::move(password);
  options.system_type = card.system_type;
  options.window = static_cast<std::size_t>(card.window);
  options.per_second = card.per_second;
  options.response_timeout = std::chrono::milliseconds(card.response_timeout_ms);
  options.enquire_interval = std::chrono::milliseconds(card.enquire_interval_ms);
  return options;
}

flows::SmsDispatchOptions dispatch_options(const SmsRouteCard& card) {
  flows::SmsDispatchOptions options;
  options.route = card.name;
  double in_hand = 2.0 * card.window;
  if (card.per_second > 0) in_hand = std::min(in_hand, card.per_second * kInHand_s);
  options.in_hand_max = static_cast<std::size_t>(std::max(in_hand, 1.0));
  return options;
}

Result<int> end_leases(storage::Database* database, Timestamp now) {
  return database->sms_messages().end_leases(now);
}

Result<int> expire(storage::Database* database, Timestamp now) {
  return database->sms_messages().expire(now);
}

Result<int> forget(storage::Database* database, Timestamp before) {
  return database->sms_messages().forget(before, kForgottenAtOnce);
}

void say(const char* what, const Result<int>& count) {
  if (!count) {
    spdlog::warn("sms: {}: {}", what, name_of(count.error().code));
  } else if (*count > 0) {
    spdlog::info("sms: {} messages {}", *count, what);
  }
}

}  // namespace

Result<std::vector<SmsRouteCard>> parse_sms_routes(std::string_view toml) {
  SELFSAME_TRY(root, parse_toml(toml, "sms.routes_file"));
  TomlReader reader(root, "sms.routes_file");
  std::vector<SmsRouteCard> routes;
  std::set<std::string> names;
  std::set<std::string> prefixes;
  for (const toml::table* table : reader.tables("route")) {
    SELFSAME_TRY(route, route_of(*table, routes.size() + 1));
    if (!names.insert(route.name).second) return bad(route.name, "there are two of that name");
    for (const std::string& prefix : route.prefixes) {
      if (prefixes.insert(prefix).second) continue;
      return bad(route.name, fmt::format("another route has the prefix \"{}\" too", prefix));
    }
    routes.push_back(std::move(route));
  }
  if (const auto error = reader.error()) return fail(Errc::invalid_parameter, *error);
  return routes;
}

Result<std::vector<SmsRouteCard>> load_sms_routes(const Settings& settings) {
  if (settings.sms_routes_file.empty()) return std::vector<SmsRouteCard>();
  SELFSAME_TRY(content, read_file(settings.sms_routes_file, kFileBytesMax));
  return parse_sms_routes(text_of(content));
}

flows::SmsVault sms_vault(const storage::MasterKey& master_key) {
  return {
      master_key.derive("selfsame/v1/sms-sealing"), master_key.derive("selfsame/v1/sms-number-hash")
  };
}

flows::SmsOrderOptions sms_order_options(
    const Settings& settings, const std::vector<SmsRouteCard>& routes
) {
  flows::SmsOrderOptions options;
  for (const SmsRouteCard& route : routes) options.routes.push_back({route.name, route.prefixes});
  options.limits = {
      .number_per_hour = settings.sms_number_per_hour,
      .number_per_day = settings.sms_number_per_day,
      .customer_per_day = settings.sms_customer_per_day
  };
  options.validity = std::chrono::seconds(settings.sms_validity_s);
  return options;
}

/// One link, and who feeds it.
struct SmsService::Bind {
  std::string route;
  std::unique_ptr<flows::SmsDispatcher> dispatcher;
  std::unique_ptr<Link> link;  // goes before the dispatcher, whose arrivals it calls
};

struct SmsService::Housekeeping {
  storage::Database& database;
  flows::WorkerPool& pool;
  const Clock& clock;
  std::chrono::hours kept;
  asio::steady_timer timer;
  bool stopping = false;
  bool ended = false;

  asio::awaitable<void> run() {
    while (!stopping) {
      const Timestamp now = clock.now();
      const auto deadline = std::chrono::steady_clock::now() + kSweepEvery;
      say("left in doubt", co_await pool.run(deadline, end_leases, &database, now));
      say("too late to be sent", co_await pool.run(deadline, expire, &database, now));
      say("forgotten", co_await pool.run(deadline, forget, &database, Timestamp(now - kept)));
      if (stopping) break;
      timer.expires_after(kSweepEvery);
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    ended = true;
  }
};

SmsService::SmsService() : work_(io_.get_executor()) {}

SmsService::~SmsService() {
  if (thread_.joinable()) stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<SmsService>> SmsService::start(
    const std::vector<SmsRouteCard>& routes,
    storage::Database& database,
    flows::WorkerPool& storage_pool,
    const Clock& clock,
    const flows::SmsVault& vault,
    std::chrono::hours kept
) {
  std::unique_ptr<SmsService> service(new SmsService());
  const auto executor = service->io_.get_executor();
  service->housekeeping_ = std::make_unique<Housekeeping>(
      Housekeeping{database, storage_pool, clock, kept, asio::steady_timer(executor)}
  );
  for (const SmsRouteCard& card : routes) {
    for (int number = 0; number < card.binds; ++number) {
      SELFSAME_TRY(password, secret_from(card.password_file));
      auto bind = std::make_unique<Bind>();
      bind->route = card.name;
      bind->dispatcher = std::make_unique<flows::SmsDispatcher>(
          executor, database, storage_pool, clock, vault, dispatch_options(card)
      );
      bind->link = std::make_unique<Link>(
          executor,
          link_options(card, std::move(password)),
          bind->dispatcher->arrivals(),
          [name = card.name](const std::string& line) { spdlog::info("sms {}: {}", name, line); }
      );
      service->binds_.push_back(std::move(bind));
    }
  }
  service->run();
  return service;
}

void SmsService::run() {
  const auto fail_loudly = [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  };
  asio::co_spawn(io_, housekeeping_->run(), fail_loudly);
  for (const auto& bind : binds_) {
    asio::co_spawn(io_, bind->dispatcher->run(bind->link.get()), fail_loudly);
    asio::co_spawn(io_, bind->link->run(), fail_loudly);
  }
  thread_ = with_threads_named("sms", [this] { return std::thread([this] { io_.run(); }); });
}

asio::awaitable<void> SmsService::stop_all(std::chrono::milliseconds patience) {
  housekeeping_->stopping = true;
  housekeeping_->timer.cancel();
  for (const auto& bind : binds_) co_await bind->link->stop(patience);
  for (const auto& bind : binds_) co_await bind->dispatcher->stop();
  asio::steady_timer timer(io_);
  while (!housekeeping_->ended) {
    timer.expires_after(std::chrono::milliseconds(10));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void SmsService::stop(std::chrono::milliseconds patience) {
  asio::co_spawn(io_, stop_all(patience), [this](const std::exception_ptr&) { io_.stop(); });
  thread_.join();
}

void SmsService::add_gauges(Metrics& metrics) const {
  int number = 0;
  for (const auto& bind : binds_) {
    const std::map<std::string, std::string> labels = {
        {"route", bind->route}, {"bind", std::to_string(++number)}
    };
    const LinkCounts& counts = bind->link->counts();
    metrics.add_gauge(
        "selfsame_sms_link_up",
        "Whether the bind is up",
        [&counts] { return counts.up ? 1.0 : 0.0; },
        labels
    );
    const auto gauge = [&](const char* name, const char* help, const auto& count) {
      const auto read = [&count] { return static_cast<double>(count.load()); };
      metrics.add_gauge(name, help, read, labels);
    };
    gauge("selfsame_sms_binds", "Times it was bound", counts.binds);
    gauge("selfsame_sms_segments_accepted", "Taken by the message centre", counts.accepted);
    gauge("selfsame_sms_segments_refused", "Refused by it", counts.refused);
    gauge("selfsame_sms_segments_put_off", "Not sent yet: throttled, or no link", counts.put_off);
    gauge("selfsame_sms_segments_in_doubt", "Left without an answer", counts.in_doubt);
    gauge("selfsame_sms_receipts", "Receipts that came", counts.receipts);
    gauge(
        "selfsame_sms_receipts_unknown",
        "Receipts of no segment that is known",
        bind->dispatcher->counts().receipts_unknown
    );
  }
}

}  // namespace selfsame::app
