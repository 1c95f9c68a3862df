// SPDX-License-Identifier: Apache-2.0
// Numbers of identity documents: how they are written, and whether one can be such a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace selfsame::core {

enum class IdNumberKind : std::uint8_t {
  mainland_china,       // resident identity card
  hong_kong,            // identity card
  thailand,             // national identity card
  singapore,            // NRIC and FIN
  malaysia,             // MyKad
  indonesia,            // NIK of the KTP
  indonesia_driving,    // SIM
  philippines_vote,     // voter's identification number
  philippines_driving,  // licence
  philippines_tin,
  philippines_sss,
  philippines_umid,     // common reference number
  philippines_philsys,  // card number (PCN)
  japan_my_number,
  japan_driving,  // licence
};

/// Only rules that were worked out on sample numbers say `wrong`; what breaks another rule is
/// `doubtful`, which is a warning and no more.
enum class NumberForm : std::uint8_t { right, doubtful, wrong };

inline constexpr std::size_t kIdNumberBytesMax = 32;

/// As numbers are stored and compared: upper case, without spaces, dots, dashes and parentheses.
/// Nothing when another character than A-Z and 0-9 is left, or none, or more than
/// kIdNumberBytesMax.
[[nodiscard]] std::optional<std::string> normal_id_number(std::string_view written);

/// @param number  normal
[[nodiscard]] NumberForm check_id_number(IdNumberKind kind, std::string_view number);

/// "mainland_china", ...
[[nodiscard]] const char* name_of(IdNumberKind kind) noexcept;
[[nodiscard]] std::optional<IdNumberKind> id_number_kind_from(std::string_view name) noexcept;

/// The last four characters, stars before them: for people who only need to tell numbers apart.
[[nodiscard]] std::string masked_id_number(std::string_view number);

}  // namespace selfsame::core
