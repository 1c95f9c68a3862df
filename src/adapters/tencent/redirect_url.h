// SPDX-License-Identifier: Apache-2.0
// Where the web flow sends its user when it is done.
#pragma once

#include <string>
#include <string_view>

namespace selfsame::adapters::tencent {

inline constexpr std::size_t kRedirectUrlBytesMax = 2048;

/// http or https with a host, RFC 3986, at most kRedirectUrlBytesMax.
[[nodiscard]] bool is_redirect_url(std::string_view url);

/// The URL with `token` as one more parameter of its query, before its fragment.
/// @param url  is_redirect_url
/// @param token  letters, digits and hyphens
[[nodiscard]] std::string with_token(std::string_view url, std::string_view token);

}  // namespace selfsame::adapters::tencent
