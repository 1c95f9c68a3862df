// SPDX-License-Identifier: Apache-2.0
#include "core/thai_spelling.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/utf8.h"

namespace selfsame::core {
namespace {

constexpr std::size_t kAddressBytesMax = 1024;
constexpr double kMark = 0.5;   // above or below a letter
constexpr double kStop = 0.25;  // a full stop, which reads like a mark
constexpr double kShare = 0.4;  // of an area's name that may be wrong
constexpr double kClear = 0.5;  // errors that the next best has more, beside half as many again

struct Character {
  char32_t c = 0;
  std::size_t at = 0;  // in bytes
};

std::vector<Character> without_blanks(std::string_view text) {
  std::vector<Character> all;
  const std::size_t size = text.size();
  while (!text.empty()) {
    const std::size_t at = size - text.size();
    const auto c = take_character(text);
    if (!c) return {};
    if (*c != U' ') all.push_back({*c, at});
  }
  return all;
}

bool is_mark(char32_t c) noexcept {
  return c == 0x0E31 || (c >= 0x0E34 && c <= 0x0E3A) || (c >= 0x0E47 && c <= 0x0E4E);
}

double weight(char32_t c) noexcept {
  if (c == U'.') return kStop;
  return is_mark(c) ? kMark : 1;
}

double errors_between(char32_t read, char32_t meant) noexcept {
  if (read == meant) return 0;
  const bool are_small = weight(read) < 1 && weight(meant) < 1;
  return are_small ? std::min(weight(read), weight(meant)) : 1;
}

struct Ending {
  double errors = 0;
  std::size_t from = 0;  // in characters
};

/// The end of `text` that is most like `wanted`.
Ending ending(std::span<const Character> text, std::u32string_view wanted) {
  // Edit distance from the end; `errors[i]`: of the last i characters of `wanted`.
  std::vector<double> errors(wanted.size() + 1);
  for (std::size_t i = 1; i < errors.size(); ++i)
    errors[i] = errors[i - 1] + weight(wanted[wanted.size() - i]);
  Ending best{errors.back(), text.size()};
  for (std::size_t j = text.size(); j-- > 0;) {
    double diagonal = errors[0];
    errors[0] += weight(text[j].c);
    for (std::size_t i = 1; i < errors.size(); ++i) {
      const char32_t meant = wanted[wanted.size() - i];
      const double here = std::min(
          {diagonal + errors_between(text[j].c, meant),
           errors[i] + weight(text[j].c),
           errors[i - 1] + weight(meant)}
      );
      diagonal = std::exchange(errors[i], here);
    }
    if (errors.back() <= best.errors) best = {errors.back(), j};
    if (text.size() - j > 2 * wanted.size()) break;
  }
  return best;
}

bool is_small(char32_t c) noexcept {
  return weight(c) < 1;
}

std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  for (const Character& character : without_blanks(text)) letters += character.c;
  return letters;
}

/// What stands before the name of a province, a district, a subdistrict.
using Kinds = std::array<std::string_view, 2>;
constexpr std::array<Kinds, 3> kKinds = {{{"จ.", "จังหวัด"}, {"อ.", "อำเภอ"}, {"ต.", "ตำบล"}}};
constexpr std::array<Kinds, 3> kKindsOfCapital = {{{"", ""}, {"เขต", "เขต"}, {"แขวง", "แขวง"}}};
constexpr std::string_view kCapital = "กรุงเทพมหานคร";

struct FoundArea {
  const Area* area = nullptr;
  std::string spelled;
  Ending ending;
};

/// The area whose name ends `text`, with few errors and clearly.
std::optional<FoundArea> find_area(
    std::span<const Character> text, std::span<const Area> areas, std::size_t level, bool in_capital
) {
  FoundArea best;
  double next_best = std::numeric_limits<double>::infinity();
  for (const Area& area : areas) {
    const bool is_of_capital = in_capital || (level == 0 && area.name == kCapital);
    FoundArea found;
    for (const std::string_view kind : (is_of_capital ? kKindsOfCapital : kKinds).at(level)) {
      std::string spelled = std::string(kind) + area.name;
      const Ending here = ending(text, letters_of(spelled));
      if (found.area != nullptr && here.errors >= found.ending.errors) continue;
      found = {&area, std::move(spelled), here};
    }
    if (best.area == nullptr || found.ending.errors < best.ending.errors) std::swap(best, found);
    if (found.area != nullptr) next_best = std::min(next_best, found.ending.errors);
  }
  if (best.area == nullptr) return std::nullopt;
  const double most = kShare * static_cast<double>(letters_of(best.area->name).size());
  const double errors = best.ending.errors;
  const bool is_sure = errors == 0 || (errors <= most && next_best >= errors + errors / 2 + kClear);
  return is_sure ? std::optional(std::move(best)) : std::nullopt;
}

std::string_view trimmed_end(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// "หมู่ที" lost a mark, and in "ถุพหลโยธิน" a full stop became one.
std::string with_usual_words(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::u32string letters = letters_of(word);
    std::u32string plain = letters;
    std::erase_if(plain, is_mark);
    constexpr std::string_view kRoad = "ถุ";
    if (!result.empty()) result += ' ';
    if (plain == U"หมท") {
      result += "หมู่ที่";
    } else if (word.starts_with(kRoad) && letters.size() > 2 && !is_mark(letters[2])) {
      result += "ถ.";
      result += word.substr(kRoad.size());
    } else {
      result += word;
    }
  }
  return result;
}

}  // namespace

