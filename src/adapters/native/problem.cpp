// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string>

namespace selfsame::adapters::native {
namespace {

struct Status {
  int number;
  const char* title;
};

// No default: an error without a status does not compile.
Status status_of(Errc code) {
  switch (code) {
    case Errc::malformed_request:
    case Errc::missing_parameter:
    case Errc::unknown_parameter:
    case Errc::invalid_parameter:
    case Errc::unknown_version:
    case Errc::unsupported_region:
      return {400, "Bad Request"};
    case Errc::unauthenticated:
    case Errc::invalid_credential:
    case Errc::unknown_key:
    case Errc::signature_expired:
    case Errc::replayed:
      return {401, "Unauthorized"};
    case Errc::account_in_arrears:
      return {402, "Payment Required"};
    case Errc::account_not_active:
    case Errc::account_activating:
    case Errc::account_activation_failed:
    case Errc::account_not_verified:
    case Errc::account_denied:
    case Errc::forbidden:
      return {403, "Forbidden"};
    case Errc::unknown_action:
    case Errc::not_found:
      return {404, "Not Found"};
    case Errc::conflict:
      return {409, "Conflict"};
    case Errc::expired:
      return {410, "Gone"};
    case Errc::payload_too_large:
    case Errc::image_too_large:
    case Errc::video_too_large:
      return {413, "Content Too Large"};
    case Errc::image_undecodable:
    case Errc::video_undecodable:
      return {422, "Unprocessable Content"};
    case Errc::rate_limited:
      return {429, "Too Many Requests"};
    case Errc::unsupported:
      return {501, "Not Implemented"};
    case Errc::overloaded:
    case Errc::deadline_exceeded:
    case Errc::storage_unavailable:
      return {503, "Service Unavailable"};
    case Errc::integrity_failure:
    case Errc::engine_failed:
      return {500, "Internal Server Error"};
  }
  return {500, "Internal Server Error"};
}

http::Response render(
    Status status,
    std::string_view code,
    std::string_view detail,
    std::string_view request_id,
    std::optional<core::CaptureDefect> defect = std::nullopt
) {
  boost::json::object body{
      {"type", "about:blank"},
      {"title", status.title},
      {"status", status.number},
      {"code", code},
      {"request_id", request_id}
  };
  if (!detail.empty()) body["detail"] = detail;
  if (defect) body["defect"] = core::name_of(*defect);
  http::Response response;
  response.status = status.number;
  response.content_type = "application/problem+json";
  response.body = boost::json::serialize(body);
  return response;
}

}  // namespace

http::Response problem(Errc code, std::string_view detail, std::string_view request_id) {
  const Status status = status_of(code);
  http::Response response = render(status, name_of(code), detail, request_id);
  if (status.number == 401) response.headers.add("WWW-Authenticate", "Bearer");
  if (code == Errc::overloaded || code == Errc::rate_limited)
    response.headers.add("Retry-After", "1");
  return response;
}

http::Response method_not_allowed(std::string_view allowed, std::string_view request_id) {
  http::Response response =
      render({405, "Method Not Allowed"}, "method_not_allowed", "", request_id);
  response.headers.add("Allow", std::string(allowed));
  return response;
}

http::Response unusable_reference(core::CaptureDefect defect, std::string_view request_id) {
  return render(
      {422, "Unprocessable Content"},
      "unusable_reference",
      "The photo cannot be compared with; nothing was opened. Take another one.",
      request_id,
      defect
  );
}

http::Response key_reused(std::string_view request_id) {
  return render(
      {422, "Unprocessable Content"},
      "idempotency_key_reused",
      "This `Idempotency-Key` came with another request.",
      request_id
  );
}

}  // namespace selfsame::adapters::native
