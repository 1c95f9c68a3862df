// SPDX-License-Identifier: Apache-2.0
#include "flows/sms_orders.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "core/sandbox.h"

namespace selfsame::flows {
namespace {

constexpr int kIdTries = 5;
constexpr std::array<SandboxSmsWord, 8> kSandboxWords = {{
    {"number_illegal", SmsRefusal::number_illegal},
    {"sender_illegal", SmsRefusal::sender_illegal},
    {"text_illegal", SmsRefusal::text_illegal},
    {"text_too_long", SmsRefusal::text_too_long},
    {"opted_out", SmsRefusal::opted_out},
    {"number_limit", SmsRefusal::number_limit},
    {"customer_limit", SmsRefusal::customer_limit},
    {"balance_not_enough", SmsRefusal::balance_not_enough},
}};

/// 13 digits of the time and 7 of chance.
std::string new_message_id(Timestamp now) {
  constexpr std::uint32_t kChances = 10'000'000;
  std::string chance = std::to_string(random_below(kChances));
  chance.insert(0, 7 - chance.size(), '0');
  return std::to_string(now.time_since_epoch().count()) + chance;
}

Result<std::vector<storage::SmsAdmission>> add_to(
    storage::Database* database,
    const std::vector<storage::NewSms>& messages,
    const storage::SmsLimits& limits
) {
  return database->sms_messages().add(messages, limits);
}

Result<storage::SmsRecord> find_in(
    storage::Database* database, const std::string& customer, const std::string& id
) {
  return database->sms_messages().find(customer, id);
}

Result<storage::SmsTemplate> template_in(
    storage::Database* database, const std::string& customer, const std::string& code
) {
  return database->sms_messages().find_template(customer, code);
}

Result<void> convert_in(storage::Database* database, const storage::SmsConversion& conversion) {
  if (!conversion.message_id.empty()) {
    SELFSAME_CHECK(database->sms_messages().find(conversion.customer, conversion.message_id));
  }
  return database->sms_messages().add_conversion(conversion);
}

SmsRefusal refusal_of(storage::SmsAdmission admission) {
  switch (admission) {
    case storage::SmsAdmission::opted_out:
      return SmsRefusal::opted_out;
    case storage::SmsAdmission::number_limit:
      return SmsRefusal::number_limit;
    case storage::SmsAdmission::balance_not_enough:
      return SmsRefusal::balance_not_enough;
    case storage::SmsAdmission::customer_limit:
    case storage::SmsAdmission::taken:
      break;
  }
  return SmsRefusal::customer_limit;
}

std::optional<SmsRefusal> asked_refusal(std::string_view text) {
  const auto word = core::sandbox_word(text);
  if (!word) return std::nullopt;
  const auto* const it = std::ranges::find(kSandboxWords, *word, &SandboxSmsWord::word);
  return it == kSandboxWords.end() ? std::nullopt : std::optional(it->refusal);
}

std::optional<Errc> asked_error(const std::vector<SmsOrder>& orders) {
  for (const SmsOrder& order : orders) {
    const auto answer = core::sandbox_answer(std::string_view(order.text));
    if (!answer) continue;
    if (const auto* const error = std::get_if<Errc>(&*answer)) return *error;
  }
  return std::nullopt;
}

std::optional<core::SmsState> state_named(std::string_view name) {
  for (int number = 0; number <= static_cast<int>(core::SmsState::outbox); ++number) {
    const auto state = static_cast<core::SmsState>(number);
    if (core::name_of(state) == name) return state;
  }
  return std::nullopt;
}

bool has_left(core::SmsState state) {
  return state == core::SmsState::submitted || state == core::SmsState::delivered ||
         state == core::SmsState::failed || state == core::SmsState::unknown;
}

}  // namespace

std::span<const SandboxSmsWord> sandbox_sms_words() noexcept {
  return kSandboxWords;
}

SmsView as_asked(SmsView message) {
  const auto word = core::sandbox_word(message.content.text);
  const auto state = word ? state_named(*word) : std::nullopt;
  if (!state) return message;
  storage::SmsRecord& record = message.record;
  record.state = *state;
  if (has_left(*state)) record.submitted_at = record.created_at;
  const bool has_ended = *state == core::SmsState::delivered || *state == core::SmsState::failed;
  if (has_ended) record.ended_at = record.created_at;
  return message;
}

std::string route_for(std::string_view digits, const std::vector<SmsRoute>& routes) {
  std::string name;
  std::size_t longest = 0;
  for (const SmsRoute& route : routes) {
    for (const std::string& prefix : route.prefixes) {
      if (!digits.starts_with(prefix) || (!name.empty() && prefix.size() <= longest)) continue;
      name = route.name;
      longest = prefix.size();
    }
  }
  return name;
}

tl::expected<storage::NewSms, SmsRefusal> SmsOrders::prepare(
    const Caller& caller, const SmsOrder& order, const SmsProduct& product
) const {
  if (product.sandbox) {
    if (const auto refusal = asked_refusal(order.text)) return tl::unexpected(*refusal);
  }
  const auto number = core::phone_number_from(order.to);
  if (!number) return tl::unexpected(SmsRefusal::number_illegal);
  if (!core::is_sender_id(order.from)) return tl::unexpected(SmsRefusal::sender_illegal);
  const auto cut = core::cut_into_segments(order.text);
  if (!cut) {
    return tl::unexpected(
        cut.error().code == Errc::payload_too_large ? SmsRefusal::text_too_long
                                                    : SmsRefusal::text_illegal
    );
  }
  const Timestamp now = clock_.now();
  storage::NewSms message;
  storage::SmsRecord& record = message.record;
  record.id = new_message_id(now);
  record.customer = caller.customer;
  record.access_key_id = caller.access_key_id;
  record.number_hash = vault_.hash_of_number(number->digits);
  record.country_code = number->country_code;
  if (!product.sandbox) record.route = route_for(number->digits, options_.routes);
  record.state = record.route.empty() ? core::SmsState::outbox : core::SmsState::queued;
  record.segments = static_cast<int>(cut->segments.size());
  record.created_at = now;
  record.next_at = now;
  record.valid_until =
      now + std::min(order.validity.value_or(options_.validity), options_.validity);
  record.sealed = vault_.seal(
      {.to = number->digits, .from = order.from, .text = order.text, .task_id = order.task_id},
      record.id,
      record.customer
  );
  if (!record.route.empty()) {
    message.charge = storage::LedgerEntry{
        .outcome_id = record.id,
        .customer = record.customer,
        .product = product.product,
        .code = product.code,
        .billed_at = now,
        .units = record.segments
    };
  }
  return message;
}

asio::awaitable<Result<std::vector<SmsVerdict>>> SmsOrders::take(
    Caller caller, std::vector<SmsOrder> orders, SmsProduct product, Deadline deadline
) const {
  if (product.sandbox) {
    if (const auto error = asked_error(orders)) co_return fail(*error, "sandbox");
  }
  Result<std::vector<storage::SmsAdmission>> admissions;
  std::vector<SmsVerdict> verdicts;
  for (int tries = 1;; ++tries) {
    verdicts.clear();
    std::vector<storage::NewSms> messages;
    for (const SmsOrder& order : orders) {
      auto prepared = prepare(caller, order, product);
      if (!prepared) {
        verdicts.emplace_back(tl::unexpected(prepared.error()));
        continue;
      }
      verdicts.emplace_back(SmsTaken{
          .id = prepared->record.id,
          .number = *core::phone_number_from(order.to),
          .segments = prepared->record.segments
      });
      messages.push_back(std::move(*prepared));
    }
    if (messages.empty()) co_return verdicts;
    admissions =
        co_await pool_.run(deadline, add_to, &database_, std::move(messages), options_.limits);
    // Two messages of one millisecond may draw one id.
    if (admissions || admissions.error().code != Errc::conflict || tries == kIdTries) break;
  }
  if (!admissions) co_return tl::unexpected(admissions.error());
  auto admission = admissions->begin();
  for (SmsVerdict& verdict : verdicts) {
    if (!verdict) continue;
    if (*admission != storage::SmsAdmission::taken) {
      verdict = tl::unexpected(refusal_of(*admission));
    }
    ++admission;
  }
  co_return verdicts;
}

asio::awaitable<Result<SmsView>> SmsOrders::find(Caller caller, std::string id, Deadline deadline)
    const {
  SELFSAME_CO_TRY(
      record,
      co_await pool_.run(deadline, find_in, &database_, std::move(caller.customer), std::move(id))
  );
  SELFSAME_CO_TRY(content, vault_.open(record));
  co_return SmsView{.record = std::move(record), .content = std::move(content)};
}

asio::awaitable<Result<std::string>> SmsOrders::fill(
    Caller caller,
    std::string code,
    std::vector<std::pair<std::string, std::string>> values,
    Deadline deadline
) const {
  SELFSAME_CO_TRY(
      found,
      co_await pool_.run(
          deadline, template_in, &database_, std::move(caller.customer), std::move(code)
      )
  );
  co_return core::fill_template(found.text, values);
}

asio::awaitable<Result<void>> SmsOrders::note_conversion(
    storage::SmsConversion conversion, Deadline deadline
) const {
  conversion.id = random_uuid();
  conversion.stored_at = clock_.now();
  co_return co_await pool_.run(deadline, convert_in, &database_, std::move(conversion));
}

}  // namespace selfsame::flows
