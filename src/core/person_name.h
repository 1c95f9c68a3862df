// SPDX-License-Identifier: Apache-2.0
// Names as people write them, UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace selfsame::core {

inline constexpr std::size_t kPersonNameBytesMax = 128;
inline constexpr std::size_t kPersonNameCharactersMax = 64;

/// As names are compared: ASCII letters in lower case, one blank between words and none around
/// them, one sign for the several middle dots between the parts of a name. Nothing when it can be
/// no name: not UTF-8, without a letter, with a digit, a control or other sign of ASCII than
/// blank ' - . , or longer than the limits above.
[[nodiscard]] std::optional<std::string> normal_person_name(std::string_view written);

/// Both are names, and the same one. Other scripts and accents are compared as they are: "José" is
/// not "Jose".
[[nodiscard]] bool is_same_name(std::string_view a, std::string_view b);

}  // namespace selfsame::core
