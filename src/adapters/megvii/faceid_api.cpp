// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/faceid_api.h"

#include <boost/json/serialize.hpp>
#include <string>
#include <utility>

#include "adapters/megvii/get_biz_token.h"
#include "adapters/megvii/get_result.h"
#include "adapters/megvii/stamp.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

using Run = asio::awaitable<Answer<Fields>> (*)(
    const Services* services, const Parameters* parameters, Call call
);

/// Null: there is no such call.
Run find_run(const http::Request& request) {
  const std::string_view path = request.path();
  const std::string_view name = path.substr(path.find(kFaceIdPath) + kFaceIdPath.size());
  if (name == "get_biz_token" && request.method == "POST") return get_biz_token;
  if (name == "get_result" && request.method == "GET") return get_result;
  return nullptr;
}

http::Response respond(int status, const http::Request& request) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.add("X-Ca-Request-Id", request.request_id);
  return response;
}

/// @param now  when the answer is made
std::string body_of(Fields fields, const http::Request& request, Timestamp now) {
  fields["request_id"] = stamped(request.received_at, request.request_id);
  fields["time_used"] = (now - request.received_at).count();
  return boost::json::serialize(fields);
}

http::Response render(const Refusal& refusal, const http::Request& request, Timestamp now) {
  http::Response response = respond(refusal.status, request);
  if (!refusal.gateway_code.empty()) {
    response.headers.add("X-Ca-Error-Code", refusal.gateway_code);
    response.headers.add("X-Ca-Error-Message", refusal.gateway_message);
  }
  if (refusal.error.empty()) {
    response.content_type.clear();
  } else if (refusal.status == 413) {
    response.content_type = "text/plain";
    response.body = refusal.error;
  } else {
    response.body = body_of({{"error", refusal.error}}, request, now);
  }
  return response;
}

}  // namespace

asio::awaitable<Answer<flows::Caller>> FaceIdApi::authenticate(
    const GatewayRequest* gateway_request, const http::Request* request
) const {
  const FaceIdCall call = call_of(*request);
  if (!gateway_request->appcode().empty()) {
    const auto caller = co_await services_.authentication.find_bearer(
        Secret(gateway_request->appcode()), request->deadline
    );
    if (caller) co_return *caller;
    if (caller.error().code == Errc::unknown_key) {
      co_return refuse_at_gateway(400, "A400AC", "Invalid AppCode");
    }
    co_return refuse(call, caller.error());
  }
  const auto key = co_await services_.authentication.find_key(
      std::string(gateway_request->app_key()), request->deadline
  );
  if (!key) co_return refuse(call, key.error());
  if (auto timely = gateway_request->check_time(request->received_at); !timely) {
    co_return tl::unexpected(std::move(timely).error());
  }
  auto right = gateway_request->check_signature(key->secret.reveal());
  if (!right) co_return tl::unexpected(std::move(right).error());
  // After the signature: nobody else can use up a customer's nonces.
  const auto fresh = co_await services_.authentication.refuse_replay(
      gateway_request->nonce_name(),
      gateway_request->expires_at(request->received_at),
      request->deadline
  );
  if (!fresh) co_return refuse(call, fresh.error());
  co_return key->caller;
}

asio::awaitable<Answer<Fields>> FaceIdApi::answer(const http::Request* request) const {
  const auto gateway_request = GatewayRequest::read(*request);
  if (!gateway_request) co_return tl::unexpected(gateway_request.error());
  auto caller = co_await authenticate(&*gateway_request, request);
  if (!caller) co_return tl::unexpected(std::move(caller).error());
  const Run run = find_run(*request);
  if (run == nullptr) co_return refuse(call_of(*request), Error{Errc::unknown_action, {}});
  Call call{
      .caller = std::move(*caller),
      .client_address = request->client_address,
      .received_at = request->received_at,
      .deadline = request->deadline,
      .is_abandoned = request->is_abandoned
  };
  co_return co_await run(&services_, &gateway_request->parameters(), std::move(call));
}

asio::awaitable<http::Response> FaceIdApi::handle(http::Request request) const {
  const Answer<Fields> answered = co_await answer(&request);
  const Timestamp now = services_.clock.now();
  if (!answered) co_return render(answered.error(), request, now);
  http::Response response = respond(200, request);
  response.body = body_of(*answered, request, now);
  co_return response;
}

}  // namespace selfsame::adapters::megvii
