// SPDX-License-Identifier: Apache-2.0
// Text on documents as readers make it out: compared without spacing, with small errors.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selfsame::core {

/// Letters and digits only, ASCII ones upper case, full-width ones narrow; of each, where it stands
/// in the text it was made of.
struct BareText {
  std::u32string characters;
  std::vector<std::size_t> at;   // first byte of each
  std::vector<std::size_t> end;  // one past its last byte
  std::vector<bool> is_small;    // it was a small letter a-z
};

/// Not UTF-8: nothing is in it.
[[nodiscard]] BareText bare(std::string_view text);

/// Bytes of a text.
struct TextRange {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// The first place where `wanted` stands, whole words of Latin script only. Longer ones may have
/// one error in six characters. `wanted` without letters or digits is nowhere.
[[nodiscard]] std::optional<TextRange> find_wording(
    const BareText& text, const std::u32string& wanted
);

struct PatternMatch {
  std::string text;  // as the pattern spells it
  TextRange range;
};

/// The first place where the pattern (FieldRule::patterns) fits; blanks of the text do not count,
/// dashes may be missing.
[[nodiscard]] std::optional<PatternMatch> find_pattern(
    std::string_view text, std::string_view pattern
);

[[nodiscard]] bool has_han(std::string_view text);
[[nodiscard]] bool has_thai(std::string_view text);
[[nodiscard]] bool has_latin(std::string_view text);
[[nodiscard]] bool has_digit(std::string_view text) noexcept;

/// `text` with the blanks and strokes that `other` has, if they are the same otherwise.
[[nodiscard]] std::string with_gaps(std::string_view text, std::string_view other);

/// With the blanks that readers lose: after a word's full stop or comma ("JL.MERDEKA
/// NO.45,BANDUNG"), and before what says whose child or wife it is ("DEEPAA/P MUTHU").
[[nodiscard]] std::string spaced(std::string_view text);

/// With I for l in words that are otherwise capitals.
[[nodiscard]] std::string in_capitals(std::string_view text);

/// With 0 for O in words that are otherwise figures, two at least.
[[nodiscard]] std::string in_figures(std::string_view text);

/// With blanks between the words that it is made of, the longest first; a piece that is not made of
/// them stays as it is.
[[nodiscard]] std::string in_words(std::string_view text, std::span<const std::string> words);

/// Without blanks, colons, dots and the like at its ends, one blank where there are several.
[[nodiscard]] std::string tidy(std::string_view text);

}  // namespace selfsame::core
