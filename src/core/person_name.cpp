// SPDX-License-Identifier: Apache-2.0
#include "core/person_name.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace selfsame::core {
namespace {

/// One character of UTF-8 (RFC 3629): its bytes; empty when there is none.
std::string_view take_character(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
  };
  const std::uint8_t first = byte(0);
  std::size_t length = 1;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;  // no surrogates
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else if (first >= 0x80) {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t at = 1; at < length; ++at) {
    if (byte(at) < low || byte(at) > high) return {};
    low = 0x80;
    high = 0xbf;
  }
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

bool is_blank(std::string_view character) noexcept {
  return character == " " || character == "\u00a0" || character == "\u3000";
}

bool is_middle_dot(std::string_view character) noexcept {
  constexpr std::array<std::string_view, 5> kDots = {
      "\u00b7", "\u2022", "\u2027", "\u30fb", "\uff65"
  };
  return std::ranges::find(kDots, character) != kDots.end();
}

bool is_ascii_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Of one byte.
bool is_allowed(char c) noexcept {
  return is_ascii_letter(c) || std::string_view("'-.,").find(c) != std::string_view::npos;
}

/// U+0080 to U+009F.
bool is_control(std::string_view character) noexcept {
  return character.size() == 2 && character[0] == '\xc2' &&
         static_cast<std::uint8_t>(character[1]) < 0xa0;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The character as it is compared; nothing when no name has it.
std::optional<std::string> normal(std::string_view character) {
  if (character.empty() || is_control(character)) return std::nullopt;
  if (is_middle_dot(character)) return "\u00b7";
  if (character.size() > 1) return std::string(character);
  if (!is_allowed(character[0])) return std::nullopt;
  return std::string(1, lower(character[0]));
}

}  // namespace

std::optional<std::string> normal_person_name(std::string_view written) {
  if (written.size() > kPersonNameBytesMax) return std::nullopt;
  std::string name;
  std::size_t characters = 0;
  bool has_letter = false;
  bool blank_before = false;
  while (!written.empty()) {
    const std::string_view character = take_character(written);
    if (++characters > kPersonNameCharactersMax) return std::nullopt;
    if (is_blank(character)) {
      blank_before = !name.empty();
      continue;
    }
    const auto part = normal(character);
    if (!part) return std::nullopt;
    has_letter =
        has_letter || is_ascii_letter(part->front()) || (part->size() > 1 && !is_middle_dot(*part));
    if (blank_before) name.push_back(' ');
    blank_before = false;
    name += *part;
  }
  return has_letter ? std::optional(std::move(name)) : std::nullopt;
}

bool is_same_name(std::string_view a, std::string_view b) {
  const auto normal_a = normal_person_name(a);
  return normal_a && normal_a == normal_person_name(b);
}

}  // namespace selfsame::core
