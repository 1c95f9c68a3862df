// SPDX-License-Identifier: Apache-2.0
// A magic input: what is read has the prefix, and is one of our lists.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/sandbox.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto word = core::sandbox_word(input);
  const auto answer = core::sandbox_answer(input);
  if (answer && !word) std::abort();
  if (core::sandbox_finding(input) && !word) std::abort();
  if (word && input.find("selfsame-sandbox:") == std::string_view::npos) std::abort();
  return 0;
}
