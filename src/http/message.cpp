// SPDX-License-Identifier: Apache-2.0
#include "http/message.h"

#include <algorithm>

namespace selfsame::http {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::optional<std::string_view> Headers::find(std::string_view name) const {
  const auto it = std::ranges::find_if(fields_, [&](const auto& field) {
    return same_name(field.first, name);
  });
  if (it == fields_.end()) return std::nullopt;
  return it->second;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(fields_, [&](const auto& field) {
    return same_name(field.first, name);
  }));
}

std::string_view Request::path() const noexcept {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const noexcept {
  const auto at = target.find('?');
  return at == std::string::npos ? std::string_view{} : std::string_view(target).substr(at + 1);
}

}  // namespace selfsame::http
