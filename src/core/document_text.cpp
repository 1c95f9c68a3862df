// SPDX-License-Identifier: Apache-2.0
#include "core/document_text.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/utf8.h"

namespace selfsame::core {
namespace {

constexpr std::size_t kErrorsEvery = 6;  // characters of a wording for one that may be wrong

bool is_digit(char32_t c) noexcept {
  return c >= U'0' && c <= U'9';
}
bool is_capital(char32_t c) noexcept {
  return c >= U'A' && c <= U'Z';
}
bool is_latin(char32_t c) noexcept {
  return is_capital(c) || (c >= U'a' && c <= U'z') ||
         (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7);
}
bool is_han(char32_t c) noexcept {
  return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0x3040 && c <= 0x30FF) || c == 0x3005 ||
         c == 0x3006;
}
bool is_thai(char32_t c) noexcept {
  return c >= 0x0E01 && c <= 0x0E5B && c != 0x0E3F;
}

char32_t narrow(char32_t c) noexcept {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFF01 + 0x21;
  return c == 0x3000 ? U' ' : c;
}

char32_t plain(char32_t c) noexcept {
  c = narrow(c);
  return c >= U'a' && c <= U'z' ? c - U'a' + U'A' : c;
}

template <class Predicate>
bool has(std::string_view text, Predicate is) {
  while (const auto c = take_character(text)) {
    if (is(narrow(*c))) return true;
  }
  return false;
}

/// A word of Latin script goes on there: "NAME" is not found in "SURNAME". "NameTAN": readers lose
/// blanks, and where a capital follows a small letter, another word begins.
bool cuts_a_word(const BareText& text, std::size_t from, std::size_t to) {
  const auto joined = [&](std::size_t left, std::size_t right) {
    return is_capital(text.characters[left]) && is_capital(text.characters[right]) &&
           text.end[left] == text.at[right] && !(text.is_small[left] && !text.is_small[right]);
  };
  return (from > 0 && joined(from - 1, from)) ||
         (to < text.characters.size() && to > 0 && joined(to - 1, to));
}

struct Found {
  std::size_t from = 0;
  std::size_t to = 0;
  std::size_t errors = 0;
};

/// Sellers' algorithm: the best end of an approximate occurrence, with its beginning.
std::optional<Found> approximate(
    const std::u32string& text, const std::u32string& wanted, std::size_t errors_most
) {
  struct Cell {
    std::size_t errors = 0;
    std::size_t from = 0;
  };
  std::vector<Cell> column(wanted.size() + 1);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = {i, 0};
  std::optional<Found> best;
  for (std::size_t j = 0; j < text.size(); ++j) {
    Cell diagonal = column[0];
    column[0] = {0, j + 1};
    diagonal.from = j;
    for (std::size_t i = 1; i < column.size(); ++i) {
      const Cell above = column[i - 1];
      const Cell left = column[i];
      Cell cell{diagonal.errors + (wanted[i - 1] == text[j] ? 0U : 1U), diagonal.from};
      if (above.errors + 1 < cell.errors) cell = {above.errors + 1, above.from};
      if (left.errors + 1 < cell.errors) cell = {left.errors + 1, left.from};
      diagonal = left;
      column[i] = cell;
    }
    const Cell& last = column.back();
    if (last.errors <= errors_most && (!best || last.errors < best->errors)) {
      best = Found{last.from, j + 1, last.errors};
    }
  }
  return best;
}

/// The digit that a letter at a digit's place must be.
char32_t as_digit(char32_t c) noexcept {
  constexpr std::u32string_view kSeen = U"OoQDIl|LZzSsBGTｏ〇";
  constexpr std::u32string_view kMeant = U"00001111225586700";
  if (c == U'〇') return U'0';
  const auto at = kSeen.find(c);
  return at == std::u32string_view::npos ? c : kMeant[at];
}

char32_t as_capital(char32_t c) noexcept {
  constexpr std::u32string_view kSeen = U"01258|";
  constexpr std::u32string_view kMeant = U"OIZSBI";
  if (c >= U'a' && c <= U'z') return c - U'a' + U'A';
  const auto at = kSeen.find(c);
  return at == std::u32string_view::npos ? c : kMeant[at];
}

/// Nothing when `c` cannot stand at `p`.
std::optional<char32_t> fitting(char32_t c, char p) noexcept {
  if (p == '9') {
    const char32_t digit = as_digit(c);
    return is_digit(digit) ? std::optional(digit) : std::nullopt;
  }
  if (p == 'A') {
    const char32_t letter = as_capital(c);
    return is_capital(letter) ? std::optional(letter) : std::nullopt;
  }
  if (p == '#') {
    const char32_t either = plain(c);
    return is_digit(either) || is_capital(either) ? std::optional(either) : std::nullopt;
  }
  constexpr std::u32string_view kDashes = U"-–—−‐_~・.";
  if (p == '-' && kDashes.find(c) != std::u32string_view::npos) return U'-';
  constexpr std::u32string_view kOpen = U"([{（【";
  constexpr std::u32string_view kClose = U")]}）】";
  if (p == '(' && kOpen.find(c) != std::u32string_view::npos) return U'(';
  if (p == ')' && kClose.find(c) != std::u32string_view::npos) return U')';
  return plain(c) == static_cast<char32_t>(static_cast<unsigned char>(p)) ? std::optional(plain(c))
                                                                          : std::nullopt;
}

struct Character {
  char32_t c = 0;
  std::size_t at = 0;
  std::size_t end = 0;
};

std::vector<Character> without_blanks(std::string_view text) {
  std::vector<Character> all;
  const std::size_t size = text.size();
  while (!text.empty()) {
    const std::size_t at = size - text.size();
    const auto c = take_character(text);
    if (!c) break;
    const char32_t narrowed = narrow(*c);
    if (narrowed != U' ') all.push_back({narrowed, at, size - text.size()});
  }
  return all;
}

struct Spelt {
  std::string text;
  std::size_t used = 0;  // characters, at least one
};

/// The pattern at the beginning of `characters`. Blanks of the pattern are spelt and not sought,
/// and so are its dashes when none of them is there: readers lose them.
std::optional<Spelt> spelt_at(
    std::span<const Character> characters, std::string_view pattern, bool with_dashes
) {
  Spelt spelt;
  for (const char p : pattern) {
    if (p == ' ' || (p == '-' && !with_dashes)) {
      spelt.text += p;
      continue;
    }
    if (spelt.used == characters.size()) return std::nullopt;
    const auto c = fitting(characters[spelt.used].c, p);
    if (!c) return std::nullopt;
    spelt.text += static_cast<char>(*c);
    ++spelt.used;
  }
  return spelt.used > 0 ? std::optional(spelt) : std::nullopt;
}

/// "A/P" of "DEEPAA/P MUTHU".
bool is_glued_kinship(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 5> kKinships = {"A/L", "A/P", "S/O", "D/O", "W/O"};
  constexpr std::size_t kSize = 3;
  return at > 0 && is_capital(static_cast<unsigned char>(text[at - 1])) &&
         std::ranges::find(kKinships, text.substr(at, kSize)) != kKinships.end() &&
         text.substr(at + kSize).starts_with(' ');
}

}  // namespace

