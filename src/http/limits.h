// SPDX-License-Identifier: Apache-2.0
// How much of a request is read, by surface; decided before it is read.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "http/message.h"

namespace selfsame::http {

struct Limits {
  std::size_t request_line_bytes = 64 * 1024;
  std::size_t header_bytes = 64 * 1024;        // all fields, without the request line
  std::size_t body_bytes = 1024 * 1024;        // after chunked decoding
  std::size_t drain_bytes = 32 * 1024 * 1024;  // read and dropped of a request that is refused
  /// Call the handler with `body_too_large` / `target_too_large` in place of 413 / 414.
  bool handler_answers_too_large = false;
  /// Call the handler with `overloaded` in place of 503.
  bool handler_answers_overloaded = false;
};

/// The limits of a surface. Called twice for each request: when the path is known (`headers` is
/// null; the request line and header limits are taken), and when the header is complete (the body
/// limits are taken). `path` is the target up to '?', undecoded and untrusted.
/// Called from any I/O thread, at the same time: must be thread-safe and quick.
using LimitsFor =
    std::function<Limits(std::string_view method, std::string_view path, const Headers* headers)>;

}  // namespace selfsame::http
