// SPDX-License-Identifier: Apache-2.0
#include "core/mrz.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "base/utf8.h"

namespace selfsame::core {
namespace {

constexpr std::array kFormats = {
    MrzFormat::td1, MrzFormat::td2, MrzFormat::td3, MrzFormat::mrv_a, MrzFormat::mrv_b
};
constexpr char kFiller = '<';

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
bool is_zone_character(char c) noexcept {
  return is_digit(c) || is_letter(c) || c == kFiller;
}
bool is_letters(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || c == kFiller; });
}

/// Part 4 for passports, 5 and 6 for cards, 7 for visas.
bool can_begin(MrzFormat format, char first) noexcept {
  switch (format) {
    case MrzFormat::td1:
    case MrzFormat::td2:
      return first == 'I' || first == 'A' || first == 'C' || first == 'P';
    case MrzFormat::td3:
      return first == 'P';
    case MrzFormat::mrv_a:
    case MrzFormat::mrv_b:
      return first == 'V';
  }
  return false;
}

bool is_visa(MrzFormat format) noexcept {
  return format == MrzFormat::mrv_a || format == MrzFormat::mrv_b;
}

/// Without fillers at the end, a blank for every other one.
std::string text_of(std::string_view field) {
  const auto end = field.find_last_not_of(kFiller);
  std::string text(field.substr(0, end == std::string_view::npos ? 0 : end + 1));
  std::ranges::replace(text, kFiller, ' ');
  return text;
}

MrzCheck check(std::string_view text, char digit) noexcept {
  return mrz_check_digit(text) == digit ? MrzCheck::right : MrzCheck::wrong;
}

/// Where the fields lie: {line, from, count}.
struct Place {
  std::size_t line = 0;
  std::size_t from = 0;
  std::size_t count = 0;
};
struct Places {
  Place name, number, birth_date, sex, expiry_date, nationality, optional_data;
};

Places places_of(MrzFormat format) noexcept {
  if (format == MrzFormat::td1) {
    return {
        .name = {2, 0, 30},
        .number = {0, 5, 9},
        .birth_date = {1, 0, 6},
        .sex = {1, 7, 1},
        .expiry_date = {1, 8, 6},
        .nationality = {1, 15, 3},
        .optional_data = {0, 15, 15}
    };
  }
  const std::size_t length = shape_of(format).characters;
  std::size_t optional = length - 28;
  if (format == MrzFormat::td2) optional -= 1;
  if (format == MrzFormat::td3) optional -= 2;
  return {
      .name = {0, 5, length - 5},
      .number = {1, 0, 9},
      .birth_date = {1, 13, 6},
      .sex = {1, 20, 1},
      .expiry_date = {1, 21, 6},
      .nationality = {1, 10, 3},
      .optional_data = {1, 28, optional}
  };
}

std::string_view at(const std::vector<std::string>& lines, const Place& place) {
  return std::string_view(lines.at(place.line)).substr(place.from, place.count);
}
char after(const std::vector<std::string>& lines, const Place& place) {
  return lines.at(place.line).at(place.from + place.count);
}

