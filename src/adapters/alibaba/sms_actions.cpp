// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/sms_actions.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "core/customer.h"
#include "core/sms.h"

namespace selfsame::adapters::alibaba {

namespace asio = boost::asio;
namespace json = boost::json;
using flows::SmsOrder;
using flows::SmsRefusal;
using flows::SmsVerdict;

namespace {

constexpr std::string_view kMainland = "86";
constexpr std::size_t kMaxBatch = 1'000;
constexpr std::size_t kMaxTaskIdBytes = 255;
constexpr std::array<std::string_view, 4> kTypes = {"", "NOTIFY", "MKT", "OTP"};

/// A ResponseCode and its description.
struct Business {
  std::string_view code;
  std::string_view description;
};

constexpr Business kOk = {"OK", "The SMS Send Request was accepted"};
constexpr Business kNumber = {"MOBILE_NUMBER_ILLEGAL", "The phone number is illegal"};
constexpr Business kCount = {"MOBILE_COUNT_OVER_LIMIT", "Too many phone numbers"};
constexpr Business kCountry = {
    "NOT_SUPPORTED_COUNTRY", "The country of the phone number is not served by this operation"
};
constexpr Business kSender = {"INVALID_SENDERID", "The sender ID is illegal"};
constexpr Business kParameters = {"INVALID_PARAMETERS", "A parameter is illegal"};
constexpr Business kLength = {"PARAM_LENGTH_LIMIT", "The message is too long"};
constexpr Business kOptedOut = {"BLACK_KEY_CONTROL_LIMIT", "The number wants no messages"};
constexpr Business kLimit = {"BUSINESS_LIMIT_CONTROL", "Too many messages"};
constexpr Business kTemplate = {"SMS_CONTENT_CODE_ILLEGAL", "The template does not exist"};
constexpr Business kTemplateJson = {"INVALID_JSON_PARAM", "TemplateParam is no JSON object"};
constexpr Business kTemplateValue = {
    "CONTENT_MISSING_PARAMETERS", "TemplateParam lacks a variable of the template"
};
constexpr Business kNoMessage = {"DATA_NOT_EXIST", "The message does not exist"};
constexpr Business kNotActivated = {"PRODUCT_UN_SUBSCRIPT", "The service is not activated"};
constexpr Business kSuspended = {"OUT_OF_SERVICE", "The account has overdue payments"};
constexpr Business kBalance = {"AMOUNT_NOT_ENOUGH", "The balance is not enough"};
constexpr Business kAbnormal = {"ACCOUNT_ABNORMAL", "The account is not verified"};
constexpr Business kForbidden = {"FORBIDDEN_ACTION", "The account has no right to this operation"};

Fields answer_with(const Business& business) {
  return Fields{{"ResponseCode", business.code}, {"ResponseDescription", business.description}};
}

const Business& business_of(SmsRefusal refusal) noexcept {
  switch (refusal) {
    case SmsRefusal::number_illegal:
      return kNumber;
    case SmsRefusal::sender_illegal:
      return kSender;
    case SmsRefusal::text_illegal:
      return kParameters;
    case SmsRefusal::text_too_long:
      return kLength;
    case SmsRefusal::opted_out:
      return kOptedOut;
    case SmsRefusal::balance_not_enough:
      return kBalance;
    case SmsRefusal::number_limit:
    case SmsRefusal::customer_limit:
      break;
  }
  return kLimit;
}

/// What is settled with the customer is a business failure; null: it is none.
const Business* settled(core::RefusalCause cause) noexcept {
  switch (cause) {
    case core::RefusalCause::not_activated:
    case core::RefusalCause::activating:
    case core::RefusalCause::activation_failed:
      return &kNotActivated;
    case core::RefusalCause::suspended:
    case core::RefusalCause::in_arrears:
      return &kSuspended;
    case core::RefusalCause::balance_not_enough:
      return &kBalance;
    case core::RefusalCause::customer_not_verified:
      return &kAbnormal;
    case core::RefusalCause::address_not_allowed:
    case core::RefusalCause::key_without_right:
    case core::RefusalCause::unauthorized:
    case core::RefusalCause::denied:
    case core::RefusalCause::sdk_too_old:
    case core::RefusalCause::device_not_supported:
    case core::RefusalCause::bundle_not_allowed:
      return &kForbidden;
    case core::RefusalCause::daily_quota_used:
      return &kLimit;
    case core::RefusalCause::too_many_per_second:
    case core::RefusalCause::too_many_at_once:
      break;
  }
  return nullptr;
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A time in milliseconds since 1970 that is not ahead of `now`; `now` when it is not given.
std::optional<Timestamp> time_in(std::string_view text, Timestamp now) {
  if (text.empty()) return now;
  const auto count = number_in<std::int64_t>(text);
  if (!count || *count < 0) return std::nullopt;
  const Timestamp time{std::chrono::milliseconds(*count)};
  return time <= now ? std::optional(time) : std::nullopt;
}

/// What all three ways of sending have in common; nothing when one of these parameters is illegal.
std::optional<SmsOrder> order_of(const Parameters& parameters) {
  SmsOrder order;
  order.from = parameters.value("From");
  order.task_id = parameters.value("TaskId");
  const std::string_view validity = parameters.value("ValidityPeriod");
  if (!validity.empty()) {
    const auto seconds = number_in<std::int32_t>(validity);
    if (!seconds || *seconds <= 0) return std::nullopt;
    order.validity = std::chrono::seconds(*seconds);
  }
  const bool is_type = std::ranges::find(kTypes, parameters.value("Type")) != kTypes.end();
  if (!is_type || order.task_id.size() > kMaxTaskIdBytes) return std::nullopt;
  return order;
}

bool is_in_mainland(std::string_view number) {
  const auto parsed = core::phone_number_from(number);
  return parsed && parsed->country_code == kMainland;
}

Fields number_detail(std::string_view country) {
  return Fields{{"Country", country}, {"Region", ""}, {"Carrier", ""}};
}

Fields fields_of(const SmsVerdict& verdict, std::string_view from) {
  if (!verdict) return answer_with(business_of(verdict.error()));
  Fields fields = answer_with(kOk);
  fields["MessageId"] = verdict->id;
  fields["To"] = verdict->number.digits;
  fields["From"] = from;
  fields["Segments"] = std::to_string(verdict->segments);
  fields["NumberDetail"] = number_detail(verdict->number.country);
  return fields;
}

/// May the customer use the product? If not, what it is told.
asio::awaitable<tl::expected<flows::Admitted, Answer<Fields>>> enter(
    const Services* services, const Call* call
) {
  flows::AdmissionRequest entrance{
      .caller = call->caller,
      .product = kSmsProduct,
      .client_address = call->client_address,
      .device = {},
      .deadline = call->deadline
  };
  auto admitted = co_await services->admission.admit(std::move(entrance));
  if (admitted) co_return std::move(*admitted);
  const auto& refused = admitted.error();
  if (const Business* business = refused.cause ? settled(*refused.cause) : nullptr) {
    co_return tl::unexpected(Answer<Fields>(answer_with(*business)));
  }
  co_return tl::unexpected(Answer<Fields>(refuse(refused.error)));
}

asio::awaitable<Answer<std::vector<SmsVerdict>>> take(
    const Services* services,
    const Call* call,
    const flows::Admitted* admitted,
    std::vector<SmsOrder> orders
) {
  flows::SmsProduct product{
      .product = std::string(core::name_of(kSmsProduct)),
      .code = std::string(kOk.code),
      .sandbox = admitted->customer->sandbox
  };
  auto verdicts = co_await services->sms.take(
      call->caller, std::move(orders), std::move(product), call->deadline
  );
  if (!verdicts) co_return refuse(verdicts.error());
  co_return std::move(*verdicts);
}

asio::awaitable<Answer<Fields>> send_one(
    const Services* services, const Call* call, const flows::Admitted* admitted, SmsOrder order
) {
  const std::string from = order.from;
  std::vector<SmsOrder> orders;
  orders.push_back(std::move(order));
  const auto verdicts = co_await take(services, call, admitted, std::move(orders));
  if (!verdicts) co_return tl::unexpected(verdicts.error());
  co_return fields_of(verdicts->front(), from);
}

/// One order a number; nothing when texts and numbers do not fit together.
std::optional<std::vector<SmsOrder>> orders_of(
    const SmsOrder& like, const std::vector<std::string>& numbers, std::string_view message
) {
  auto texts = text_list(message);
  if (!texts) texts = std::vector<std::string>{std::string(message)};
  if (texts->size() != 1 && texts->size() != numbers.size()) return std::nullopt;
  std::vector<SmsOrder> orders(numbers.size(), like);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    orders[i].to = numbers[i];
    orders[i].text = texts->size() == 1 ? texts->front() : (*texts)[i];
  }
  return orders;
}

Fields batch_fields(
    const std::vector<SmsVerdict>& verdicts,
    const std::vector<std::string>& numbers,
    std::string_view from
) {
  json::array ids;
  json::array failed;
  const Business* first_failure = nullptr;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i]) {
      ids.emplace_back(verdicts[i]->id);
    } else {
      failed.emplace_back(numbers[i]);
      if (first_failure == nullptr) first_failure = &business_of(verdicts[i].error());
    }
  }
  Fields fields = answer_with(ids.empty() && first_failure != nullptr ? *first_failure : kOk);
  fields["From"] = from;
  fields["SuccessCount"] = std::to_string(ids.size());
  fields["MessageIdList"] = json::serialize(ids);
  fields["FailedList"] = json::serialize(failed);
  return fields;
}