BareText bare(std::string_view text) {
  BareText result;
  const std::size_t size = text.size();
  while (!text.empty()) {
    const std::size_t at = size - text.size();
    const auto c = take_character(text);
    if (!c) return {};
    const char32_t p = plain(*c);
    if (!is_digit(p) && !is_latin(p) && !is_han(p) && !is_thai(p)) continue;
    result.characters.push_back(p);
    result.at.push_back(at);
    result.end.push_back(size - text.size());
    result.is_small.push_back(*c >= U'a' && *c <= U'z');
  }
  return result;
}

std::optional<TextRange> find_wording(const BareText& text, const std::u32string& wanted) {
  if (wanted.empty() || text.characters.empty()) return std::nullopt;
  const auto range = [&](std::size_t from, std::size_t to) {
    return TextRange{text.at[from], text.end[to - 1]};
  };
  for (std::size_t at = text.characters.find(wanted); at != std::u32string::npos;
       at = text.characters.find(wanted, at + 1)) {
    if (!cuts_a_word(text, at, at + wanted.size())) return range(at, at + wanted.size());
  }
  const std::size_t errors = wanted.size() / kErrorsEvery;
  if (errors == 0) return std::nullopt;
  const auto found = approximate(text.characters, wanted, errors);
  if (!found || found->to <= found->from || cuts_a_word(text, found->from, found->to)) {
    return std::nullopt;
  }
  return range(found->from, found->to);
}

std::optional<PatternMatch> find_pattern(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return std::nullopt;
  const auto characters = without_blanks(text);
  const auto is_same_run = [&](std::size_t left, std::size_t right) {
    const char32_t a = characters[left].c;
    const char32_t b = characters[right].c;
    return ((is_digit(a) && is_digit(b)) || (is_latin(a) && is_latin(b))) &&
           characters[left].end == characters[right].at;
  };
  for (const bool with_dashes : {true, false}) {
    for (std::size_t from = 0; from < characters.size(); ++from) {
      if (from > 0 && is_same_run(from - 1, from)) continue;
      const auto rest = std::span(characters).subspan(from);
      const auto spelt = spelt_at(rest, pattern, with_dashes);
      if (!spelt) continue;
      const std::size_t to = from + spelt->used;
      if (to < characters.size() && is_same_run(to - 1, to)) continue;
      return PatternMatch{spelt->text, {characters[from].at, characters[to - 1].end}};
    }
  }
  return std::nullopt;
}

