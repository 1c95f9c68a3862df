// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/webhooks.h"

#include <boost/json/array.hpp>
#include <utility>

#include "adapters/native/json_reader.h"
#include "adapters/native/json_values.h"
#include "adapters/native/verification_json.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::size_t kUrlCharactersMax = 2048;

/// The error's detail is for the caller.
Result<std::string> parse_url(std::string_view body) {
  SELFSAME_TRY(object, parse_object(body));
  JsonReader reader(object);
  std::string url;
  reader.require({"url"});
  reader.text("url", url, kUrlCharactersMax);
  SELFSAME_CHECK(reader.done());
  return url;
}

}  // namespace

Answer set_webhook(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  auto url = parse_url(call.request.body);
  if (!url) co_return refusal_as_said(url.error(), id);
  const auto fit = services.check_webhook_url(*url);
  if (!fit) co_return refusal_as_said(fit.error(), id);
  const auto secret =
      co_await services.webhooks.set(std::move(call.caller), *url, call.request.deadline);
  if (!secret) co_return refusal(secret.error(), id);
  boost::json::object object{{"url", *url}, {"secret", *secret}};
  co_return json_response(object);
}

Answer show_webhook(const Services& services, Call call) {
  const auto endpoint =
      co_await services.webhooks.get(std::move(call.caller), call.request.deadline);
  if (!endpoint) co_return refusal(endpoint.error(), call.request.request_id);
  if (!*endpoint) co_return refusal({Errc::not_found, {}}, call.request.request_id);
  boost::json::object object{{"url", (*endpoint)->url}, {"set_at", rfc3339((*endpoint)->set_at)}};
  co_return json_response(object);
}

Answer remove_webhook(const Services& services, Call call) {
  const auto removed =
      co_await services.webhooks.remove(std::move(call.caller), call.request.deadline);
  if (!removed) co_return refusal(removed.error(), call.request.request_id);
  co_return no_content();
}

Answer list_deliveries(const Services& services, Call call) {
  const auto deliveries =
      co_await services.webhooks.deliveries(std::move(call.caller), call.request.deadline);
  if (!deliveries) co_return refusal(deliveries.error(), call.request.request_id);
  boost::json::array list;
  for (const auto& delivery : *deliveries) list.emplace_back(delivery_json(delivery));
  boost::json::object object{{"deliveries", std::move(list)}};
  co_return json_response(object);
}

}  // namespace selfsame::adapters::native
