// SPDX-License-Identifier: Apache-2.0
// The machine-readable zone of travel documents (ICAO Doc 9303 parts 3 to 7).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::core {

enum class MrzFormat : std::uint8_t { td1, td2, td3, mrv_a, mrv_b };

struct MrzShape {
  std::size_t lines = 0;
  std::size_t characters = 0;  // of every line
};
[[nodiscard]] MrzShape shape_of(MrzFormat format) noexcept;

/// "TD1", "TD2", "TD3", "MRV-A", "MRV-B".
[[nodiscard]] const char* name_of(MrzFormat format) noexcept;

/// `absent`: the format has no such digit, or leaves it out where the field is empty.
enum class MrzCheck : std::uint8_t { right, wrong, absent };

struct MrzChecks {
  MrzCheck number = MrzCheck::wrong;
  MrzCheck birth_date = MrzCheck::wrong;
  MrzCheck expiry_date = MrzCheck::wrong;
  MrzCheck personal_number = MrzCheck::absent;  // TD3 only
  MrzCheck composite = MrzCheck::absent;        // not of visas

  [[nodiscard]] std::array<MrzCheck, 5> all() const noexcept {
    return {number, birth_date, expiry_date, personal_number, composite};
  }
};

struct Mrz {
  MrzFormat format = MrzFormat::td3;
  std::vector<std::string> lines;  // A-Z 0-9 <, of the format's length

  std::string document_code;   // "P", "ID"; without fillers, like every field
  std::string issuing_state;   // as in the zone: "UTO", "D"
  std::string surname;         // primary identifier, blanks between its parts
  std::string given_names;     // secondary identifier; may be empty
  std::string number;          // of any length (TD1 and TD2 go on in the optional data)
  std::string nationality;     // as in the zone
  std::string sex;             // "M", "F", "X", or empty: not said
  std::string optional_data;   // TD3: the personal number
  std::string optional_data2;  // TD1, second line
  // Nothing: not said (fillers), or no date.
  std::optional<std::chrono::year_month_day> birth_date;
  std::optional<std::chrono::year_month_day> expiry_date;

  MrzChecks checks;
  // Letters stand where letters must, sex is one of M F X <, dates are dates or fillers, and there
  // is a name.
  bool well_formed = false;

  /// The name fills its field: it may have been cut.
  [[nodiscard]] bool has_full_name() const;

  /// Well formed, and no check digit is wrong. Check digits do not cover names, state and
  /// nationality.
  [[nodiscard]] bool is_valid() const noexcept;
};

/// 7-3-1 weights modulo 10 (part 3, 4.9). `text` of A-Z 0-9 <; other characters count as <.
[[nodiscard]] char mrz_check_digit(std::string_view text) noexcept;

/// Reads lines that are exactly a zone: nothing is repaired. Years of two digits: expiry is 20YY, a
/// birth after it or after `today` 19YY.
/// @return `invalid_parameter` unless number and length of the lines are of a format, their
///         characters A-Z 0-9 <, and the first one P, I, A, C or V as the format has it. A wrong
///         check digit is a finding and no error.
[[nodiscard]] Result<Mrz> parse_mrz(
    std::span<const std::string> lines, std::chrono::year_month_day today
);

/// Fillers of a zone's line, as readers of print make them out.
[[nodiscard]] bool has_fillers(std::string_view text) noexcept;

/// Fillers as they are read of a zone that stands upside down; nothing else has them.
[[nodiscard]] bool has_inverted_fillers(std::string_view text) noexcept;

/// The zone of one reader's lines; where its check digits do not hold, that of lines of which the
/// last ones are another reader's, if they hold there.
/// @param others  as many lines as `read_lines`
[[nodiscard]] std::optional<Mrz> find_mrz(
    std::span<const std::string> read_lines,
    std::span<const std::string> others,
    std::chrono::year_month_day today
);

/// The best zone among lines of text that a reader made out, top to bottom. Look-alikes are put
/// right by the class of their field only (a letter cannot be a digit of a date), the longest run
/// of fillers takes up what a line lacks or has too much. No character is chosen to please a check
/// digit. Nothing when no lines have a zone's form and two right check digits.
[[nodiscard]] std::optional<Mrz> find_mrz(
    std::span<const std::string> read_lines, std::chrono::year_month_day today
);

/// The zone with the document's number as the page prints it in one of these lines of text, where
/// it looks like the zone's and the check digits hold with it. Nothing where none is so.
[[nodiscard]] std::optional<Mrz> with_printed_number(
    const Mrz& zone, std::span<const std::string> lines, std::chrono::year_month_day today
);

inline constexpr std::size_t kMrzLinesSearchedMax = 64;  // the last ones: a zone is at the bottom
inline constexpr std::size_t kMrzLineBytesMax = 256;     // longer lines are no part of a zone

}  // namespace selfsame::core
