// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/errors.h"

#include <algorithm>
#include <utility>

namespace selfsame::adapters::megvii {
namespace {

constexpr std::size_t kMessageBytesMax = 1'000;

tl::unexpected<Refusal> at_service(int status, std::string error) {
  return tl::unexpected(Refusal{
      .status = status, .error = std::move(error), .gateway_code = {}, .gateway_message = {}
  });
}

tl::unexpected<Refusal> at_service(int status, std::string_view what, std::string_view parameter) {
  return at_service(status, std::string(what).append(parameter));
}

std::string printable(std::string_view text) {
  std::string ascii(text.substr(0, kMessageBytesMax));
  std::ranges::replace(ascii, '\n', '#');
  std::ranges::replace_if(ascii, [](char c) { return c < ' ' || c > '~'; }, '?');
  return ascii;
}

const char* signature_error(FaceIdCall call) {
  switch (call) {
    case FaceIdCall::get_biz_token:
      return "AUTHENTICATION_ERROR";
    case FaceIdCall::get_result:
      return "INVALID_SIGN";
  }
  return "";
}

tl::unexpected<Refusal> refuse_crowd(FaceIdCall call) {
  return at_service(call == FaceIdCall::get_result ? 429 : 403, "CONCURRENCY_LIMIT_EXCEEDED");
}

tl::unexpected<Refusal> refuse_right(std::string_view reason) {
  return at_service(403, "AUTHORIZATION_ERROR:", reason);
}

}  // namespace

tl::unexpected<Refusal> refuse_missing(std::string_view parameter) {
  return at_service(400, "MISSING_ARGUMENTS:", parameter);
}

tl::unexpected<Refusal> refuse_bad(std::string_view parameter) {
  return at_service(400, "BAD_ARGUMENTS:", parameter);
}

tl::unexpected<Refusal> refuse_photo(std::string_view parameter, flows::PhotoFault fault) {
  switch (fault) {
    case flows::PhotoFault::undecodable:
      return at_service(400, "IMAGE_ERROR_UNSUPPORTED_FORMAT:", parameter);
    case flows::PhotoFault::too_large:
      return at_service(400, "INVALID_IMAGE_SIZE", parameter);  // the guide has no colon here
    // The guide has one code for all: there is no face to compare with.
    case flows::PhotoFault::no_face:
    case flows::PhotoFault::several_faces:
    case flows::PhotoFault::unfit:
      return at_service(400, "NO_FACE_FOUND:", parameter);
  }
  return at_service(400, "NO_FACE_FOUND:", parameter);
}

tl::unexpected<Refusal> refuse_size() {
  return at_service(413, "Request Entity Too Large");
}

tl::unexpected<Refusal> refuse_at_gateway(
    int status, std::string_view code, std::string_view message
) {
  return tl::unexpected(Refusal{
      .status = status,
      .error = {},
      .gateway_code = std::string(code),
      .gateway_message = printable(message)
  });
}

tl::unexpected<Refusal> refuse_signature(FaceIdCall call, std::string_view string_to_sign) {
  std::string message = "Invalid Signature, Server StringToSign:`";
  message.append(printable(string_to_sign)).append("`");
  return tl::unexpected(Refusal{
      .status = 403,
      .error = signature_error(call),
      .gateway_code = "A403IS",
      .gateway_message = std::move(message)
  });
}

tl::unexpected<Refusal> refuse(FaceIdCall call, const Error& error) {
  switch (error.code) {
    case Errc::malformed_request:
    case Errc::invalid_parameter:
    case Errc::unknown_parameter:
      return refuse_at_gateway(400, "I400PD", "Invalid Parameter");
    case Errc::missing_parameter:
      return refuse_at_gateway(400, "I400MP", "Missing Parameter");
    case Errc::invalid_credential:
    case Errc::unauthenticated:
    case Errc::unknown_key:
      return refuse_at_gateway(400, "A400IK", "Invalid AppKey");
    case Errc::signature_expired:
      return refuse_at_gateway(403, "S403TE", "Timestamp Expired");
    case Errc::replayed:
      return refuse_at_gateway(403, "S403NU", "Nonce Used");
    case Errc::unknown_action:
    case Errc::unknown_version:
    case Errc::unsupported:
    case Errc::unsupported_region:
    case Errc::not_found:
    case Errc::expired:
      return at_service(404, "API_NOT_FOUND");
    case Errc::account_not_active:
    case Errc::account_activating:
    case Errc::account_activation_failed:
    case Errc::forbidden:
      return refuse_right("Denied");
    case Errc::account_in_arrears:
      return refuse_right("BALANCE_NOT_ENOUGH");
    case Errc::account_not_verified:
      return refuse_right("NON_ENTERPRISE_CERTIFICATION");
    case Errc::account_denied:
      return refuse_right("ACCOUNT_DISCONTINUED");
    case Errc::rate_limited:
    case Errc::overloaded:
      return refuse_crowd(call);
    case Errc::payload_too_large:
    case Errc::image_too_large:
    case Errc::video_too_large:
      return refuse_size();
    case Errc::deadline_exceeded:
    case Errc::image_undecodable:
    case Errc::video_undecodable:
    case Errc::conflict:
    case Errc::integrity_failure:
    case Errc::storage_unavailable:
    case Errc::engine_failed:
      return at_service(500, "INTERNAL_ERROR");
  }
  return at_service(500, "INTERNAL_ERROR");
}

tl::unexpected<Refusal> refuse(FaceIdCall call, const flows::NotAdmitted& refused) {
  if (refused.cause == core::RefusalCause::address_not_allowed) {
    return refuse_right("IP_NOT_ALLOWED");
  }
  if (refused.cause == core::RefusalCause::daily_quota_used) return refuse_right("QUOTA_EXCEEDED");
  return refuse(call, refused.error);
}

}  // namespace selfsame::adapters::megvii
