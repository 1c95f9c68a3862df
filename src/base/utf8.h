// SPDX-License-Identifier: Apache-2.0
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfsame {

/// Takes the first character off `text`. Nothing, and `text` as it was, when it is empty or does
/// not begin with a character.
[[nodiscard]] std::optional<char32_t> take_character(std::string_view& text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The characters; nothing when `text` is not UTF-8.
[[nodiscard]] std::optional<std::u32string> characters_of(std::string_view text);

}  // namespace selfsame
