// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/parameters.h"

#include <algorithm>
#include <iterator>

#include "base/utf8.h"
#include "http/form.h"

namespace selfsame::adapters::alibaba {
namespace {

constexpr std::size_t kMaxParameters = 256;
constexpr std::size_t kMaxNameBytes = 128;

bool is_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && is_utf8(text);
}

bool is_fine(const Parameters::Pair& pair) {
  return pair.first.size() <= kMaxNameBytes && is_text(pair.first) && is_text(pair.second);
}

}  // namespace

Answer<Parameters> Parameters::from(std::string_view query, std::string_view form) {
  Parameters read;
  for (const std::string_view encoded : {query, form}) {
    auto pairs = http::parse_form(encoded, {.pairs_max = kMaxParameters});
    if (!pairs) return refuse(pairs.error());
    std::ranges::move(*pairs, std::back_inserter(read.pairs_));
  }
  if (!std::ranges::all_of(read.pairs_, is_fine)) return refuse(Errc::malformed_request);
  std::ranges::sort(read.pairs_, {}, &Pair::first);
  const auto twice = std::ranges::adjacent_find(read.pairs_, {}, &Pair::first);
  if (twice != read.pairs_.end()) return refuse(Errc::invalid_parameter, twice->first);
  return read;
}

const Parameters::Pair* Parameters::find(std::string_view name) const noexcept {
  const auto it = std::ranges::lower_bound(pairs_, name, {}, &Pair::first);
  return it != pairs_.end() && it->first == name ? &*it : nullptr;
}

std::string_view Parameters::value(std::string_view name) const noexcept {
  const Pair* pair = find(name);
  return pair == nullptr ? std::string_view{} : std::string_view(pair->second);
}

Answer<std::string_view> Parameters::required(std::string_view name) const {
  const std::string_view text = value(name);
  if (text.empty()) return refuse_missing(name);
  return text;
}

}  // namespace selfsame::adapters::alibaba
