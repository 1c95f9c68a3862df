// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace selfsame {

const char* name_of(Errc code) noexcept {
  switch (code) {
    case Errc::malformed_request:
      return "malformed_request";
    case Errc::missing_parameter:
      return "missing_parameter";
    case Errc::unknown_parameter:
      return "unknown_parameter";
    case Errc::invalid_parameter:
      return "invalid_parameter";
    case Errc::unknown_action:
      return "unknown_action";
    case Errc::unknown_version:
      return "unknown_version";
    case Errc::unsupported_region:
      return "unsupported_region";
    case Errc::unsupported:
      return "unsupported";
    case Errc::unauthenticated:
      return "unauthenticated";
    case Errc::invalid_credential:
      return "invalid_credential";
    case Errc::unknown_key:
      return "unknown_key";
    case Errc::signature_expired:
      return "signature_expired";
    case Errc::replayed:
      return "replayed";
    case Errc::account_not_active:
      return "account_not_active";
    case Errc::account_activating:
      return "account_activating";
    case Errc::account_activation_failed:
      return "account_activation_failed";
    case Errc::account_in_arrears:
      return "account_in_arrears";
    case Errc::account_not_verified:
      return "account_not_verified";
    case Errc::account_denied:
      return "account_denied";
    case Errc::forbidden:
      return "forbidden";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::overloaded:
      return "overloaded";
    case Errc::deadline_exceeded:
      return "deadline_exceeded";
    case Errc::payload_too_large:
      return "payload_too_large";
    case Errc::image_too_large:
      return "image_too_large";
    case Errc::image_undecodable:
      return "image_undecodable";
    case Errc::video_too_large:
      return "video_too_large";
    case Errc::video_undecodable:
      return "video_undecodable";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::integrity_failure:
      return "integrity_failure";
    case Errc::storage_unavailable:
      return "storage_unavailable";
    case Errc::engine_failed:
      return "engine_failed";
    case Errc::expired:
      return "expired";
  }
  return "unknown";
}

}  // namespace selfsame