struct StatusWords {
  std::string_view status;  // 1 delivered, 2 failed, 3 on its way
  std::string_view code;
  std::string_view description;
};

StatusWords status_of(core::SmsState state) noexcept {
  switch (state) {
    case core::SmsState::queued:
    case core::SmsState::sending:
      return {"3", "", "waiting to be submitted"};
    case core::SmsState::submitted:
      return {"3", "", "submitted to the carrier"};
    case core::SmsState::delivered:
      return {"1", "DELIVERED", "success"};
    case core::SmsState::failed:
      return {"2", "FAILED", "failed"};
    case core::SmsState::unknown:
      return {"3", "UNKNOWN", "the link broke before the carrier answered"};
    case core::SmsState::outbox:
      return {"3", "OUTBOX", "no route: kept in the development outbox"};
  }
  return {"3", "", ""};
}

}  // namespace

std::string_view response_code_of(SmsRefusal refusal) noexcept {
  return business_of(refusal).code;
}

bool is_signature(std::string_view text) {
  constexpr std::size_t kMostCharacters = 20;
  const auto characters = characters_of(text);
  return characters && !characters->empty() && characters->size() <= kMostCharacters &&
         std::ranges::none_of(*characters, [](char32_t c) {
           return c < U' ' || (c >= 0x7f && c < 0xa0) || c == U'\u3010' || c == U'\u3011';
         });
}