/// Nothing when the six characters are no date of the given century.
std::optional<std::chrono::year_month_day> date_of(std::string_view field, int century) {
  if (!std::ranges::all_of(field, is_digit)) return std::nullopt;
  const auto two = [&](std::size_t from) {
    return 10 * (field[from] - '0') + field[from + 1] - '0';
  };
  const std::chrono::year_month_day date(
      std::chrono::year(century + two(0)),
      std::chrono::month(static_cast<unsigned>(two(2))),
      std::chrono::day(static_cast<unsigned>(two(4)))
  );
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<std::chrono::year_month_day> birth_date_of(
    std::string_view field, std::chrono::year_month_day latest
) {
  const auto date = date_of(field, 2000);
  return date && *date <= latest ? date : date_of(field, 1900);
}

/// Part 3, 4.8: unknown parts are fillers.
bool may_be_date(std::string_view field) {
  return date_of(field, 2000) || date_of(field, 1900) ||
         field.find(kFiller) != std::string_view::npos;
}

void read_names(std::string_view field, Mrz& zone) {
  const auto gap = field.find("<<");
  zone.surname = text_of(field.substr(0, gap));
  if (gap != std::string_view::npos) zone.given_names = text_of(field.substr(gap + 2));
}

/// Parts 5 and 6, note j: of a long number the first nine stand in the number's place, a filler
/// after them, and the rest with the check digit opens the optional data. Issuers differ in whether
/// the filler counts.
void read_number(const Places& places, bool may_go_on, Mrz& zone) {
  const std::string_view number = at(zone.lines, places.number);
  const std::string_view optional = at(zone.lines, places.optional_data);
  const auto rest = optional.substr(0, optional.find(kFiller));
  if (!may_go_on || after(zone.lines, places.number) != kFiller || rest.size() < 2) {
    zone.number = text_of(number);
    zone.optional_data = text_of(optional);
    zone.checks.number = check(number, after(zone.lines, places.number));
    return;
  }
  zone.number = std::string(number).append(rest.substr(0, rest.size() - 1));
  zone.optional_data = text_of(optional.substr(std::min(optional.size(), rest.size() + 1)));
  const std::string with_filler =
      std::string(number) + kFiller + std::string(rest.substr(0, rest.size() - 1));
  zone.checks.number = check(zone.number, rest.back()) == MrzCheck::right
                           ? MrzCheck::right
                           : check(with_filler, rest.back());
}

MrzCheck personal_number_check(std::string_view field, char digit) {
  const bool empty = field.find_first_not_of(kFiller) == std::string_view::npos;
  return empty && digit == kFiller ? MrzCheck::absent : check(field, digit);
}

MrzCheck composite_check(const Mrz& zone) {
  const auto& lines = zone.lines;
  const auto part = [&](std::size_t line, std::size_t from, std::size_t count) {
    return lines[line].substr(from, count);
  };
  switch (zone.format) {
    case MrzFormat::td1:
      return check(part(0, 5, 25) + part(1, 0, 7) + part(1, 8, 7) + part(1, 18, 11), lines[1][29]);
    case MrzFormat::td2:
      return check(part(1, 0, 10) + part(1, 13, 7) + part(1, 21, 14), lines[1][35]);
    case MrzFormat::td3:
      return check(part(1, 0, 10) + part(1, 13, 7) + part(1, 21, 22), lines[1][43]);
    case MrzFormat::mrv_a:
    case MrzFormat::mrv_b:
      return MrzCheck::absent;
  }
  return MrzCheck::wrong;
}

std::string sex_of(char c) {
  return c == 'M' || c == 'F' || c == 'X' ? std::string(1, c) : std::string();
}

bool has_good_form(const Mrz& zone, const Places& places) {
  const char sex = at(zone.lines, places.sex).front();
  const std::string_view issuer = std::string_view(zone.lines[0]).substr(2, 3);
  const std::string_view nationality = at(zone.lines, places.nationality);
  const std::string_view name = at(zone.lines, places.name);
  return is_letter(issuer.front()) && is_letters(issuer) && is_letter(nationality.front()) &&
         is_letters(nationality) && is_letters(name) && is_letter(name.front()) &&
         (sex == kFiller || !sex_of(sex).empty()) &&
         at(zone.lines, places.number).front() != kFiller &&
         may_be_date(at(zone.lines, places.birth_date)) &&
         may_be_date(at(zone.lines, places.expiry_date));
}

std::optional<MrzFormat> format_of(std::span<const std::string> lines) {
  for (const MrzFormat format : kFormats) {
    const MrzShape shape = shape_of(format);
    const bool fits =
        lines.size() == shape.lines && std::ranges::all_of(lines, [&](const std::string& line) {
          return line.size() == shape.characters && std::ranges::all_of(line, is_zone_character);
        });
    if (fits && can_begin(format, lines.front().front())) return format;
  }
  return std::nullopt;
}

// ── Lines as a reader made them out ─────────────────────────────────────────────────────────────

// What a reader of many scripts makes of a row of fillers.
constexpr std::u32string_view kRoofs = U"Λ∧";

/// What a reader of print makes of one filler or of two.
std::string_view fillers_for(char32_t c) noexcept {
  constexpr std::u32string_view kOne = U"‹〈＜∠≤({[";
  constexpr std::u32string_view kTwo = U"«《≪";
  if (kOne.find(c) != std::u32string_view::npos || kRoofs.find(c) != std::u32string_view::npos)
    return "<";
  if (kTwo.find(c) != std::u32string_view::npos) return "<<";
  return "";
}

std::string cleaned(std::string_view read) {
  std::string line;
  if (read.size() > kMrzLineBytesMax) return line;
  while (const auto c = take_character(read)) {
    const char ascii = *c < 0x80 ? static_cast<char>(*c) : '\0';
    const char upper = ascii >= 'a' && ascii <= 'z' ? static_cast<char>(ascii - 'a' + 'A') : ascii;
    if (is_zone_character(upper)) {
      line.push_back(upper);
    } else {
      line += fillers_for(*c);
    }
  }
  return line;
}

char as_digit(char c) noexcept {
  constexpr std::string_view kLetters = "OQDILZSBGT";
  constexpr std::string_view kDigits = "0001125867";
  const auto found = kLetters.find(c);
  return found == std::string_view::npos ? c : kDigits[found];
}
char as_letter(char c) noexcept {
  constexpr std::string_view kDigits = "012568";
  constexpr std::string_view kLetters = "OIZSGB";
  const auto found = kDigits.find(c);
  return found == std::string_view::npos ? c : kLetters[found];
}

void put_right(
    std::string& line, std::size_t from, std::size_t count, char (*rule)(char) noexcept
) {
  for (std::size_t i = from; i < from + count; ++i) line[i] = rule(line[i]);
}

/// Fillers are hard to count. Nothing when the length cannot be had so.
std::optional<std::string> fitted(const std::string& line, std::size_t length) {
  constexpr std::ptrdiff_t kOffMax = 10;
  const auto off = static_cast<std::ptrdiff_t>(length) - static_cast<std::ptrdiff_t>(line.size());
  if (off == 0) return line;
  if (std::abs(off) > kOffMax) return std::nullopt;
  std::size_t from = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t end = std::min(line.find_first_not_of(kFiller, i), line.size());
    if (end - i >= run) {
      from = i;
      run = end - i;
    }
    i = end == i ? i + 1 : end;
  }
  if (run < 2 || static_cast<std::ptrdiff_t>(run) + off < 1) return std::nullopt;
  const auto kept = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(run) + off);
  return line.substr(0, from) + std::string(kept, kFiller) + line.substr(from + run);
}

