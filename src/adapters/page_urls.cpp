// SPDX-License-Identifier: Apache-2.0
#include "adapters/page_urls.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "core/page_wishes.h"

namespace selfsame::adapters {

std::string page_url(std::string_view public_url, std::string_view token) {
  return std::string(public_url).append("/reflect/?token=").append(token);
}

bool is_redirect_url(std::string_view url) {
  if (url.empty() || url.size() > core::kRedirectUrlBytesMax) return false;
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return false;
  const auto scheme = parsed->scheme_id();
  const bool is_http = scheme == boost::urls::scheme::http || scheme == boost::urls::scheme::https;
  return is_http && !parsed->host().empty();
}

std::string with_token(std::string_view url, std::string_view parameter, std::string_view token) {
  const std::size_t fragment = std::min(url.find('#'), url.size());
  std::string made(url.substr(0, fragment));
  const bool has_query = made.find('?') != std::string::npos;
  const bool is_open = made.ends_with('?') || made.ends_with('&');
  if (!has_query) {
    made.push_back('?');
  } else if (!is_open) {
    made.push_back('&');
  }
  made.append(parameter).append("=").append(token).append(url.substr(fragment));
  return made;
}

}  // namespace selfsame::adapters
