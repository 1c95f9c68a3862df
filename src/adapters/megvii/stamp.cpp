// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/stamp.h"

#include <algorithm>
#include <chrono>

namespace selfsame::adapters::megvii {

std::string stamped(Timestamp at, std::string_view uuid) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return std::to_string(seconds).append(",").append(uuid);
}

bool is_stamped(std::string_view text) noexcept {
  constexpr std::size_t kDigitsMax = 12;
  constexpr std::size_t kUuidCharacters = 36;
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || comma == 0 || comma > kDigitsMax) return false;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string_view uuid = text.substr(comma + 1);
  return std::ranges::all_of(text.substr(0, comma), is_digit) && uuid.size() == kUuidCharacters &&
         std::ranges::all_of(uuid, [&](char c) {
           return is_digit(c) || c == '-' || (c >= 'a' && c <= 'f');
         });
}

}  // namespace selfsame::adapters::megvii
