// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/ekyc_webhooks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/session_order.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kSurface = "tencent";
constexpr std::size_t kNameCharactersMax = 128;
constexpr std::size_t kKeyCharactersMax = 128;
constexpr std::size_t kUrlBytesMax = 2000;
constexpr std::int64_t kOffsetMost = 100;
constexpr std::int64_t kDefaultLimit = 20;
constexpr std::int64_t kLimitMost = 100;

constexpr std::string_view kScreening = "AML_SCREENING_RESULT_CHANGE";
constexpr std::string_view kVerification = "NONDOC_VERIFICATION_RESULT";
constexpr std::array<std::string_view, 2> kScenes = {kScreening, kVerification};

constexpr std::array<Field, 4> kCreateFields = {{
    {.name = "WebhookName", .required = true, .max_bytes = kNameCharactersMax * 4},
    {.name = "WebhookURL", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "Scene", .allowed = kScenes},
    {.name = "SignatureKey", .max_bytes = kKeyCharactersMax * 4},
}};
constexpr std::array<Field, 4> kUpdateFields = {{
    {.name = "WebhookId", .type = FieldType::integer, .required = true},
    {.name = "WebhookName", .required = true, .max_bytes = kNameCharactersMax * 4},
    {.name = "WebhookURL", .required = true, .max_bytes = kUrlBytesMax},
    {.name = "SignatureKey", .max_bytes = kKeyCharactersMax * 4},
}};
constexpr std::array<Field, 1> kDeleteFields = {{
    {.name = "WebhookId", .type = FieldType::integer, .required = true},
}};
constexpr std::array<Field, 2> kListFields = {{
    {.name = "Offset", .type = FieldType::integer},
    {.name = "Limit", .type = FieldType::integer},
}};

/// "2026-05-19 19:41:37", UTC.
std::string time_text(Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  const auto two = [](auto number) {
    const std::string text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two(static_cast<unsigned>(date.month())) + "-" + two(static_cast<unsigned>(date.day())) +
         " " + two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
         two(clock.seconds().count());
}

/// Name, URL and key.
Answer<flows::NamedWebhookOrder> order_of(const Services& services, const Parameters& parameters) {
  if (const auto fits = check_text(parameters, "WebhookName", kNameCharactersMax); !fits) {
    return tl::unexpected(fits.error());
  }
  if (const auto fits = check_text(parameters, "SignatureKey", kKeyCharactersMax); !fits) {
    return tl::unexpected(fits.error());
  }
  flows::NamedWebhookOrder order;
  order.surface = kSurface;
  order.name = parameters.value("WebhookName");
  order.url = parameters.value("WebhookURL");
  order.key = parameters.value("SignatureKey");
  if (!order.url.starts_with("https://") || !services.check_webhook_url(order.url)) {
    return refuse(Errc::invalid_parameter, "WebhookURL");
  }
  return order;
}

std::int64_t id_of(const Parameters& parameters) {
  return integer_of(parameters, "WebhookId").value_or(0);
}

Success success_with(const Call& call, std::int64_t id) {
  Success success = success_of(call);
  success.fields.text("Result", "Success");
  success.fields.integer("WebhookId", id);
  return success;
}

Fields fields_of(const storage::NamedWebhookRecord& webhook) {
  Fields fields;
  fields.integer("WebhookId", webhook.id);
  fields.text("WebhookName", webhook.name);
  fields.text("Scene", webhook.scene);
  fields.text("WebhookURL", webhook.url);
  fields.text("AddTime", time_text(webhook.added_at));
  fields.text("ModTime", time_text(webhook.modified_at));
  fields.null("SignatureKey");
  fields.boolean("HasSignatureKey", !webhook.sealed_key.empty());
  return fields;
}

}  // namespace

std::span<const Field> create_ekyc_webhook_fields() {
  return kCreateFields;
}

std::span<const Field> update_ekyc_webhook_fields() {
  return kUpdateFields;
}

std::span<const Field> delete_ekyc_webhook_fields() {
  return kDeleteFields;
}

std::span<const Field> list_ekyc_webhooks_fields() {
  return kListFields;
}

boost::asio::awaitable<Answer<Success>> create_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
) {
  auto order = order_of(*services, parameters);
  if (!order) co_return tl::unexpected(order.error());
  const std::string_view scene = parameters.value("Scene");
  order->scene = scene.empty() ? kScreening : scene;
  order->told = order->scene == kVerification;
  const std::string key = order->key;
  const auto id =
      co_await services->webhooks.add_named(call.caller, std::move(*order), call.deadline);
  if (!id && id.error().code == Errc::conflict) co_return refuse_limit();
  if (!id) co_return refuse(id.error());
  Success success = success_with(call, *id);
  success.fields.boolean("HasSignatureKey", !key.empty());
  text_or_null(success.fields, "SignatureKey", key);
  co_return success;
}

boost::asio::awaitable<Answer<Success>> update_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
) {
  auto order = order_of(*services, parameters);
  if (!order) co_return tl::unexpected(order.error());
  const std::int64_t id = id_of(parameters);
  const auto changed_at =
      co_await services->webhooks.change_named(call.caller, id, std::move(*order), call.deadline);
  if (!changed_at) co_return refuse(changed_at.error());
  Success success = success_with(call, id);
  success.fields.text("ModTime", time_text(*changed_at));
  co_return success;
}

boost::asio::awaitable<Answer<Success>> delete_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
) {
  const std::int64_t id = id_of(parameters);
  const auto removed = co_await services->webhooks.remove_named(
      call.caller, std::string(kSurface), id, call.deadline
  );
  if (!removed) co_return refuse(removed.error());
  co_return success_with(call, id);
}

boost::asio::awaitable<Answer<Success>> list_ekyc_webhooks(
    const Services* services, Parameters parameters, Call call
) {
  const auto offset = integer_of(parameters, "Offset").value_or(0);
  if (offset < 0 || offset > kOffsetMost) co_return refuse(Errc::invalid_parameter, "Offset");
  const auto limit = integer_of(parameters, "Limit").value_or(kDefaultLimit);
  if (limit < 1) co_return refuse(Errc::invalid_parameter, "Limit");
  const auto page = co_await services->webhooks.named(
      call.caller,
      std::string(kSurface),
      static_cast<int>(offset),
      static_cast<int>(std::min(limit, kLimitMost)),
      call.deadline
  );
  if (!page) co_return refuse(page.error());
  std::vector<Fields> list;
  std::ranges::transform(page->webhooks, std::back_inserter(list), fields_of);
  Success success = success_of(call);
  success.fields.text("Result", "Success");
  success.fields.integer("TotalCount", page->total);
  success.fields.object_list("WebhookList", list);
  co_return success;
}

}  // namespace selfsame::adapters::tencent
