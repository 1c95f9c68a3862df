// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/call.h"

#include <boost/json/serialize.hpp>
#include <utility>

#include "adapters/native/problem.h"

namespace selfsame::adapters::native {
namespace {

/// What to do about it; empty where the title says it all.
std::string_view explain(Errc code) {
  static constexpr std::pair<Errc, std::string_view> kTexts[] = {
      {Errc::unknown_key, "No such key, or it is disabled."},
      {Errc::not_found, "No such thing of yours."},
      {Errc::conflict, "Its state does not allow this now."},
      {Errc::expired, "Its time is over."},
      {Errc::image_undecodable,
       "A photo is not a readable JPEG, PNG, WebP or HEIC picture, or exceeds the pixel limit."},
      {Errc::image_too_large, "A photo is too large."},
      {Errc::overloaded, "All workers are busy; try again in a moment."},
      {Errc::rate_limited, "Too many requests; try again in a moment."},
      {Errc::deadline_exceeded, "The work was not done in time; try again."},
      {Errc::storage_unavailable, "Whether the outcome was stored is not known; try again."},
  };
  for (const auto& [known, text] : kTexts) {
    if (known == code) return text;
  }
  return "";
}

/// Of what the error's code leaves open.
std::string_view explain(core::RefusalCause cause) {
  using core::RefusalCause;
  switch (cause) {
    case RefusalCause::suspended:
      return "The customer is suspended.";
    case RefusalCause::address_not_allowed:
      return "Calls from this address are not allowed.";
    case RefusalCause::customer_not_verified:
      return "The customer has not proven its identity.";
    case RefusalCause::key_without_right:
      return "This key has no right to this call.";
    case RefusalCause::balance_not_enough:
      return "The balance is not enough.";
    case RefusalCause::sdk_too_old:
      return "The app's SDK is too old.";
    case RefusalCause::device_not_supported:
      return "This model of device is not supported.";
    case RefusalCause::bundle_not_allowed:
      return "This app may not call.";
    case RefusalCause::too_many_per_second:
      return "Too many requests a second; try again in a moment.";
    case RefusalCause::too_many_at_once:
      return "Too many requests at once; try again in a moment.";
    case RefusalCause::daily_quota_used:
      return "The day's quota is used up.";
    case RefusalCause::not_activated:
    case RefusalCause::activating:
    case RefusalCause::activation_failed:
    case RefusalCause::in_arrears:
    case RefusalCause::unauthorized:
    case RefusalCause::denied:
      return "";
  }
  return "";
}

}  // namespace

http::Response json_response(const boost::json::object& object, int status) {
  http::Response response;
  response.status = status;
  response.body = boost::json::serialize(object);
  return response;
}

http::Response no_content() {
  http::Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

http::Response refusal(const flows::NotAdmitted& not_admitted, std::string_view request_id) {
  if (!not_admitted.cause) return refusal(not_admitted.error, request_id);
  return problem(not_admitted.error.code, explain(*not_admitted.cause), request_id);
}

http::Response refusal(const Error& error, std::string_view request_id) {
  return problem(error.code, explain(error.code), request_id);
}

http::Response refusal_as_said(const Error& error, std::string_view request_id) {
  return problem(error.code, error.detail, request_id);
}

}  // namespace selfsame::adapters::native
