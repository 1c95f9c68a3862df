// SPDX-License-Identifier: Apache-2.0
// Lines that a reader made out, one a row. The zone that is found in them is one for the strict
// parser too, and the same.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/mrz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  constexpr auto kToday = 2026y / 11 / 26;
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      lines.emplace_back();
    } else {
      lines.back().push_back(static_cast<char>(data[i]));
    }
  }
  (void)selfsame::core::parse_mrz(lines, kToday);
  const auto found = selfsame::core::find_mrz(lines, kToday);
  if (!found) return 0;
  const auto again = selfsame::core::parse_mrz(found->lines, kToday);
  if (!again || again->format != found->format || again->is_valid() != found->is_valid() ||
      again->number != found->number || again->surname != found->surname) {
    std::abort();
  }
  const auto with_number = selfsame::core::with_printed_number(*found, lines, kToday);
  if (with_number && !with_number->is_valid()) std::abort();
  return 0;
}
