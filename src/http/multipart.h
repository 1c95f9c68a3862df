// SPDX-License-Identifier: Apache-2.0
// multipart/form-data (RFC 7578, RFC 2046) in a complete body. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::http {

struct Part {
  std::string name;                     // never empty
  std::optional<std::string> filename;  // as sent: untrusted, may look like a path
  std::string_view content_type;        // as sent, or empty; a view of the body
  std::string_view content;             // a view of the body
};

struct MultipartLimits {
  std::size_t parts_max = 64;
  std::size_t header_bytes_max = 8 * 1024;  // of each part
};

/// The parts in the order of arrival; names may repeat. `body` must outlive them.
/// `malformed_request` when `content_type` is no multipart/form-data with a boundary, the body
/// does not end with the closing boundary, a part has no name, or a limit is exceeded.
[[nodiscard]] Result<std::vector<Part>> parse_multipart(
    std::string_view content_type, std::string_view body, MultipartLimits limits = {}
);

}  // namespace selfsame::http
