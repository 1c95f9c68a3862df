// SPDX-License-Identifier: Apache-2.0
// The first line of the input is the Content-Type, the rest the body. Parts lie inside the body, in
// order, and none of them contains the delimiter that would have ended it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame::http;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  if (end == input.npos) return 0;
  const auto body = input.substr(end + 1);
  const auto parts = parse_multipart(input.substr(0, end), body);
  if (!parts) return 0;
  const char* before = body.data();
  for (const auto& part : *parts) {
    if (part.name.empty()) std::abort();
    if (part.content.empty()) continue;
    if (part.content.data() < before) std::abort();
    before = part.content.data() + part.content.size();
    if (before > body.data() + body.size()) std::abort();
  }
  return 0;
}
