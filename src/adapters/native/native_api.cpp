// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/native_api.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include "adapters/native/idempotent.h"
#include "adapters/native/problem.h"
#include "adapters/native/session_page.h"
#include "base/crypto.h"

namespace selfsame::adapters::native {
namespace {

constexpr std::size_t kTokenBytesMax = 64;
constexpr double kBurst_s = 10;

/// The credential of `Authorization: Bearer X`; the scheme's case does not matter (RFC 9110).
std::optional<Secret> bearer_of(const http::Request& request) {
  const auto header = request.headers.find("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (!header || header->size() <= kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = (*header)[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return std::nullopt;
  }
  return Secret(header->substr(kScheme.size()));
}

bool is_alphanumeric(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// The shapes of all surfaces' tokens. What has none of them is not looked for.
bool may_be_token(std::string_view name) {
  return name.size() <= kTokenBytesMax && std::ranges::all_of(name, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == ',';
         });
}

bool allows(std::optional<RateLimit>& limit, std::string_view key) {
  return !limit || limit->allows(key, std::chrono::steady_clock::now());
}

void set_up(std::optional<RateLimit>& limit, int calls_per_second) {
  if (calls_per_second > 0) limit.emplace(kBurst_s * calls_per_second, calls_per_second);
}

}  // namespace

NativeApi::NativeApi(Services services) : services_(std::move(services)) {
  set_up(customer_limit_, services_.options.customer_calls_per_second);
  set_up(device_limit_, services_.options.device_calls_per_second);
}

bool NativeApi::claims(const http::Request& request) noexcept {
  return request.path().starts_with("/v1/");
}

Answer NativeApi::handle(http::Request request) const {
  http::Response response = co_await answer(std::move(request));
  response.headers.add("Cache-Control", "no-store");
  co_return response;
}

Answer NativeApi::answer(http::Request request) const {
  const std::string id = request.request_id;
  Found found = find_route(request.method, request.path());
  if (found.allowed.empty()) co_return problem(Errc::not_found, "No such resource.", id);
  if (found.route == nullptr) co_return method_not_allowed(found.allowed, id);
  if (request.body_too_large || request.target_too_large) {
    co_return problem(Errc::payload_too_large, "The request is too large.", id);
  }
  if (request.overloaded) co_return refusal({Errc::overloaded, {}}, id);
  Call call{
      .request = std::move(request), .caller = {}, .admitted = {}, .name = std::move(found.name)
  };
  switch (found.route->access) {
    case Access::anybody:
      co_return co_await found.route->handler(services_, std::move(call));
    case Access::customer:
      co_return co_await answer_customer(*found.route, std::move(call));
    case Access::page:
    case Access::device:
      co_return co_await answer_device(*found.route, std::move(call));
  }
  throw std::logic_error("a route without an answer");
}

Answer NativeApi::answer_customer(const Route& route, Call call) const {
  const std::string id = call.request.request_id;
  std::optional<Secret> bearer = bearer_of(call.request);
  if (!bearer) {
    co_return problem(Errc::unauthenticated, "Send `Authorization: Bearer APPCODE`.", id);
  }
  auto caller =
      co_await services_.authentication.find_bearer(std::move(*bearer), call.request.deadline);
  if (!caller) co_return refusal(caller.error(), id);
  if (!allows(customer_limit_, caller->customer)) {
    co_return refusal(Error{.code = Errc::rate_limited, .detail = {}}, id);
  }
  flows::AdmissionRequest entrance{
      .caller = *caller,
      .product = route.product,
      .client_address = call.request.client_address,
      .device = {},
      .deadline = call.request.deadline
  };
  auto admitted = co_await services_.admission.admit(std::move(entrance));
  if (!admitted) co_return refusal(admitted.error(), id);
  call.admitted = std::move(*admitted);
  call.caller = std::move(*caller);
  if (route.at_most_once) {
    co_return co_await answer_once(services_, std::move(call), route.handler);
  }
  co_return co_await route.handler(services_, std::move(call));
}

Answer NativeApi::answer_device(const Route& route, Call call) const {
  const std::string id = call.request.request_id;
  if (!may_be_token(call.name)) co_return refusal({Errc::not_found, {}}, id);
  const auto check = [&](std::string key) {
    return services_.verifications.check_device(call.name, std::move(key), call.request.deadline);
  };
  // Who knows no more than the token cannot use up what the device that holds the session may.
  const std::string key = device_key_of(call.request);
  Result<bool> holds = false;
  if (!key.empty()) holds = co_await check(key);
  const bool is_holder = holds && *holds;
  const std::string bucket = call.name + (is_holder ? to_hex(sha256(bytes_of(key))) : "");
  if (!allows(device_limit_, bucket)) co_return refusal({Errc::rate_limited, {}}, id);
  if (route.access == Access::device) {
    if (key.empty()) holds = co_await check("");
    if (!holds) co_return refusal(holds.error(), id);
  }
  co_return co_await route.handler(services_, std::move(call));
}

}  // namespace selfsame::adapters::native