bool has_han(std::string_view text) {
  return has(text, is_han);
}
bool has_thai(std::string_view text) {
  return has(text, is_thai);
}
bool has_latin(std::string_view text) {
  return has(text, is_latin);
}
bool has_digit(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string spaced(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_glued_kinship(text, i)) result += ' ';
    result += text[i];
    if (i == 0 || i + 1 == text.size() || (text[i] != '.' && text[i] != ',')) continue;
    const auto is_word = [&](std::size_t at) {
      return is_latin(static_cast<unsigned char>(text[at]));
    };
    const auto is_figure = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    const auto words_from = [&](std::size_t at) {
      std::size_t count = 0;
      while (at + count < text.size() && is_word(at + count)) ++count;
      return count;
    };
    // "D.I.": initials stay together; "D.CASTILLO": the name stands apart.
    constexpr std::size_t kName = 3;
    const bool is_initial = text[i] == '.' && is_word(i - 1) && (i < 2 || !is_word(i - 2));
    bool wanted = false;
    if (is_initial) {
      wanted = words_from(i + 1) >= kName;
    } else if (is_word(i - 1)) {
      wanted = is_word(i + 1) || is_figure(i + 1);
    } else {
      wanted = text[i] == ',' && is_figure(i - 1) && is_word(i + 1);
    }
    if (wanted) result += ' ';
  }
  return result;
}

std::string with_gaps(std::string_view text, std::string_view other) {
  const auto is_gap = [](std::string_view rest) {
    return rest.starts_with(' ') || rest.starts_with('/');
  };
  std::string merged;
  std::string_view left = text;
  std::string_view right = other;
  while (!left.empty() || !right.empty()) {
    const bool is_left = is_gap(left);
    const bool is_right = is_gap(right);
    const bool are_same = !left.empty() && !right.empty() && left[0] == right[0];
    if (!are_same && !is_left && !is_right) return std::string(text);
    merged += is_right && !(is_left && left[0] == '/') ? right[0] : left[0];
    if (are_same || is_left) left.remove_prefix(1);
    if (are_same || is_right) right.remove_prefix(1);
  }
  return merged;
}

std::string in_capitals(std::string_view text) {
  std::string result(text);
  for (std::size_t from = 0; from < result.size();) {
    const std::size_t to = std::min(result.find(' ', from), result.size());
    const auto word = std::span(result).subspan(from, to - from);
    const auto is_other_small = [](char c) { return c >= 'a' && c <= 'z' && c != 'l'; };
    const bool has_capital = std::ranges::any_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (has_capital && std::ranges::none_of(word, is_other_small)) {
      std::ranges::replace(word, 'l', 'I');
    }
    from = to + 1;
  }
  return result;
}

std::string in_figures(std::string_view text) {
  std::string result(text);
  for (std::size_t from = 0; from < result.size();) {
    const std::size_t to = std::min(result.find(' ', from), result.size());
    const auto word = std::span(result).subspan(from, to - from);
    const auto digits = std::ranges::count_if(word, [](char c) { return c >= '0' && c <= '9'; });
    const auto alike = std::ranges::count_if(word, [](char c) { return c == 'O' || c == 'o'; });
    if (digits >= 2 && digits + alike == std::ssize(word)) {
      std::ranges::replace_if(word, [](char c) { return c == 'O' || c == 'o'; }, '0');
    }
    from = to + 1;
  }
  return result;
}

std::string in_words(std::string_view text, std::span<const std::string> words) {
  std::string result;
  while (!text.empty()) {
    const auto piece = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    std::string parted;
    auto rest = piece;
    while (!rest.empty()) {
      std::size_t longest = 0;
      for (const std::string& word : words) {
        if (rest.starts_with(word)) longest = std::max(longest, word.size());
      }
      if (longest == 0) break;
      if (!parted.empty()) parted += ' ';
      parted += rest.substr(0, longest);
      rest.remove_prefix(longest);
    }
    if (!result.empty()) result += ' ';
    result += rest.empty() ? parted : piece;
  }
  return result;
}

std::string tidy(std::string_view text) {
  constexpr std::u32string_view kEdges = U" :：;·|'`\"、";
  auto characters = characters_of(text);
  if (!characters) return {};
  const auto is_edge = [&](char32_t c) { return kEdges.find(c) != std::u32string_view::npos; };
  const auto first = std::ranges::find_if_not(*characters, [&](char32_t c) {
    return is_edge(c) || c == U'.' || c == U',';
  });
  auto last = characters->end();
  while (last != first && is_edge(*(last - 1))) --last;
  std::string result;
  std::string_view rest = text;
  std::size_t index = 0;
  const auto from = static_cast<std::size_t>(first - characters->begin());
  const auto to = static_cast<std::size_t>(last - characters->begin());
  while (!rest.empty()) {
    const std::string_view before = rest;
    (void)take_character(rest);
    const std::string_view character = before.substr(0, before.size() - rest.size());
    const bool blank = character == " " || character == "\xe3\x80\x80";
    if (index >= from && index < to && !(blank && result.ends_with(' '))) {
      result += blank ? " " : character;
    }
    ++index;
  }
  return result;
}

}  // namespace selfsame::core