std::optional<std::vector<std::string>> text_list(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const json::value& each : value.get_array()) {
    if (!each.is_string()) return std::nullopt;
    list.emplace_back(each.get_string().data(), each.get_string().size());
  }
  return list;
}

std::optional<std::vector<std::pair<std::string, std::string>>> template_values(
    std::string_view text
) {
  std::vector<std::pair<std::string, std::string>> values;
  if (text.empty()) return values;
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  for (const auto& [name, each] : value.get_object()) {
    if (each.is_string()) {
      values.emplace_back(name, std::string(each.get_string().data(), each.get_string().size()));
    } else if (each.is_number()) {
      values.emplace_back(name, json::serialize(each));
    } else {
      return std::nullopt;
    }
  }
  return values;
}

std::string date_text(Timestamp time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto padded = [](auto number) {
    std::string digits = std::to_string(number);
    return digits.size() < 2 ? "0" + digits : digits;
  };
  return std::string(kDays[std::chrono::weekday(day).c_encoding()]) + ", " +
         padded(static_cast<unsigned>(date.day())) + " " +
         kMonths[static_cast<unsigned>(date.month()) - 1] + " " +
         std::to_string(static_cast<int>(date.year())) + " " + padded(clock.hours().count()) + ":" +
         padded(clock.minutes().count()) + ":" + padded(clock.seconds().count()) + " +0000";
}

Fields fields_of(const flows::SmsView& message) {
  const storage::SmsRecord& record = message.record;
  const StatusWords words = status_of(record.state);
  const auto number = core::phone_number_from(message.content.to);
  Fields fields = answer_with(kOk);
  fields["MessageId"] = record.id;
  fields["To"] = message.content.to;
  fields["Message"] = message.content.text;
  fields["NumberDetail"] = number_detail(number ? number->country : std::string_view{});
  fields["Status"] = words.status;
  const bool has_cause = record.state == core::SmsState::failed && !record.error.empty();
  fields["ErrorCode"] = has_cause ? std::string_view(record.error) : words.code;
  fields["ErrorDescription"] = words.description;
  fields["SendDate"] = record.submitted_at ? date_text(*record.submitted_at) : std::string();
  fields["ReceiveDate"] = record.ended_at ? date_text(*record.ended_at) : std::string();
  return fields;
}

asio::awaitable<Answer<Fields>> send_message_to_globe(
    const Services* services, Parameters parameters, Call call
) {
  const auto to = parameters.required("To");
  if (!to) co_return tl::unexpected(to.error());
  const auto text = parameters.required("Message");
  if (!text) co_return tl::unexpected(text.error());
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  auto order = order_of(parameters);
  if (!order) co_return answer_with(kParameters);
  if (is_in_mainland(*to)) co_return answer_with(kCountry);
  order->to = *to;
  order->text = *text;
  co_return co_await send_one(services, &call, &*admitted, std::move(*order));
}

