// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/errors.h"

#include <algorithm>

namespace selfsame::adapters::alibaba {
namespace {

constexpr std::size_t kMaxQuotedBytes = 96;
constexpr std::size_t kMaxEchoedBytes = std::size_t{64} << 10;

bool is_quotable(std::string_view subject) {
  return !subject.empty() && subject.size() <= kMaxQuotedBytes &&
         std::ranges::all_of(subject, [](char c) { return c > ' ' && c < '\x7f'; });
}

struct Words {
  int status;
  std::string_view code;
  std::string_view message;
};

Words words_of(Errc cause) noexcept {
  switch (cause) {
    case Errc::malformed_request:
      return {400, "InvalidParameter", "The request is malformed."};
    case Errc::missing_parameter:
      return {400, "MissingParameter", "A parameter is mandatory for this action."};
    case Errc::unknown_parameter:
    case Errc::invalid_parameter:
      return {400, "InvalidParameter", "The specified parameter is not valid."};
    case Errc::unknown_action:
      return {
          404,
          "InvalidAction.NotFound",
          "Specified api is not found, please check your url and method."
      };
    case Errc::unknown_version:
      return {400, "InvalidVersion", "Specified parameter Version is not valid."};
    case Errc::unsupported_region:
      return {400, "InvalidRegionId", "The specified region is not served here."};
    case Errc::unsupported:
      return {400, "UnsupportedOperation", "The specified api is not offered here."};
    case Errc::unauthenticated:
      return {400, "SignatureDoesNotMatch", "Specified signature is not matched."};
    case Errc::invalid_credential:
      return {
          400,
          "IncompleteSignature",
          "The request signature does not conform to the standards of this service."
      };
    case Errc::unknown_key:
      return {404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."};
    case Errc::signature_expired:
      return {400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."};
    case Errc::replayed:
      return {400, "SignatureNonceUsed", "Specified signature nonce was used already."};
    case Errc::account_not_active:
    case Errc::account_activating:
    case Errc::account_activation_failed:
      return {403, "Forbidden.NotActivated", "The service has not been activated."};
    case Errc::account_in_arrears:
      return {403, "Forbidden.InArrears", "The account has overdue payments."};
    case Errc::account_not_verified:
      return {403, "Forbidden.NotVerified", "The account has not been verified."};
    case Errc::account_denied:
    case Errc::forbidden:
      return {403, "Forbidden", "The account has no right to this operation."};
    case Errc::rate_limited:
      return {400, "Throttling.User", "Request was denied due to user flow control."};
    case Errc::overloaded:
    case Errc::deadline_exceeded:
    case Errc::storage_unavailable:
      return {
          503,
          "ServiceUnavailable",
          "The request has failed due to a temporary failure of the server."
      };
    case Errc::payload_too_large:
      return {413, "RequestEntityTooLarge", "The request is larger than the allowed size."};
    case Errc::not_found:
      return {404, "InvalidParameter.NotFound", "The specified resource is not found."};
    case Errc::conflict:
    case Errc::expired:
      return {400, "InvalidParameter.State", "The specified resource forbids the operation."};
    case Errc::image_too_large:
    case Errc::image_undecodable:
    case Errc::video_too_large:
    case Errc::video_undecodable:
      return {400, "InvalidParameter", "The specified media is not valid."};
    case Errc::integrity_failure:
    case Errc::engine_failed:
      break;
  }
  return {500, "InternalError", "The request processing has failed due to some unknown error."};
}

}  // namespace

tl::unexpected<ApiError> refuse(Errc cause, std::string_view subject) {
  const Words words = words_of(cause);
  std::string message(words.message);
  if (is_quotable(subject)) message.append(" \"").append(subject).append("\"");
  return tl::unexpected(
      ApiError{.status = words.status, .code = std::string(words.code), .message = message}
  );
}

tl::unexpected<ApiError> refuse(const Error& error) {
  return refuse(error.code);
}

tl::unexpected<ApiError> refuse_missing(std::string_view parameter) {
  std::string name(parameter);
  return tl::unexpected(
      ApiError{.code = "Missing" + name, .message = name + " is mandatory for this action."}
  );
}

tl::unexpected<ApiError> refuse_signature(std::string_view string_to_sign) {
  std::string message =
      "Specified signature is not matched with our calculation. server string to sign is:";
  message.append(string_to_sign.substr(0, kMaxEchoedBytes));
  return tl::unexpected(ApiError{.code = "SignatureDoesNotMatch", .message = std::move(message)});
}

tl::unexpected<ApiError> refuse_timestamp() {
  return tl::unexpected(ApiError{
      .code = "IllegalTimestamp",
      .message = "The input parameter \"Timestamp\" that is mandatory for processing this request "
                 "is not a valid one."
  });
}

tl::unexpected<ApiError> refuse_token() {
  return tl::unexpected(ApiError{
      .code = "InvalidSecurityToken.Malformed",
      .message = "The specified SecurityToken is malformed: none are issued here."
  });
}

}  // namespace selfsame::adapters::alibaba
