// SPDX-License-Identifier: Apache-2.0
#include "core/page_wishes.h"

#include <algorithm>
#include <string_view>

namespace selfsame::core {
namespace {

constexpr std::size_t kLanguageBytesMax = 35;  // RFC 5646, section 4.4.1
constexpr std::size_t kParameterBytesMax = 32;
constexpr std::size_t kColourBytes = 7;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hex(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
}

bool is_tag(std::string_view text) {
  return text.size() <= kLanguageBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_colour(std::string_view text) {
  return text.size() == kColourBytes && text.starts_with('#') &&
         std::ranges::all_of(text.substr(1), is_hex);
}

bool is_parameter(std::string_view text) {
  return text.size() <= kParameterBytesMax &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_'; });
}

}  // namespace

Result<void> check(const PageWishes& wishes) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (!is_tag(wishes.language)) return wrong("language: a BCP 47 tag");
  if (!wishes.theme_colour.empty() && !is_colour(wishes.theme_colour)) {
    return wrong("theme_colour: #rrggbb");
  }
  if (wishes.redirect_url.size() > kRedirectUrlBytesMax) {
    return wrong("redirect_url: at most 2048 bytes");
  }
  if (!is_parameter(wishes.token_parameter)) return wrong("token_parameter: letters and digits");
  return {};
}

}  // namespace selfsame::core
