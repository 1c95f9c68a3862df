// SPDX-License-Identifier: Apache-2.0
// Where the page of a session lies, and where it sends its user when it is done.
#pragma once

#include <string>
#include <string_view>

namespace selfsame::adapters {

/// @param public_url  by which devices reach us, without a slash at its end
/// @param token  characters that need no encoding
[[nodiscard]] std::string page_url(std::string_view public_url, std::string_view token);

/// http or https with a host, RFC 3986, at most core::kRedirectUrlBytesMax.
[[nodiscard]] bool is_redirect_url(std::string_view url);

/// The URL with `parameter=token` as one more of its query, before its fragment.
/// @param url  is_redirect_url
/// @param parameter, token  characters that need no encoding
[[nodiscard]] std::string with_token(
    std::string_view url, std::string_view parameter, std::string_view token
);

}  // namespace selfsame::adapters
