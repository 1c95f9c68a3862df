// SPDX-License-Identifier: Apache-2.0
// Names of a machine-readable zone and the printed ones (ICAO Doc 9303 part 3, section 6: how
// national letters are transliterated).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfsame::core {

struct NameMatch {
  std::string name;  // as printed; letters that were misread are the zone's
  double errors =
      1e9;  // how many there were; a lost mark or blank and a look-alike are part of one
};

/// The printed name, when it transliterates to the zone's with less than one error in four
/// characters. Nothing for texts of more than 80 characters.
/// @param printed  as read, UTF-8, Latin script
/// @param coded    A-Z and blanks
/// @param is_cut   the zone had no room for all of it: the printed one may go on
[[nodiscard]] std::optional<NameMatch> match_name(
    std::string_view printed, std::string_view coded, bool is_cut
);

/// `text` with the marks that `other` has where it has none, if they are the same letters
/// otherwise.
[[nodiscard]] std::string with_marks(std::string_view text, std::string_view other);

}  // namespace selfsame::core
