// SPDX-License-Identifier: Apache-2.0
// The HTTP glue: bytes in one piece and bytes in many pieces must come to the same requests.
// The first byte of the input sets the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/request_reader.h"

namespace {

using namespace selfsame::http;

Limits limits_of(std::string_view, std::string_view path, const Headers*) {
  Limits limits;
  limits.request_line_bytes = 300;
  limits.header_bytes = 500;
  limits.body_bytes = 200;
  limits.drain_bytes = 1'000'000;
  limits.handler_answers_too_large = path == "/a";
  return limits;
}

/// The story of a connection, as text.
std::string story_of(std::string_view bytes, std::size_t piece) {
  const LimitsFor limits_for = limits_of;
  Budget budget(1u << 20);
  std::string story;
  {
    RequestReader reader(limits_for, budget);
    for (bool open = true; open;) {
      auto step = reader.is_idle() ? RequestReader::Step::need_more : reader.advance();
      if (step == RequestReader::Step::send_continue) step = RequestReader::Step::need_more;
      if (step == RequestReader::Step::complete) {
        const bool keep_alive = reader.keep_alive();
        const auto request = reader.take();
        if (request.body.size() > 200) std::abort();
        story += request.method + "|" + request.target + "|" + request.body + "|";
        for (const auto& [name, value] : request.headers.all()) story += name + "=" + value + "|";
        story += std::to_string(request.body_too_large) + std::to_string(request.target_too_large) +
                 "\n";
        open = keep_alive;
        reader.next();
      } else if (step == RequestReader::Step::refused) {
        story += "refused\n";  // for which of several faults depends on what came first
        open = reader.keep_alive();
        reader.next();
      } else {
        if (bytes.empty()) break;
        const auto room = reader.prepare();
        const auto size = std::min({piece, room.size(), bytes.size()});
        std::copy_n(bytes.begin(), size, room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
      }
    }
  }
  if (budget.used() != 0) std::abort();
  return story;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = story_of(bytes, bytes.size() + 1);
  const auto pieces = story_of(bytes, 1 + data[0] % 16);
  if (whole != pieces) std::abort();
  return 0;
}