std::string nearest_of(std::string_view text, std::span<const std::string> known) {
  const auto read = without_blanks(text);
  const std::string* best = nullptr;
  double best_errors = 0;
  for (const std::string& word : known) {
    const std::u32string letters = letters_of(word);
    // Of the whole text: what precedes the ending is wrong too.
    const Ending end = ending(read, letters);
    double errors = end.errors;
    for (std::size_t i = 0; i < end.from; ++i) errors += weight(read[i].c);
    if (errors > static_cast<double>(letters.size()) / 2) continue;
    if (best != nullptr && errors >= best_errors) continue;
    best = &word;
    best_errors = errors;
  }
  return best == nullptr ? std::string(text) : *best;
}

std::optional<std::string> from_opening(
    std::string_view text, std::span<const std::string> openings
) {
  std::size_t first = std::string_view::npos;
  for (const std::string& opening : openings) first = std::min(first, text.find(opening));
  if (first != std::string_view::npos) return std::string(text.substr(first));

  constexpr std::size_t kStray = 1;
  std::vector<Character> read = without_blanks(text);
  std::erase_if(read, [](const Character& character) { return is_small(character.c); });
  const std::string* best = nullptr;
  std::size_t rest = 0;  // what follows it, among `read`
  for (const std::string& opening : openings) {
    std::u32string wanted = letters_of(opening);
    std::erase_if(wanted, is_small);
    for (std::size_t at = 0; at <= kStray && at + wanted.size() < read.size(); ++at) {
      const auto part = std::span(read).subspan(at, wanted.size());
      const bool stands_there = std::ranges::equal(part, wanted, {}, &Character::c);
      if (!stands_there || at + wanted.size() < rest) continue;
      best = &opening;
      rest = at + wanted.size();
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best + ' ' + std::string(text.substr(read[rest].at));
}

std::string with_area_names(std::string_view address, std::span<const Area> provinces) {
  if (address.size() > kAddressBytesMax) return std::string(address);
  const auto characters = without_blanks(address);
  std::span<const Character> rest(characters);
  std::span<const Area> areas = provinces;
  std::string tail;
  bool in_capital = false;
  for (std::size_t level = 0; level < kKinds.size() && !rest.empty(); ++level) {
    const auto found = find_area(rest, areas, level, in_capital);
    if (!found) break;
    in_capital = in_capital || found->area->name == kCapital;
    tail = found->spelled + (tail.empty() ? "" : " ") + tail;
    rest = rest.first(found->ending.from);
    areas = found->area->within;
  }
  if (tail.empty()) return std::string(address);
  const std::size_t end = rest.size() < characters.size() ? characters[rest.size()].at : 0;
  const std::string head = with_usual_words(trimmed_end(address.substr(0, end)));
  return head.empty() ? tail : head + " " + tail;
}

bool is_figures(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::ranges::any_of(text, is_digit) &&
         std::ranges::all_of(text, [&](char c) { return is_digit(c) || c == '/'; });
}

std::optional<TextRange> find_figures(
    std::string_view text, std::string_view figures, std::size_t from
) {
  for (std::size_t at = from; at < text.size() && !figures.empty(); ++at) {
    std::size_t end = at;
    std::size_t found = 0;
    for (; end < text.size() && found < figures.size(); ++end) {
      if (text[end] == figures[found]) {
        ++found;
      } else if (found == 0 || text[end] != ' ') {
        break;
      }
    }
    if (found == figures.size()) return TextRange{at, end};
  }
  return std::nullopt;
}

bool ends_with_buddhist_year(std::string_view text) {
  constexpr std::size_t kYear = 4;
  std::size_t digits = 0;
  while (digits < text.size() && text[text.size() - 1 - digits] >= '0' &&
         text[text.size() - 1 - digits] <= '9') {
    ++digits;
  }
  const auto year = text.substr(text.size() - digits);
  return digits == kYear && digits < text.size() && year >= "2400" && year < "2700";
}

std::string with_strokes(std::string read, std::string_view other) {
  for (std::size_t i = 0; read.size() == other.size() && i < read.size(); ++i) {
    if (other[i] == '/') read[i] = '/';
  }
  return read;
}

}  // namespace selfsame::core
