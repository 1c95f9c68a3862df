// SPDX-License-Identifier: Apache-2.0
// A customer's statement: whatever is taken names the one member, and refusals say why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/native/ground_truth_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto same = selfsame::adapters::native::parse_ground_truth(text);
  if (!same && same.error().detail.empty()) std::abort();
  if (same && text.find(*same ? "true" : "false") == text.npos) std::abort();
  return 0;
}
