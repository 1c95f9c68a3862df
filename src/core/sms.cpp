// SPDX-License-Identifier: Apache-2.0
#include "core/sms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "core/country_codes.h"

namespace selfsame::core {
namespace {

constexpr std::uint8_t kEscape = 0x1B;
constexpr std::size_t kGsm7Alone = 160;
constexpr std::size_t kGsm7Part = 153;
constexpr std::size_t kUcs2Alone_bytes = 140;
constexpr std::size_t kUcs2Part_bytes = 134;

// TS 23.038 section 6.2.1. The escape's place holds a character that no text has.
constexpr std::u32string_view kAlphabet =
    U"@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\r\u00C5\u00E5"
    U"\u0394_\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\uFFFF\u00C6\u00E6\u00DF\u00C9"
    U" !\"#\u00A4%&'()*+,-./0123456789:;<=>?"
    U"\u00A1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00C4\u00D6\u00D1\u00DC\u00A7"
    U"\u00BFabcdefghijklmnopqrstuvwxyz\u00E4\u00F6\u00F1\u00FC\u00E0";
static_assert(kAlphabet.size() == 128 && kAlphabet[kEscape] == U'\uFFFF');

struct Extension {
  char32_t character;
  std::uint8_t octet;  // after the escape
};
// Section 6.2.1.1.
constexpr std::array<Extension, 10> kExtensions = {{
    {U'\f', 0x0A},
    {U'^', 0x14},
    {U'{', 0x28},
    {U'}', 0x29},
    {U'\\', 0x2F},
    {U'[', 0x3C},
    {U'~', 0x3D},
    {U']', 0x3E},
    {U'|', 0x40},
    {U'\u20AC', 0x65},
}};

/// Empty: not in the alphabet.
Bytes gsm7_octets(char32_t character) {
  const std::size_t at = kAlphabet.find(character);
  if (at != std::u32string_view::npos && at != kEscape) return {static_cast<std::uint8_t>(at)};
  const auto* it = std::ranges::find(kExtensions, character, &Extension::character);
  if (it != kExtensions.end()) return {kEscape, it->octet};
  return {};
}

void append_unit(Bytes& octets, std::uint32_t unit) {
  octets.push_back(static_cast<std::uint8_t>(unit >> 8U));
  octets.push_back(static_cast<std::uint8_t>(unit));
}

Bytes ucs2_octets(char32_t character) {
  Bytes octets;
  if (character < 0x10000) {
    append_unit(octets, character);
  } else {
    append_unit(octets, 0xD800 + ((character - 0x10000) >> 10U));
    append_unit(octets, 0xDC00 + ((character - 0x10000) & 0x3FFU));
  }
  return octets;
}

using Octets = Bytes (*)(char32_t);

/// Segments of at most `most` octets; a character stays whole.
std::vector<Bytes> cut(std::u32string_view text, Octets octets_of, std::size_t most) {
  std::vector<Bytes> segments(1);
  for (const char32_t character : text) {
    const Bytes octets = octets_of(character);
    if (segments.back().size() + octets.size() > most) segments.emplace_back();
    segments.back().insert(segments.back().end(), octets.begin(), octets.end());
  }
  return segments;
}

void append_utf8(std::string& text, char32_t character) {
  const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | character >> 6U);
    put(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    put(0xE0U | character >> 12U);
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  } else {
    put(0xF0U | character >> 18U);
    put(0x80U | (character >> 12U & 0x3FU));
    put(0x80U | (character >> 6U & 0x3FU));
    put(0x80U | (character & 0x3FU));
  }
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

Result<SmsText> cut_into_segments(std::string_view utf8) {
  const auto text = characters_of(utf8);
  if (!text || text->empty()) return fail(Errc::invalid_parameter, "text: empty or not UTF-8");
  const bool is_gsm7 =
      std::ranges::none_of(*text, [](char32_t c) { return gsm7_octets(c).empty(); });
  const Octets octets_of = is_gsm7 ? gsm7_octets : ucs2_octets;
  SmsText cut_text{.encoding = is_gsm7 ? SmsEncoding::gsm7 : SmsEncoding::ucs2, .segments = {}};
  cut_text.segments = cut(*text, octets_of, is_gsm7 ? kGsm7Alone : kUcs2Alone_bytes);
  if (cut_text.segments.size() > 1) {
    cut_text.segments = cut(*text, octets_of, is_gsm7 ? kGsm7Part : kUcs2Part_bytes);
  }
  if (cut_text.segments.size() > kMaxSmsSegments) return fail(Errc::payload_too_large, "text");
  return cut_text;
}

Bytes concatenation_header(std::uint8_t reference, std::uint8_t total, std::uint8_t number) {
  return {5, 0, 3, reference, total, number};
}

std::string text_of_gsm7(ByteView octets) {
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    char32_t character = octets[i] < kAlphabet.size() ? kAlphabet[octets[i]] : U'?';
    if (octets[i] == kEscape) {
      ++i;
      const auto* it = i < octets.size()
                           ? std::ranges::find(kExtensions, octets[i], &Extension::octet)
                           : kExtensions.end();
      character = it == kExtensions.end() ? U'?' : it->character;
    }
    append_utf8(text, character);
  }
  return text;
}

std::string text_of_ucs2(ByteView octets) {
  std::string text;
  const auto unit_at = [&](std::size_t at) -> char32_t {
    return at + 1 < octets.size() ? static_cast<char32_t>(octets[at] << 8U | octets[at + 1]) : 0;
  };
  for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
    char32_t character = unit_at(at);
    const char32_t next = unit_at(at + 2);
    if (character >= 0xD800 && character < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10U) + (next - 0xDC00);
      at += 2;
    } else if (character >= 0xD800 && character < 0xE000) {
      character = U'?';
    }
    append_utf8(text, character);
  }
  return text;
}

