// SPDX-License-Identifier: Apache-2.0
// application/x-www-form-urlencoded, as in queries and form bodies. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selfsame::http {

/// Names and values, decoded, in the order of arrival; a name may come twice, a value may be empty.
using FormPairs = std::vector<std::pair<std::string, std::string>>;

struct FormLimits {
  std::size_t pairs_max = 1000;
  std::size_t bytes_max = 32u * 1024 * 1024;  // of the encoded text
};

/// "a=1&b=%20+" is (a, "1"), (b, "  "). Empty parts ("&&") are skipped; a part without '=' is a
/// name with an empty value. The bytes need not be UTF-8 and may be anything, NUL too.
/// `malformed_request`: a '%' without two hexadecimal digits, or too many pairs.
/// `payload_too_large`: over bytes_max.
[[nodiscard]] Result<FormPairs> parse_form(std::string_view text, FormLimits limits = {});

/// Decodes %XX, and '+' to a space where `plus_is_space`. `malformed_request` as above.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// RFC 3986: all but A-Z a-z 0-9 - . _ ~ becomes %XX in upper case, a space %20.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace selfsame::http
