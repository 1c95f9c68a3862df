// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/resource_codes.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace selfsame::adapters::alibaba {
namespace {

struct Range {
  int first;
  int last;
};

// Of countries and territories; none of services (800, 808, 87x, 88x but 880 and 886, 979).
constexpr auto kAssigned = std::to_array<Range>(
    {{1, 1},     {7, 7},     {20, 20},   {27, 27},   {30, 34},   {36, 36},   {39, 41},   {43, 49},
     {51, 58},   {60, 66},   {81, 82},   {84, 84},   {86, 86},   {90, 95},   {98, 98},   {211, 213},
     {216, 216}, {218, 218}, {220, 258}, {260, 269}, {290, 291}, {297, 299}, {350, 359}, {370, 378},
     {380, 383}, {385, 387}, {389, 389}, {420, 421}, {423, 423}, {500, 509}, {590, 599}, {670, 670},
     {672, 683}, {685, 692}, {850, 850}, {852, 853}, {855, 856}, {880, 880}, {886, 886}, {960, 968},
     {970, 977}, {992, 996}, {998, 998}}
);

}  // namespace

bool is_resource_code(std::string_view code) noexcept {
  constexpr std::size_t kDigits = 4;
  if (code.size() != 2 * kDigits || code.substr(kDigits) != "0000") return false;
  int dialled = 0;
  const char* const end = code.data() + kDigits;
  const auto [last, error] = std::from_chars(code.data(), end, dialled);
  if (error != std::errc{} || last != end) return false;
  return std::ranges::any_of(kAssigned, [dialled](const Range& range) {
    return dialled >= range.first && dialled <= range.last;
  });
}

}  // namespace selfsame::adapters::alibaba
