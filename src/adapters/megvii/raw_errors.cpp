// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/raw_errors.h"

#include <utility>

namespace selfsame::adapters::megvii {
namespace {

tl::unexpected<RawRefusal> refusal(int status, std::string message) {
  return tl::unexpected(
      RawRefusal{.status = status, .message = std::move(message), .is_billed = false}
  );
}

}  // namespace

tl::unexpected<RawRefusal> raw_missing(std::string_view parameter) {
  return refusal(400, std::string("MISSING_ARGUMENTS: ").append(parameter));
}

tl::unexpected<RawRefusal> raw_bad(std::string_view parameter) {
  return refusal(400, std::string("BAD_ARGUMENTS:").append(parameter));
}

tl::unexpected<RawRefusal> raw_refusal(std::string_view message) {
  return refusal(400, std::string(message));
}

tl::unexpected<RawRefusal> raw_photo(std::string_view parameter, flows::PhotoFault fault) {
  const bool is_registers = parameter == "data_source";
  const auto say = [&](const char* what, bool is_billed) {
    return tl::unexpected(RawRefusal{
        .status = 400, .message = std::string(what).append(parameter), .is_billed = is_billed
    });
  };
  switch (fault) {
    case flows::PhotoFault::undecodable:
      return say("IMAGE_ERROR_UNSUPPORTED_FORMAT:", is_registers);
    case flows::PhotoFault::too_large:
      return say("INVALID_IMAGE_SIZE:", false);
    case flows::PhotoFault::several_faces:
      return say("MULTIPLE_FACES:", false);
    case flows::PhotoFault::no_face:
    case flows::PhotoFault::unfit:
      return say("NO_FACE_FOUND:", is_registers);
  }
  return say("NO_FACE_FOUND:", is_registers);
}

tl::unexpected<RawRefusal> raw_size() {
  return refusal(413, "Request Entity Too Large");
}

tl::unexpected<RawRefusal> raw_unauthenticated() {
  return refusal(403, "AUTHENTICATION_ERROR");
}

tl::unexpected<RawRefusal> raw_denied() {
  return refusal(403, "AUTHORIZATION_ERROR:Denied");
}

tl::unexpected<RawRefusal> raw_refuse(const Error& error) {
  switch (error.code) {
    case Errc::malformed_request:
    case Errc::invalid_parameter:
    case Errc::unknown_parameter:
    case Errc::missing_parameter:
      return raw_bad("body");
    case Errc::unauthenticated:
    case Errc::invalid_credential:
    case Errc::unknown_key:
    case Errc::signature_expired:
      return raw_unauthenticated();
    case Errc::replayed:
    case Errc::not_found:
    case Errc::expired:
    case Errc::conflict:
      return raw_refusal("INVALID_TOKEN");
    case Errc::unknown_action:
    case Errc::unknown_version:
    case Errc::unsupported:
    case Errc::unsupported_region:
      return refusal(404, "API_NOT_FOUND");
    // The guide knows one reason for all.
    case Errc::account_not_active:
    case Errc::account_activating:
    case Errc::account_activation_failed:
    case Errc::account_in_arrears:
    case Errc::account_not_verified:
    case Errc::account_denied:
    case Errc::forbidden:
      return raw_denied();
    case Errc::rate_limited:
    case Errc::overloaded:
      return refusal(403, "CONCURRENCY_LIMIT_EXCEEDED");
    case Errc::payload_too_large:
    case Errc::image_too_large:
    case Errc::video_too_large:
      return raw_size();
    case Errc::deadline_exceeded:
    case Errc::image_undecodable:
    case Errc::video_undecodable:
    case Errc::integrity_failure:
    case Errc::storage_unavailable:
    case Errc::engine_failed:
      return refusal(500, "INTERNAL_ERROR");
  }
  return refusal(500, "INTERNAL_ERROR");
}

tl::unexpected<RawRefusal> raw_refuse(const flows::NotAdmitted& refused) {
  if (refused.cause == core::RefusalCause::daily_quota_used) return raw_denied();
  return raw_refuse(refused.error);
}

}  // namespace selfsame::adapters::megvii
