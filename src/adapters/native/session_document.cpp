// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/session_document.h"

#include <utility>

#include "adapters/native/problem.h"
#include "adapters/native/session_requests.h"
#include "adapters/native/verification_document_json.h"
#include "adapters/native/verification_json.h"

namespace selfsame::adapters::native {
namespace {

/// What is wrong is told in the flow's own words, which hold nothing that was sent.
http::Response refusal_of_document(const Error& error, std::string_view request_id) {
  const bool says_what = error.code == Errc::invalid_parameter || error.code == Errc::conflict;
  return says_what ? refusal_as_said(error, request_id) : refusal(error, request_id);
}

bool is_picture(const http::Request& request) {
  const auto type = request.headers.find("content-type").value_or("");
  return type.starts_with("image/") || type.starts_with("application/octet-stream");
}

using Picked = const Bytes& (*)(const flows::DocumentCase& document);

const Bytes& none() {
  static const Bytes kNone;
  return kNone;
}

const Bytes& picture_of(const flows::DocumentSide* side) {
  return side == nullptr ? none() : side->picture;
}

const Bytes& cut_of(const flows::DocumentSide* side) {
  return side == nullptr ? none() : side->cut_jpeg;
}

/// Pictures came from a device: whoever gets one must not guess at what it is.
Answer show(const Services& services, Call call, Picked pick) {
  const auto document = co_await services.verifications.document(
      std::move(call.caller), std::move(call.name), call.request.deadline
  );
  if (!document) co_return refusal(document.error(), call.request.request_id);
  const Bytes& picture = pick(*document);
  if (picture.empty()) co_return refusal({Errc::not_found, {}}, call.request.request_id);
  http::Response response;
  response.content_type = picture_type(picture);
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = text_of(picture);
  co_return response;
}

}  // namespace

Answer take_document(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  auto side = parse_document_side(call.request.query());
  if (!side) co_return refusal_as_said(side.error(), id);
  if (!is_picture(call.request)) {
    co_return problem(Errc::malformed_request, "Send the picture as it is, as image/jpeg.", id);
  }
  const ByteView body = bytes_of(call.request.body);
  flows::DocumentPicture picture{
      .side = std::move(*side),
      .encoded = Bytes(body.begin(), body.end()),
      .is_abandoned = std::move(call.request.is_abandoned)
  };
  const auto deadline = call.request.deadline;
  call.request = {};  // the body is not needed any more: give its memory back
  if (picture.encoded.empty()) {
    co_return problem(Errc::missing_parameter, "The picture is missing.", id);
  }
  const auto answer = co_await services.verifications.show_document(
      std::move(call.name), std::move(picture), deadline
  );
  if (!answer) co_return refusal_of_document(answer.error(), id);
  co_return json_response(document_answer_json(*answer));
}

Answer confirm_document(const Services& services, Call call) {
  auto edits = parse_document_edits(call.request.body);
  if (!edits) co_return refusal_as_said(edits.error(), call.request.request_id);
  const auto view = co_await services.verifications.confirm_document(
      std::move(call.name), std::move(*edits), call.request.deadline
  );
  if (!view) co_return refusal_of_document(view.error(), call.request.request_id);
  co_return json_response(device_json(*view));
}

Answer show_document_front(const Services& services, Call call) {
  return show(services, std::move(call), [](const flows::DocumentCase& document) -> const Bytes& {
    return picture_of(document.find(core::kFrontSide));
  });
}

Answer show_document_back(const Services& services, Call call) {
  return show(services, std::move(call), [](const flows::DocumentCase& document) -> const Bytes& {
    return picture_of(document.find(core::kBackSide));
  });
}

Answer show_document_front_cut(const Services& services, Call call) {
  return show(services, std::move(call), [](const flows::DocumentCase& document) -> const Bytes& {
    return cut_of(document.find(core::kFrontSide));
  });
}

Answer show_document_back_cut(const Services& services, Call call) {
  return show(services, std::move(call), [](const flows::DocumentCase& document) -> const Bytes& {
    return cut_of(document.find(core::kBackSide));
  });
}

Answer show_document_portrait(const Services& services, Call call) {
  return show(services, std::move(call), [](const flows::DocumentCase& document) -> const Bytes& {
    return document.portrait_jpeg;
  });
}

}  // namespace selfsame::adapters::native