void put_right_by_class(MrzFormat format, std::vector<std::string>& lines) {
  const Places places = places_of(format);
  put_right(lines[0], 0, 5, as_letter);
  put_right(lines[places.name.line], places.name.from, places.name.count, as_letter);
  put_right(lines[1], places.nationality.from, 3, as_letter);
  put_right(lines[1], places.birth_date.from, 7, as_digit);
  put_right(lines[1], places.expiry_date.from, 7, as_digit);
  put_right(lines[places.number.line], places.number.from + places.number.count, 1, as_digit);
  if (!is_visa(format)) put_right(lines[1], lines[1].size() - 1, 1, as_digit);
}

std::size_t right_checks(const Mrz& zone) {
  return static_cast<std::size_t>(std::ranges::count(zone.checks.all(), MrzCheck::right));
}

std::optional<Mrz> read_as(
    MrzFormat format, std::span<const std::string> cleaned_lines, std::chrono::year_month_day today
) {
  std::vector<std::string> lines;
  for (const std::string& line : cleaned_lines) {
    auto right_length = fitted(line, shape_of(format).characters);
    if (!right_length) return std::nullopt;
    lines.push_back(std::move(*right_length));
  }
  put_right_by_class(format, lines);
  auto zone = parse_mrz(lines, today);
  if (!zone || zone->format != format) return std::nullopt;
  return std::move(*zone);
}

/// How many characters the reader missed or saw too much.
std::ptrdiff_t miscounted(MrzFormat format, std::span<const std::string> lines) {
  std::ptrdiff_t sum = 0;
  for (const std::string& line : lines) {
    sum += std::abs(std::ssize(line) - static_cast<std::ptrdiff_t>(shape_of(format).characters));
  }
  return sum;
}

/// The higher, the better.
using Standing = std::tuple<bool, std::size_t, std::ptrdiff_t>;

}  // namespace

MrzShape shape_of(MrzFormat format) noexcept {
  switch (format) {
    case MrzFormat::td1:
      return {.lines = 3, .characters = 30};
    case MrzFormat::td2:
    case MrzFormat::mrv_b:
      return {.lines = 2, .characters = 36};
    case MrzFormat::td3:
    case MrzFormat::mrv_a:
      return {.lines = 2, .characters = 44};
  }
  return {};
}

const char* name_of(MrzFormat format) noexcept {
  switch (format) {
    case MrzFormat::td1:
      return "TD1";
    case MrzFormat::td2:
      return "TD2";
    case MrzFormat::td3:
      return "TD3";
    case MrzFormat::mrv_a:
      return "MRV-A";
    case MrzFormat::mrv_b:
      return "MRV-B";
  }
  return "unknown";
}

bool Mrz::has_full_name() const {
  return at(lines, places_of(format).name).back() != kFiller;
}

bool Mrz::is_valid() const noexcept {
  return well_formed && std::ranges::none_of(checks.all(), [](MrzCheck check) {
           return check == MrzCheck::wrong;
         });
}

char mrz_check_digit(std::string_view text) noexcept {
  constexpr std::array kWeights = {7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int value = 0;
    if (is_digit(text[i])) value = text[i] - '0';
    if (is_letter(text[i])) value = text[i] - 'A' + 10;
    sum = (sum + value * kWeights.at(i % 3)) % 10;
  }
  return static_cast<char>('0' + sum);
}

