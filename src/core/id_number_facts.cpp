// SPDX-License-Identifier: Apache-2.0
#include "core/id_number_facts.h"

#include <algorithm>

namespace selfsame::core {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

int two_at(std::string_view number, std::size_t from) noexcept {
  return 10 * (number[from] - '0') + number[from + 1] - '0';
}

char sex_by_parity(char digit) noexcept {
  return (digit - '0') % 2 == 1 ? 'M' : 'F';
}

}  // namespace

NumberFacts facts_of(IdNumberKind kind, std::string_view number) {
  constexpr std::size_t kMainlandDigits = 17;  // the last may be an X
  constexpr std::size_t kMyKadDigits = 12;
  constexpr std::size_t kNikDigits = 16;
  constexpr int kFemaleDays = 40;
  const auto digits =
      static_cast<std::size_t>(std::ranges::find_if_not(number, is_digit) - number.begin());
  if (kind == IdNumberKind::mainland_china && digits >= kMainlandDigits) {
    return {
        .birth_date = ShortDate{two_at(number, 8), two_at(number, 10), two_at(number, 12)},
        .sex = sex_by_parity(number[16])
    };
  }
  if (kind == IdNumberKind::malaysia && digits == kMyKadDigits) {
    return {
        .birth_date = ShortDate{two_at(number, 0), two_at(number, 2), two_at(number, 4)},
        .sex = sex_by_parity(number[11])
    };
  }
  if (kind == IdNumberKind::indonesia && digits == kNikDigits) {
    const int day = two_at(number, 6);
    const bool female = day > kFemaleDays;
    return {
        .birth_date =
            ShortDate{two_at(number, 10), two_at(number, 8), female ? day - kFemaleDays : day},
        .sex = female ? 'F' : 'M'
    };
  }
  return {};
}

}  // namespace selfsame::core
