// SPDX-License-Identifier: Apache-2.0
// The files of the page on which a person proves who they are, as web/ built them.
#pragma once

#include <span>
#include <string_view>

#include "base/bytes.h"

namespace selfsame::adapters::page {

struct PageFile {
  std::string_view path;        // "index.html", "assets/NAME-HASH.js": the latter never change
  std::string_view media_type;  // for Content-Type
  std::string_view etag;        // strong, in quotes, of the plain bytes
  ByteView plain;
  ByteView gzip;    // empty: no shorter than plain
  ByteView brotli;  // likewise
};

/// index.html is the first. Static; any thread.
[[nodiscard]] std::span<const PageFile> page_files() noexcept;

}  // namespace selfsame::adapters::page
