// SPDX-License-Identifier: Apache-2.0
#include "core/page_wishes.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace selfsame::core {
namespace {

constexpr std::size_t kLanguageBytesMax = 35;  // RFC 5646, section 4.4.1
constexpr std::size_t kParameterBytesMax = 32;
constexpr std::size_t kColourBytes = 7;
constexpr std::size_t kPageNameBytesMax = 120;
constexpr std::size_t kOriginBytesMax = 262;
constexpr std::size_t kTextKeyBytesMax = 64;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hex(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
}

bool is_parameter(std::string_view text) {
  return text.size() <= kParameterBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
}

bool is_key_character(char c) {
  return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
}

}  // namespace

bool is_language_tag(std::string_view text) {
  return text.size() <= kLanguageBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_page_name(std::string_view text) {
  return !text.empty() && text.size() <= kPageNameBytesMax;
}

bool is_page_colour(std::string_view text) {
  return text.size() == kColourBytes && text.starts_with('#') &&
         std::ranges::all_of(text.substr(1), is_hex);
}

bool is_page_logo(std::string_view text) {
  constexpr std::array<std::string_view, 3> kStarts = {
      "data:image/png;base64,", "data:image/svg+xml;base64,", "data:image/webp;base64,"
  };
  return std::ranges::any_of(kStarts, [text](std::string_view start) {
    return text.starts_with(start) && text.size() > start.size() &&
           std::ranges::all_of(text.substr(start.size()), is_base64);
  });
}

bool is_page_origin(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme) || text.size() > kOriginBytesMax) return false;
  const std::string_view host = text.substr(kScheme.size());
  return !host.empty() && is_alphanumeric(host.front()) && std::ranges::all_of(host, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '-' || c == ':';
  });
}

bool is_page_text_key(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0) return false;
  const std::string_view key = text.substr(slash + 1);
  return is_language_tag(text.substr(0, slash)) && !key.empty() && key.size() <= kTextKeyBytesMax &&
         std::ranges::all_of(key, is_key_character);
}

Result<void> check(const PageWishes& wishes) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (!is_language_tag(wishes.language)) return wrong("language: a BCP 47 tag");
  if (!wishes.theme_colour.empty() && !is_page_colour(wishes.theme_colour)) {
    return wrong("theme_colour: #rrggbb");
  }
  if (wishes.redirect_url.size() > kRedirectUrlBytesMax) {
    return wrong("redirect_url: at most 2048 bytes");
  }
  if (!is_parameter(wishes.token_parameter)) return wrong("token_parameter: letters and digits");
  return {};
}

}  // namespace selfsame::core
