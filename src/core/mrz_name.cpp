// SPDX-License-Identifier: Apache-2.0
#include "core/mrz_name.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace selfsame::core {
namespace {

constexpr std::size_t kCharactersMax = 80;
constexpr double kSlip = 0.4;    // a lost mark or blank, a look-alike
constexpr double kShare = 0.25;  // of the zone's characters that may be wrong

// Beside the letter without its mark, which is always allowed.
constexpr auto kSpellings = std::to_array<std::pair<char32_t, std::string_view>>({
    {U'Ä', "AE"},
    {U'Å', "AA"},
    {U'Æ', "AE"},
    {U'Ĳ', "IJ"},
    {U'Ñ', "NXX"},
    {U'Ö', "OE"},
    {U'Ø', "OE"},
    {U'Œ', "OE"},
    {U'Þ', "TH"},
    {U'ß', "SS"},
    {U'ẞ', "SS"},
    {U'Ü', "UE"},
    {U'Ü', "UXX"},
});

/// A letter whose mark was not seen. The stroke through an O is missed more often than dots.
struct LostMark {
  char32_t seen;
  std::string_view coded;
  std::string_view meant;
};
constexpr auto kLostMarks = std::to_array<LostMark>({
    {U'A', "AA", "Å"},
    {U'A', "AE", "Ä"},
    {U'N', "NXX", "Ñ"},
    {U'O', "OE", "Ø"},
    {U'0', "OE", "Ø"},
    {U'Q', "OE", "Ø"},
    {U'U', "UE", "Ü"},
    {U'U', "UXX", "Ü"},
});

// A letter whose mark was taken for another.
constexpr auto kOtherMarks = std::to_array<LostMark>({
    {U'A', "AA", "Å"},
    {U'A', "AE", "Ä"},
    {U'O', "OE", "Ö"},
    {U'U', "UE", "Ü"},
});

constexpr auto kLookAlikes = std::to_array<std::pair<char32_t, char>>({
    {U'0', 'O'},
    {U'1', 'I'},
    {U'|', 'I'},
    {U'L', 'I'},
    {U'2', 'Z'},
    {U'5', 'S'},
    {U'6', 'G'},
    {U'8', 'B'},
});

// Of capitals from U+00C0 and letters from U+0100, the letter below the mark; *: none alone.
constexpr std::string_view kLatin1 = "AAAAAA*CEEEEIIIIDNOOOOO*OUUUUY**";
constexpr std::string_view kExtended =
    "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII**JJKKKLLLLLLL"
    "LLLNNNNNNNNNOOOOOO**RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";

/// In capitals; 0 where there is none.
char base_letter(char32_t c) noexcept {
  if (c >= U'a' && c <= U'z') return static_cast<char>(c - U'a' + U'A');
  if (c >= U'A' && c <= U'Z') return static_cast<char>(c);
  if (c >= 0xE0 && c <= 0xFE) c -= 0x20;
  if (c >= 0xC0 && c < 0xC0 + kLatin1.size()) return kLatin1[c - 0xC0];
  if (c >= 0x100 && c < 0x100 + kExtended.size()) return kExtended[c - 0x100];
  if (c == U'Ș' || c == U'ș') return 'S';
  return c == U'Ț' || c == U'ț' ? 'T' : '\0';
}

char32_t capital(char32_t c) noexcept {
  if (c == U'ĳ' || c == U'œ') return c - 1;
  const bool is_small = (c >= U'a' && c <= U'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);
  return is_small ? c - 0x20 : c;
}

bool is_gap(char32_t c) noexcept {
  return c == U' ' || c == U'-';
}
/// The zone leaves it out.
bool is_left_out(char32_t c) noexcept {
  constexpr std::u32string_view kSigns = U"'`´’‘.,";
  return kSigns.find(c) != std::u32string_view::npos;
}

struct Letter {
  char32_t c = 0;  // capital
  std::string_view as_read;
};

std::vector<Letter> letters_of(std::string_view text) {
  std::vector<Letter> letters;
  while (!text.empty()) {
    const std::string_view before = text;
    const auto c = take_character(text);
    if (!c) return {};
    const bool is_empty_set = *c == U'∅';  // what readers of many signs make of the letter
    const auto as_read = before.substr(0, before.size() - text.size());
    letters.push_back({is_empty_set ? U'Ø' : capital(*c), is_empty_set ? "Ø" : as_read});
  }
  return letters;
}

/// The ways to the name by how much of the printed and of the coded one is used up.
class Alignment {
 public:
  Alignment(const std::vector<Letter>& printed, std::string_view coded)
      : printed_(printed), coded_(coded), ways_((printed.size() + 1) * (coded.size() + 1)) {
    at(0, 0).errors = 0;
    for (std::size_t i = 0; i <= printed.size(); ++i) {
      for (std::size_t j = 0; j <= coded.size(); ++j) go_on_from(i, j);
    }
  }

  /// @param is_cut  the printed name may go on where the coded one ends
  [[nodiscard]] NameMatch best(bool is_cut) const {
    NameMatch best = ways_.back();
    for (std::size_t i = 0; is_cut && i < printed_.size(); ++i) {
      const NameMatch& way = ways_[i * (coded_.size() + 1) + coded_.size()];
      if (way.errors >= best.errors) continue;
      best = way;
      for (std::size_t rest = i; rest < printed_.size(); ++rest)
        best.name += printed_[rest].as_read;
    }
    return best;
  }

 private:
  NameMatch& at(std::size_t i, std::size_t j) { return ways_[i * (coded_.size() + 1) + j]; }

  void go(
      const NameMatch& from, std::size_t i, std::size_t j, double errors, std::string_view letters
  ) {
    NameMatch& to = at(i, j);
    if (from.errors + errors >= to.errors) return;
    to.errors = from.errors + errors;
    to.name = from.name;
    to.name += letters;
  }

  void go_on_from(std::size_t i, std::size_t j) {
    const NameMatch from = at(i, j);
    const bool has_coded = j < coded_.size();
    const auto coded = has_coded ? coded_.substr(j, 1) : std::string_view();
    if (has_coded) go(from, i, j + 1, coded == " " ? kSlip : 1, coded);
    if (i == printed_.size()) return;
    const Letter& letter = printed_[i];
    if (is_left_out(letter.c)) go(from, i + 1, j, 0, letter.as_read);
    go(from, i + 1, j, is_gap(letter.c) ? kSlip : 1, "");
    if (!has_coded) return;
    const bool is_same = is_gap(letter.c) ? coded == " " : base_letter(letter.c) == coded[0];
    if (is_same) go(from, i + 1, j + 1, 0, letter.as_read);
    spell(from, i, j);
    if (coded == " ") return;
    const bool is_alike =
        std::ranges::find(kLookAlikes, std::pair(letter.c, coded[0])) != kLookAlikes.end();
    go(from, i + 1, j + 1, is_alike ? kSlip : 1, coded);
  }

  /// Letters that the zone spells with several.
  void spell(const NameMatch& from, std::size_t i, std::size_t j) {
    const auto rest = coded_.substr(j);
    for (const auto& [letter, coded] : kSpellings) {
      if (printed_[i].c == letter && rest.starts_with(coded))
        go(from, i + 1, j + coded.size(), 0, printed_[i].as_read);
    }
    const char32_t seen = printed_[i].c;
    const auto base = static_cast<char32_t>(base_letter(seen));
    for (const LostMark& lost : kLostMarks) {
      if (seen == lost.seen && rest.starts_with(lost.coded))
        go(from, i + 1, j + lost.coded.size(), kSlip, lost.meant);
    }
    for (const LostMark& other : kOtherMarks) {
      if (seen != base && base == other.seen && rest.starts_with(other.coded))
        go(from, i + 1, j + other.coded.size(), kSlip, other.meant);
    }
  }

  const std::vector<Letter>& printed_;
  std::string_view coded_;
  std::vector<NameMatch> ways_;
};

}  // namespace

std::optional<NameMatch> match_name(std::string_view printed, std::string_view coded, bool is_cut) {
  const auto letters = letters_of(printed);
  if (letters.empty() || letters.size() > kCharactersMax) return std::nullopt;
  if (coded.empty() || coded.size() > kCharactersMax) return std::nullopt;
  NameMatch match = Alignment(letters, coded).best(is_cut);
  const double most = kShare * static_cast<double>(coded.size());
  return match.errors < most ? std::optional(std::move(match)) : std::nullopt;
}

std::string with_marks(std::string_view text, std::string_view other) {
  const auto letters = letters_of(text);
  const auto others = letters_of(other);
  std::string marked;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const char base = base_letter(letters[i].c);
    const bool are_same =
        letters.size() == others.size() &&
        (base == '\0' ? letters[i].c == others[i].c : base == base_letter(others[i].c));
    if (!are_same) return std::string(text);
    const bool is_plain = letters[i].c == static_cast<char32_t>(base);
    marked += is_plain ? others[i].as_read : letters[i].as_read;
  }
  return marked;
}

}  // namespace selfsame::core
