// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/alibaba_api.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "adapters/alibaba/execute_request.h"
#include "adapters/alibaba/sms_actions.h"

namespace selfsame::adapters::alibaba {

namespace asio = boost::asio;

namespace {

constexpr std::array<Action, 6> kSmsActions = {{
    {"BatchSendMessageToGlobe", batch_send_message_to_globe},
    {"ConversionData", conversion_data},
    {"QueryMessage", query_message},
    {"SendMessageToGlobe", send_message_to_globe},
    {"SendMessageWithTemplate", send_message_with_template},
    {"SmsConversion", sms_conversion},
}};

constexpr std::array<Action, 1> kIdVerificationActions = {{
    {"ExecuteRequest", execute_request},
}};

struct Product {
  std::string_view version;
  std::span<const Action> actions;
};

constexpr std::array<Product, 3> kProducts = {{
    {"2018-05-01", kSmsActions},
    {"2018-09-19", kIdVerificationActions},  // what the vendor's PHP and Go samples send
    {"2019-05-21", kIdVerificationActions},
}};

/// Version, then action.
Answer<const Action*> choose_action(std::string_view version, std::string_view name) {
  const auto product = std::ranges::find(kProducts, version, &Product::version);
  if (product == kProducts.end()) return refuse(Errc::unknown_version);
  const auto action = std::ranges::find(product->actions, name, &Action::name);
  if (action == product->actions.end()) return refuse(Errc::unknown_action);
  return &*action;
}

}  // namespace

asio::awaitable<Answer<Call>> AlibabaApi::authenticate(
    const SignedRequest* signed_request, const http::Request* request
) const {
  const auto key = co_await services_.authentication.find_key(
      std::string(signed_request->access_key_id()), request->deadline
  );
  if (!key) co_return refuse(key.error());
  if (auto timely = signed_request->check_time(request->received_at); !timely) {
    co_return tl::unexpected(std::move(timely).error());
  }
  auto right = signed_request->check_signature(key->secret.reveal());
  if (!right) co_return tl::unexpected(std::move(right).error());
  // After the signature: nobody else can use up a customer's nonces.
  const auto fresh = co_await services_.authentication.refuse_replay(
      signed_request->nonce_name(),
      signed_request->expires_at(request->received_at),
      request->deadline
  );
  if (!fresh) co_return refuse(fresh.error());
  co_return Call{
      .caller = key->caller,
      .client_address = request->client_address,
      .request_id = {},
      .deadline = request->deadline,
      .is_abandoned = request->is_abandoned,
      .is_typed_go_client = is_typed_go_client(*request)
  };
}

asio::awaitable<Answer<http::Response>> AlibabaApi::answer(
    const http::Request* request, const Rendering* rendering
) const {
  auto signed_request = SignedRequest::read(*request);
  if (!signed_request) co_return tl::unexpected(std::move(signed_request).error());
  auto call = co_await authenticate(&*signed_request, request);
  if (!call) co_return tl::unexpected(std::move(call).error());
  call->request_id = rendering->request_id;
  const auto action = choose_action(signed_request->version(), signed_request->action());
  if (!action) co_return tl::unexpected(action.error());
  const Run run = (*action)->run;
  const auto fields = co_await run(&services_, signed_request->take_parameters(), std::move(*call));
  if (!fields) co_return tl::unexpected(fields.error());
  co_return render(*fields, (*action)->name, *rendering);
}

asio::awaitable<http::Response> AlibabaApi::handle(http::Request request) const {
  const Rendering rendering = rendering_of(request);
  auto answered = co_await answer(&request, &rendering);
  if (answered) co_return std::move(*answered);
  co_return render(answered.error(), rendering);
}

}  // namespace selfsame::adapters::alibaba