Result<Mrz> parse_mrz(std::span<const std::string> lines, std::chrono::year_month_day today) {
  const auto format = format_of(lines);
  if (!format) return fail(Errc::invalid_parameter, "the lines are no machine-readable zone");
  const Places places = places_of(*format);
  Mrz zone;
  zone.format = *format;
  zone.lines.assign(lines.begin(), lines.end());
  zone.document_code = text_of(std::string_view(lines[0]).substr(0, 2));
  zone.issuing_state = text_of(std::string_view(lines[0]).substr(2, 3));
  zone.nationality = text_of(at(zone.lines, places.nationality));
  zone.sex = sex_of(at(zone.lines, places.sex).front());
  zone.expiry_date = date_of(at(zone.lines, places.expiry_date), 2000);
  zone.birth_date = birth_date_of(
      at(zone.lines, places.birth_date), std::min(today, zone.expiry_date.value_or(today))
  );
  read_names(at(zone.lines, places.name), zone);
  read_number(places, *format == MrzFormat::td1 || *format == MrzFormat::td2, zone);
  if (*format == MrzFormat::td1) zone.optional_data2 = text_of(zone.lines[1].substr(18, 11));
  const auto dated = [&](const Place& place) {
    return check(at(zone.lines, place), after(zone.lines, place));
  };
  zone.checks.birth_date = dated(places.birth_date);
  zone.checks.expiry_date = dated(places.expiry_date);
  if (*format == MrzFormat::td3) {
    zone.checks.personal_number = personal_number_check(
        at(zone.lines, places.optional_data), after(zone.lines, places.optional_data)
    );
  }
  zone.checks.composite = composite_check(zone);
  zone.well_formed = has_good_form(zone, places);
  return zone;
}

std::optional<Mrz> find_mrz(
    std::span<const std::string> read_lines, std::chrono::year_month_day today
) {
  constexpr std::size_t kShortestLine = 20;
  constexpr std::size_t kLeastRightChecks = 2;
  if (read_lines.size() > kMrzLinesSearchedMax) read_lines = read_lines.last(kMrzLinesSearchedMax);
  std::vector<std::string> lines;
  for (const std::string& read : read_lines) {
    std::string line = cleaned(read);
    if (line.size() >= kShortestLine) lines.push_back(std::move(line));
  }
  std::optional<Mrz> best;
  Standing standing_of_best{};
  for (const MrzFormat format : kFormats) {
    const std::size_t count = shape_of(format).lines;
    for (std::size_t i = 0; i + count <= lines.size(); ++i) {
      const auto some = std::span(lines).subspan(i, count);
      auto zone = read_as(format, some, today);
      if (!zone || right_checks(*zone) < kLeastRightChecks) continue;
      const Standing standing{zone->is_valid(), right_checks(*zone), -miscounted(format, some)};
      if (best && standing <= standing_of_best) continue;
      best = std::move(zone);
      standing_of_best = standing;
    }
  }
  return best;
}

std::optional<Mrz> find_mrz(
    std::span<const std::string> read_lines,
    std::span<const std::string> others,
    std::chrono::year_month_day today
) {
  auto zone = find_mrz(read_lines, today);
  std::vector<std::string> lines(read_lines.begin(), read_lines.end());
  for (std::size_t i = std::min(lines.size(), others.size()); i-- > 0;) {
    if (zone && zone->is_valid()) break;
    lines[i] = others[i];
    auto other = find_mrz(lines, today);
    if (other && other->is_valid()) zone = std::move(other);
  }
  return zone;
}

std::optional<Mrz> with_printed_number(
    const Mrz& zone, std::span<const std::string> lines, std::chrono::year_month_day today
) {
  const Place place = places_of(zone.format).number;
  const std::string seen = text_of(at(zone.lines, place));
  if (seen.empty()) return std::nullopt;
  if (lines.size() > kMrzLinesSearchedMax) lines = lines.first(kMrzLinesSearchedMax);
  for (const std::string& line : lines) {
    if (line.size() > kMrzLineBytesMax) continue;
    const std::string printed = cleaned(line);
    const bool looks_alike =
        printed != seen && std::ranges::equal(printed, seen, {}, as_digit, as_digit);
    if (!looks_alike) continue;
    std::vector<std::string> with_it = zone.lines;
    with_it[place.line].replace(place.from, printed.size(), printed);
    auto other = parse_mrz(with_it, today);
    if (other && other->is_valid()) return std::move(*other);
  }
  return std::nullopt;
}

bool has_fillers(std::string_view text) noexcept {
  constexpr std::size_t kRow = 3;  // Greek words have two lambdas
  if (std::ranges::count(text, kFiller) >= 2) return true;
  std::size_t row = 0;
  while (const auto c = take_character(text)) {
    row = *c == U'<' || kRoofs.find(*c) != std::u32string_view::npos ? row + 1 : 0;
    if (row >= kRow) return true;
  }
  return false;
}

bool has_inverted_fillers(std::string_view text) noexcept {
  return text.find(">>>") != std::string_view::npos || text.find("VVVV") != std::string_view::npos;
}

}  // namespace selfsame::core