std::optional<PhoneNumber> phone_number_from(std::string_view text) {
  constexpr std::size_t kLeastDigits = 7;
  constexpr std::size_t kMostDigits = 15;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.size() < kLeastDigits || text.size() > kMostDigits) return std::nullopt;
  if (!std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto* code = std::ranges::find_if(kCountryCodes, [&](const CountryCode& each) {
    return text.starts_with(each.digits);
  });
  if (code == kCountryCodes.end()) return std::nullopt;
  return PhoneNumber{
      .digits = std::string(text),
      .country_code = std::string(code->digits),
      .country = code->country
  };
}

bool is_sender_id(std::string_view text) noexcept {
  constexpr std::size_t kMostDigits = 15;
  constexpr std::size_t kMostCharacters = 11;
  if (std::ranges::all_of(text, is_digit)) return text.size() <= kMostDigits;
  return text.size() <= kMostCharacters && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_letter(c) || c == ' '; });
}

SmsState state_of(std::span<const SegmentState> segments) noexcept {
  const auto some = [&](SegmentState state) { return std::ranges::count(segments, state) > 0; };
  if (some(SegmentState::refused) || some(SegmentState::undelivered)) return SmsState::failed;
  if (some(SegmentState::sending)) return SmsState::sending;
  if (some(SegmentState::waiting)) return SmsState::queued;
  if (some(SegmentState::in_doubt)) return SmsState::unknown;
  if (some(SegmentState::accepted)) return SmsState::submitted;
  return SmsState::delivered;
}

const char* name_of(SmsState state) noexcept {
  switch (state) {
    case SmsState::queued:
      return "queued";
    case SmsState::sending:
      return "sending";
    case SmsState::submitted:
      return "submitted";
    case SmsState::delivered:
      return "delivered";
    case SmsState::failed:
      return "failed";
    case SmsState::unknown:
      return "unknown";
    case SmsState::outbox:
      return "outbox";
  }
  return "unknown";
}

std::string normal_centre_id(std::string_view id) {
  while (id.size() > 1 && id.front() == '0') id.remove_prefix(1);
  std::string normal(id);
  for (char& c : normal) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return normal;
}

std::vector<std::string> readings_of_centre_id(std::string_view id) {
  const std::string itself = normal_centre_id(id);
  std::vector<std::string> readings = {itself};
  for (const auto& [from, to] : {std::pair{10, 16}, std::pair{16, 10}}) {
    std::uint64_t number = 0;
    const char* end = itself.data() + itself.size();
    const auto read = std::from_chars(itself.data(), end, number, from);
    if (read.ec != std::errc{} || read.ptr != end) continue;
    std::array<char, 32> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, to);
    std::string other(digits.data(), written.ptr);
    if (std::ranges::find(readings, other) == readings.end()) readings.push_back(std::move(other));
  }
  return readings;
}

Result<std::string> fill_template(
    std::string_view text, std::span<const std::pair<std::string, std::string>> values
) {
  std::string filled;
  for (;;) {
    const std::size_t begin = text.find("${");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) return filled.append(text);
    filled.append(text.substr(0, begin));
    const std::string_view name = text.substr(begin + 2, end - begin - 2);
    const auto value = std::ranges::find(values, name, [](const auto& v) { return v.first; });
    if (value == values.end()) return fail(Errc::missing_parameter, std::string(name));
    filled.append(value->second);
    text.remove_prefix(end + 1);
  }
}

}  // namespace selfsame::core
