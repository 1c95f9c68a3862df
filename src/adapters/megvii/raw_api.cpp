// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_api.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "adapters/megvii/raw_selfie.h"
#include "adapters/megvii/raw_verify.h"
#include "adapters/megvii/raw_video.h"
#include "adapters/megvii/stamp.h"
#include "base/crypto.h"

namespace selfsame::adapters::megvii {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kKeyBytesMax = 128;

struct RawAction {
  std::string_view path;
  RawRun run;
};

constexpr std::array<RawAction, 4> kActions = {{
    {"raw/get_random_number", get_random_number},
    {"raw/validate_side_face", validate_side_face},
    {"raw/validate_video", validate_video},
    {"raw/verify", raw_verify},
}};

/// Null: there is no such call.
RawRun find_run(const http::Request& request) {
  if (request.method != "POST") return nullptr;
  const auto it =
      std::ranges::find(kActions, request.path().substr(kRawPath.size()), &RawAction::path);
  return it == kActions.end() ? nullptr : it->run;
}

http::Response render(
    int status,
    RawFields fields,
    const http::Request& request,
    std::optional<std::string_view> biz_no,
    Timestamp now
) {
  fields["request_id"] = stamped(request.received_at, request.request_id);
  fields["time_used"] = (now - request.received_at).count();
  if (biz_no) fields["biz_no"] = *biz_no;
  http::Response response;
  response.status = status;
  response.body = boost::json::serialize(fields);
  return response;
}

http::Response render(
    const RawRefusal& refusal,
    const http::Request& request,
    std::optional<std::string_view> biz_no,
    Timestamp now
) {
  if (refusal.status != 413) {
    return render(refusal.status, {{"error_message", refusal.message}}, request, biz_no, now);
  }
  http::Response response;
  response.status = refusal.status;
  response.content_type = "text/plain";
  response.body = refusal.message;
  return response;
}

}  // namespace

asio::awaitable<RawAnswer<flows::Caller>> RawApi::authenticate(
    const http::Request* request, const RawForm* form
) const {
  const std::string id(form->value("api_key"));
  const std::string_view secret = form->value("api_secret");
  if (id.empty()) co_return raw_missing("api_key");
  if (secret.empty()) co_return raw_missing("api_secret");
  if (id.size() > kKeyBytesMax) co_return raw_unauthenticated();
  const auto key = co_await services_.authentication.find_key(id, request->deadline);
  if (!key) co_return raw_refuse(key.error());
  if (!equal_in_constant_time(key->secret.reveal(), bytes_of(secret))) {
    co_return raw_unauthenticated();
  }
  co_return key->caller;
}

asio::awaitable<RawAnswer<RawFields>> RawApi::answer(
    const http::Request* request, const RawForm* form
) const {
  auto caller = co_await authenticate(request, form);
  if (!caller) co_return tl::unexpected(std::move(caller).error());
  const RawRun run = find_run(*request);
  if (run == nullptr) co_return raw_refuse(Error{Errc::unknown_action, {}});
  RawCall call{
      .caller = std::move(*caller),
      .client_address = request->client_address,
      .request_id = request->request_id,
      .received_at = request->received_at,
      .deadline = request->deadline,
      .is_abandoned = request->is_abandoned
  };
  co_return co_await run(&services_, form, std::move(call));
}

asio::awaitable<http::Response> RawApi::handle(http::Request request) const {
  const auto form = RawForm::read(request);
  if (!form) co_return render(form.error(), request, std::nullopt, services_.clock.now());
  const auto answered = co_await answer(&request, &*form);
  const Timestamp now = services_.clock.now();
  if (!answered) co_return render(answered.error(), request, form->biz_no(), now);
  co_return render(200, *answered, request, form->biz_no(), now);
}

}  // namespace selfsame::adapters::megvii
