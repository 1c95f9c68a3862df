// SPDX-License-Identifier: Apache-2.0
// What parses is within its limits and survives encoding and parsing again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame::http;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FormLimits limits;
  limits.pairs_max = 50;
  const auto pairs = parse_form(text, limits);
  if (!pairs) return 0;
  if (pairs->size() > limits.pairs_max) std::abort();
  std::string again;
  for (const auto& [name, value] : *pairs) {
    again += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  const auto second = parse_form(again, limits);
  if (!second || *second != *pairs) std::abort();
  return 0;
}
