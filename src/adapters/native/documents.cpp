// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/documents.h"

#include <optional>
#include <string_view>
#include <utility>

#include "adapters/native/document_json.h"
#include "core/customer.h"
#include "http/multipart.h"

namespace selfsame::adapters::native {
namespace {

struct Form {
  std::string_view image;
  std::string_view type;
};

/// The error's detail is for the caller.
Result<Form> read_form(const http::Request& request, std::size_t image_bytes_max) {
  const auto parts =
      http::parse_multipart(request.headers.find("content-type").value_or(""), request.body);
  if (!parts) {
    return fail(Errc::malformed_request, "Send multipart/form-data with the image file `image`.");
  }
  std::optional<std::string_view> image;
  std::optional<std::string_view> type;
  for (const http::Part& part : *parts) {
    if (part.name != "image" && part.name != "type") {
      return fail(Errc::unknown_parameter, "Only `image` and `type` are known here.");
    }
    auto& slot = part.name == "image" ? image : type;
    if (slot) return fail(Errc::invalid_parameter, "A part was sent twice.");
    slot = part.content;
  }
  if (!image || image->empty()) {
    return fail(Errc::missing_parameter, "The file `image` is missing.");
  }
  if (image->size() > image_bytes_max) {
    return fail(Errc::image_too_large, "The photo is too large.");
  }
  return Form{.image = *image, .type = type.value_or("")};
}

}  // namespace

Answer read_document(const Services& services, Call call) {
  const std::string id = call.request.request_id;
  if (!services.documents.are_read()) {
    co_return refusal_as_said({Errc::unsupported, "This server reads no documents."}, id);
  }
  if (services.documents.refuses(call.caller)) co_return refusal({Errc::overloaded, {}}, id);
  const auto form = read_form(call.request, services.options.image_bytes_max);
  if (!form) co_return refusal_as_said(form.error(), id);
  if (!form->type.empty() && !services.documents.knows(form->type)) {
    co_return refusal_as_said({Errc::invalid_parameter, "There is no such `type`."}, id);
  }
  flows::DocumentPhoto photo{
      .customer = call.caller.customer,
      .encoded = Bytes(form->image.begin(), form->image.end()),
      .type = std::string(form->type),
      .wants_portrait = false,
      .sandbox = call.admitted.customer->sandbox,
      .deadline = call.request.deadline,
      .is_abandoned = std::move(call.request.is_abandoned)
  };
  call.request = {};  // the body is not needed any more: give its memory back
  flows::DocumentCall of{
      .caller = std::move(call.caller),
      .surface = "native",
      .operation = "documents",
      .product = std::string(core::name_of(core::Product::native_documents)),
      .request_id = id
  };
  const auto finding = co_await services.documents.run(std::move(of), std::move(photo));
  if (!finding) co_return refusal(finding.error(), id);
  boost::json::object answer = document_json(finding->reading);
  answer["request_id"] = id;
  co_return json_response(answer);
}

}  // namespace selfsame::adapters::native
