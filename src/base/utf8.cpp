// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <array>
#include <cstddef>

namespace selfsame {
namespace {

struct Form {
  unsigned char lead_mask;
  unsigned char lead;
  std::size_t bytes;
  char32_t least;  // a smaller character has a shorter form
};

constexpr std::array<Form, 4> kForms = {{
    {0x80, 0x00, 1, 0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
}};

constexpr bool is_character(char32_t value) noexcept {
  return value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

std::optional<char32_t> read(std::string_view text, const Form& form) noexcept {
  if (text.size() < form.bytes) return std::nullopt;
  char32_t value =
      static_cast<unsigned char>(text[0]) & static_cast<unsigned char>(~form.lead_mask);
  for (std::size_t i = 1; i < form.bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return std::nullopt;
    value = value << 6U | (byte & 0x3FU);
  }
  return value >= form.least && is_character(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<char32_t> take_character(std::string_view& text) noexcept {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<unsigned char>(text.front());
  for (const Form& form : kForms) {
    if ((lead & form.lead_mask) != form.lead) continue;
    const std::optional<char32_t> value = read(text, form);
    if (value) text.remove_prefix(form.bytes);
    return value;
  }
  return std::nullopt;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    if (!take_character(text)) return false;
  }
  return true;
}

std::optional<std::u32string> characters_of(std::string_view text) {
  std::u32string characters;
  characters.reserve(text.size());
  while (!text.empty()) {
    const std::optional<char32_t> character = take_character(text);
    if (!character) return std::nullopt;
    characters.push_back(*character);
  }
  return characters;
}

}  // namespace selfsame
