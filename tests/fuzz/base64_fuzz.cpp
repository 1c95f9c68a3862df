// SPDX-License-Identifier: Apache-2.0
// Bytes come back from their text, and a text that is taken is the only one for its bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/base64.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const ByteView bytes(data, size);
  const auto back = from_base64(to_base64(bytes));
  if (!back || !std::ranges::equal(*back, bytes)) std::abort();
  const auto decoded = from_base64(text_of(bytes));
  if (decoded && to_base64(*decoded) != text_of(bytes)) std::abort();
  return 0;
}
