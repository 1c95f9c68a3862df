// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/parameters.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/utf8.h"
#include "http/form.h"

namespace selfsame::adapters::megvii {

namespace json = boost::json;

namespace {

constexpr std::size_t kPairsMax = 64;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kJsonDepthMax = 2;
constexpr std::size_t kIdcardCharacters = 18;

std::optional<std::string> text_of_scalar(const json::value& value) {
  if (value.is_string()) {
    const json::string& text = value.get_string();
    return std::string(text.data(), text.size());
  }
  if (value.is_int64() || value.is_uint64() || value.is_bool()) return json::serialize(value);
  return std::nullopt;
}

}  // namespace

Result<Parameters> Parameters::from(std::vector<Pair> pairs) {
  Parameters parameters;
  parameters.pairs_ = std::move(pairs);
  std::ranges::sort(parameters.pairs_, {}, &Pair::first);
  const auto twice = std::ranges::adjacent_find(parameters.pairs_, {}, &Pair::first);
  if (twice != parameters.pairs_.end()) return fail(Errc::invalid_parameter, "a name twice");
  return parameters;
}

std::optional<std::string_view> Parameters::find(std::string_view name) const noexcept {
  const auto it = std::ranges::lower_bound(pairs_, name, {}, &Pair::first);
  if (it == pairs_.end() || it->first != name) return std::nullopt;
  return it->second;
}

Result<std::vector<Parameters::Pair>> pairs_of_form(std::string_view encoded) {
  SELFSAME_TRY(pairs, http::parse_form(encoded, {.pairs_max = kPairsMax}));
  for (const auto& [name, value] : pairs) {
    if (name.size() > kNameBytesMax) return fail(Errc::malformed_request, "a long name");
  }
  return std::move(pairs);
}

Result<std::vector<Parameters::Pair>> pairs_of_json(std::string_view text) {
  boost::system::error_code failed;
  const json::value parsed = json::parse(text, failed, {}, {.max_depth = kJsonDepthMax});
  if (failed || !parsed.is_object() || parsed.get_object().size() > kPairsMax) {
    return fail(Errc::malformed_request, "not a JSON object of texts");
  }
  std::vector<Parameters::Pair> pairs;
  for (const auto& [name, value] : parsed.get_object()) {
    if (value.is_null()) continue;
    auto scalar = text_of_scalar(value);
    if (!scalar || name.size() > kNameBytesMax) {
      return fail(Errc::malformed_request, "not a JSON object of texts");
    }
    pairs.emplace_back(std::string(name), std::move(*scalar));
  }
  return pairs;
}

std::optional<int> number_in(
    std::optional<std::string_view> text, int least, int most, int fallback
) {
  if (!text) return fallback;
  int value = 0;
  const char* const end = text->data() + text->size();
  const auto [last, error] = std::from_chars(text->data(), end, value);
  const bool is_plain = error == std::errc{} && last == end && *text == std::to_string(value);
  if (!is_plain || value < least || value > most) return std::nullopt;
  return value;
}

bool is_name(std::string_view text, std::size_t characters_max) {
  const auto characters = characters_of(text);
  return characters && characters->size() <= characters_max &&
         std::ranges::none_of(*characters, [](char32_t c) { return c < U' ' || c == 0x7f; });
}

bool is_idcard_number(std::string_view text) noexcept {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != kIdcardCharacters) return false;
  const char last = text.back();
  return std::ranges::all_of(text.substr(0, kIdcardCharacters - 1), is_digit) &&
         (is_digit(last) || last == 'x' || last == 'X');
}

}  // namespace selfsame::adapters::megvii