asio::awaitable<Answer<Fields>> batch_send_message_to_globe(
    const Services* services, Parameters parameters, Call call
) {
  const auto to = parameters.required("To");
  if (!to) co_return tl::unexpected(to.error());
  const auto text = parameters.required("Message");
  if (!text) co_return tl::unexpected(text.error());
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  const auto order = order_of(parameters);
  const auto numbers = text_list(*to);
  if (!order || !numbers || numbers->empty()) co_return answer_with(kParameters);
  if (numbers->size() > kMaxBatch) co_return answer_with(kCount);
  if (std::ranges::any_of(*numbers, is_in_mainland)) co_return answer_with(kCountry);
  auto orders = orders_of(*order, *numbers, *text);
  if (!orders) co_return answer_with(kParameters);
  const auto verdicts = co_await take(services, &call, &*admitted, std::move(*orders));
  if (!verdicts) co_return tl::unexpected(verdicts.error());
  co_return batch_fields(*verdicts, *numbers, order->from);
}

asio::awaitable<Answer<Fields>> send_message_with_template(
    const Services* services, Parameters parameters, Call call
) {
  for (const char* name : {"To", "From", "TemplateCode"}) {
    if (auto given = parameters.required(name); !given) co_return tl::unexpected(given.error());
  }
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  auto order = order_of(parameters);
  if (!order) co_return answer_with(kParameters);
  if (!is_signature(order->from)) co_return answer_with(kSender);
  auto values = template_values(parameters.value("TemplateParam"));
  if (!values) co_return answer_with(kTemplateJson);
  std::string code(parameters.value("TemplateCode"));
  const auto text =
      co_await services->sms.fill(call.caller, std::move(code), std::move(*values), call.deadline);
  if (!text && text.error().code == Errc::not_found) co_return answer_with(kTemplate);
  if (!text && text.error().code == Errc::missing_parameter) co_return answer_with(kTemplateValue);
  if (!text) co_return refuse(text.error());
  // In mainland China the sender is a signature before the text.
  order->text = "\u3010" + std::exchange(order->from, {}) + "\u3011" + *text;
  order->to = parameters.value("To");
  co_return co_await send_one(services, &call, &*admitted, std::move(*order));
}

asio::awaitable<Answer<Fields>> query_message(
    const Services* services, Parameters parameters, Call call
) {
  const auto id = parameters.required("MessageId");
  if (!id) co_return tl::unexpected(id.error());
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  const auto found = co_await services->sms.find(call.caller, std::string(*id), call.deadline);
  if (!found && found.error().code == Errc::not_found) co_return answer_with(kNoMessage);
  if (!found) co_return refuse(found.error());
  if (admitted->customer->sandbox) co_return fields_of(flows::as_asked(*found));
  co_return fields_of(*found);
}

asio::awaitable<Answer<Fields>> conversion_data(
    const Services* services, Parameters parameters, Call call
) {
  const auto rate_text = parameters.required("ConversionRate");
  if (!rate_text) co_return tl::unexpected(rate_text.error());
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  const auto rate = number_in<double>(*rate_text);
  const auto time = time_in(parameters.value("ReportTime"), services->sms.now());
  if (!rate || !(*rate >= 0 && *rate <= 1) || !time) co_return answer_with(kParameters);
  storage::SmsConversion conversion;
  conversion.customer = call.caller.customer;
  conversion.rate = rate;
  conversion.reported_at = *time;
  const auto noted = co_await services->sms.note_conversion(std::move(conversion), call.deadline);
  if (!noted) co_return refuse(noted.error());
  co_return answer_with(kOk);
}

asio::awaitable<Answer<Fields>> sms_conversion(
    const Services* services, Parameters parameters, Call call
) {
  const auto delivered = parameters.required("Delivered");
  if (!delivered) co_return tl::unexpected(delivered.error());
  const bool is_true = *delivered == "true" || *delivered == "True";
  const bool is_false = *delivered == "false" || *delivered == "False";
  const std::string_view id = parameters.value("MessageId");
  const std::string_view to = parameters.value("To");
  if (id.empty() && to.empty()) co_return refuse_missing("MessageId");
  const auto admitted = co_await enter(services, &call);
  if (!admitted) co_return admitted.error();
  if (id.empty() && !core::phone_number_from(to)) co_return answer_with(kNumber);
  const auto time = time_in(parameters.value("ConversionTime"), services->sms.now());
  if ((!is_true && !is_false) || !time) co_return answer_with(kParameters);
  storage::SmsConversion conversion;
  conversion.customer = call.caller.customer;
  conversion.message_id = id;
  conversion.delivered = is_true;
  conversion.reported_at = *time;
  const auto noted = co_await services->sms.note_conversion(std::move(conversion), call.deadline);
  if (!noted && noted.error().code == Errc::not_found) co_return answer_with(kNoMessage);
  if (!noted) co_return refuse(noted.error());
  co_return answer_with(kOk);
}

}  // namespace selfsame::adapters::alibaba
