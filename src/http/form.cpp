// SPDX-License-Identifier: Apache-2.0
#include "http/form.h"

#include <algorithm>

namespace selfsame::http {
namespace {

/// 0..15, or -1.
int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded(text.size(), '\0');
  auto to = decoded.begin();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '%') {
      const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(Errc::malformed_request, "percent sign without two digits");
      *to++ = static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      *to++ = plus_is_space && c == '+' ? ' ' : c;
    }
  }
  decoded.erase(to, decoded.end());
  return decoded;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4U];
    encoded += kDigits[byte & 15U];
  }
  return encoded;
}

Result<FormPairs> parse_form(std::string_view text, FormLimits limits) {
  if (text.size() > limits.bytes_max) return fail(Errc::payload_too_large, "form too large");
  FormPairs pairs;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    if (pairs.size() == limits.pairs_max)
      return fail(Errc::malformed_request, "too many form fields");
    const auto equals = std::min(part.find('='), part.size());
    SELFSAME_TRY(name, percent_decode(part.substr(0, equals), true));
    SELFSAME_TRY(value, percent_decode(part.substr(std::min(equals + 1, part.size())), true));
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

}  // namespace selfsame::http
