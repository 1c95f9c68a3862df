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

http::Response refusal(const Error& error, std::string_view request_id) {
  return problem(error.code, explain(error.code), request_id);
}

http::Response refusal_as_said(const Error& error, std::string_view request_id) {
  return problem(error.code, error.detail, request_id);
}

}  // namespace selfsame::adapters::native
