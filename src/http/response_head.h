// SPDX-License-Identifier: Apache-2.0
// The status line and header of an answer, as bytes.
#pragma once

#include <chrono>
#include <string>

#include "http/message.h"

namespace selfsame::http {

struct Framing {
  bool keep_alive = true;
  bool http_1_0 = false;  // of the request: keep-alive must then be said
};

/// Throws std::logic_error for a response that would break the framing (a line end in a header, a
/// status outside 200..599, a field that is the server's to write): that is our bug.
[[nodiscard]] std::string response_head(
    const Response& response, Framing framing, std::chrono::sys_seconds now
);

}  // namespace selfsame::http
