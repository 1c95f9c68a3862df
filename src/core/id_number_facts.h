// SPDX-License-Identifier: Apache-2.0
// What a number of an identity document says about its holder.
#pragma once

#include <optional>
#include <string_view>

#include "core/id_number.h"

namespace selfsame::core {

/// The day of birth, its year by the last two digits only: centuries are not in every number.
struct ShortDate {
  int year_of_century = 0;  // 0..99
  int month = 0;
  int day = 0;

  [[nodiscard]] bool operator==(const ShortDate&) const noexcept = default;
};

struct NumberFacts {
  std::optional<ShortDate> birth_date;
  char sex = '\0';  // 'M', 'F', or 0: not in the number
};

/// @param number  normal, of a form that check_id_number() does not call wrong; otherwise nothing
///                is said
[[nodiscard]] NumberFacts facts_of(IdNumberKind kind, std::string_view number);

}  // namespace selfsame::core
