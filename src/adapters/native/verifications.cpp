// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/verifications.h"

#include <utility>

#include "adapters/native/problem.h"
#include "adapters/native/verification_json.h"
#include "adapters/native/verification_request.h"
#include "adapters/page_urls.h"

namespace selfsame::adapters::native {

Answer open_verification(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  const auto deadline = call.request.deadline;
  auto request = parse_verification_request(
      call.request.headers.find("content-type").value_or(""),
      call.request.body,
      services.options.image_bytes_max
  );
  if (!request) co_return refusal_as_said(request.error(), id);
  call.request = {};  // the body is not needed any more: give its memory back
  flows::VerificationOrder order{
      .caller = std::move(call.caller),
      .terms = std::move(request->terms),
      .reference_image = std::move(request->reference_image),
      .metadata = std::move(request->metadata),
      .token = {},
      .sandbox = call.admitted.customer->sandbox
  };
  const auto opened = co_await services.verifications.open(std::move(order), deadline);
  if (!opened) co_return refusal(opened.error(), id);
  if (opened->reference_defect) co_return unusable_reference(*opened->reference_defect, id);
  boost::json::object answer = opened_json(*opened);
  answer["url"] = page_url(services.options.public_url, opened->token);
  http::Response response = json_response(answer, 201);
  response.headers.add("Location", "/v1/verifications/" + opened->id);
  co_return response;
}

Answer show_verification(const Services& services, Call call) {
  const auto view = co_await services.verifications.show(
      call.caller, std::move(call.name), call.request.deadline
  );
  if (!view) co_return refusal(view.error(), call.request.request_id);
  if (view->document_blob.empty()) co_return json_response(verification_json(*view));
  const auto document = co_await services.verifications.document(
      std::move(call.caller), view->id, call.request.deadline
  );
  if (!document && document.error().code != Errc::not_found) {  // it may just have been erased
    co_return refusal(document.error(), call.request.request_id);
  }
  co_return json_response(verification_json(*view, document ? &*document : nullptr));
}

Answer show_best_frame(const Services& services, Call call) {
  const auto jpeg = co_await services.verifications.best_frame(
      std::move(call.caller), std::move(call.name), call.request.deadline
  );
  if (!jpeg) co_return refusal(jpeg.error(), call.request.request_id);
  http::Response response;
  response.content_type = "image/jpeg";
  response.body = text_of(*jpeg);
  co_return response;
}

}  // namespace selfsame::adapters::native
