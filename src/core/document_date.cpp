// SPDX-License-Identifier: Apache-2.0
#include "core/document_date.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/utf8.h"

namespace selfsame::core {
namespace {

using std::chrono::year_month_day;

constexpr int kBuddhistYears = 543;
constexpr int kFirstBuddhistYear = 2400;

struct Name {
  std::u32string_view text;
  int value = 0;
};

// Longer ones first where one begins with another.
constexpr std::array<Name, 24> kThaiMonths = {{
    {U"มกราคม", 1},    {U"กุมภาพันธ์", 2}, {U"มีนาคม", 3},  {U"เมษายน", 4}, {U"พฤษภาคม", 5},
    {U"มิถุนายน", 6},    {U"กรกฎาคม", 7}, {U"สิงหาคม", 8}, {U"กันยายน", 9}, {U"ตุลาคม", 10},
    {U"พฤศจิกายน", 11}, {U"ธันวาคม", 12}, {U"ม.ค", 1},    {U"ก.พ", 2},    {U"มี.ค", 3},
    {U"เม.ย", 4},      {U"พ.ค", 5},     {U"มิ.ย", 6},    {U"ก.ค", 7},    {U"ส.ค", 8},
    {U"ก.ย", 9},       {U"ต.ค", 10},    {U"พ.ย", 11},   {U"ธ.ค", 12},
}};

/// The year before the era's first.
constexpr std::array<Name, 5> kEras = {
    {{U"明治", 1867}, {U"大正", 1911}, {U"昭和", 1925}, {U"平成", 1988}, {U"令和", 2018}}
};

/// The first letters that tell months apart: English, and where they differ French, Spanish,
/// Portuguese, German, Dutch, Italian, Malay, Indonesian and Filipino.
constexpr std::array<Name, 39> kMonths = {
    {{U"JAN", 1},  {U"ENE", 1},  {U"GEN", 1},  {U"FEB", 2},  {U"FEV", 2},  {U"FÉV", 2},
     {U"PEB", 2},  {U"MAR", 3},  {U"MÄR", 3},  {U"MRT", 3},  {U"MAC", 3},  {U"APR", 4},
     {U"AVR", 4},  {U"ABR", 4},  {U"MAY", 5},  {U"MAI", 5},  {U"MEI", 5},  {U"MAG", 5},
     {U"JUN", 6},  {U"JUIN", 6}, {U"GIU", 6},  {U"JUL", 7},  {U"JUIL", 7}, {U"JUI", 7},
     {U"LUG", 7},  {U"AUG", 8},  {U"AOÛ", 8},  {U"AGO", 8},  {U"OGO", 8},  {U"SEP", 9},
     {U"OCT", 10}, {U"OKT", 10}, {U"OUT", 10}, {U"NOV", 11}, {U"DEC", 12}, {U"DEZ", 12},
     {U"DES", 12}, {U"DIC", 12}, {U"DIS", 12}}
};

bool is_letter(char32_t c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

/// Digits are ASCII ones afterwards, Latin letters upper case, full-width signs narrow.
char32_t plain(char32_t c) noexcept {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - 0x21;
  if (c >= 0x0E50 && c <= 0x0E59) c -= 0x0E50 - U'0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 'A';
  if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return c - 0x20;
  return c;
}

/// "2024年(令和06年)": the same year twice.
void drop_brackets(std::u32string& text) {
  for (auto open = text.find(U'('); open != std::u32string::npos; open = text.find(U'(', open)) {
    const auto close = text.find(U')', open);
    if (close == std::u32string::npos || text.find(U'年', open) > close) {
      ++open;
    } else {
      text.erase(open, close - open + 1);
    }
  }
}

struct Number {
  int value = 0;
  std::size_t digits = 0;
  std::size_t at = 0;
  std::size_t end = 0;
};

/// Runs of one to eight digits.
std::vector<Number> numbers_in(std::u32string_view text) {
  constexpr std::size_t kDigitsMax = 8;
  std::vector<Number> numbers;
  for (std::size_t i = 0; i < text.size();) {
    Number number{.at = i};
    while (i < text.size() && text[i] >= U'0' && text[i] <= U'9') {
      if (number.digits < kDigitsMax)
        number.value = 10 * number.value + static_cast<int>(text[i] - U'0');
      ++number.digits;
      ++i;
    }
    number.end = i;
    if (number.digits == 0) {
      ++i;
    } else if (number.digits <= kDigitsMax) {
      numbers.push_back(number);
    }
  }
  return numbers;
}

std::optional<year_month_day> date_of(int year, int month, int day) {
  // The calendar's types are narrower than what may be read.
  const bool fits = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!fits) return std::nullopt;
  const year_month_day date(
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))
  );
  return date.ok() ? std::optional(date) : std::nullopt;
}

/// Of the common era; nothing for a year of one or three digits.
std::optional<int> common_year(const Number& year, int latest_year) {
  if (year.digits == 4) {
    return year.value >= kFirstBuddhistYear ? year.value - kBuddhistYears : year.value;
  }
  if (year.digits != 2) return std::nullopt;
  const int century = latest_year / 100 * 100 + year.value;
  return century > latest_year ? century - 100 : century;
}

/// 1990年6月5日, with an era before the year or none. Nothing when there is no 年.
std::optional<year_month_day> han_date(std::u32string text, int latest_year) {
  if (text.find(U'年') == std::u32string::npos) return std::nullopt;
  if (const auto first = text.find(U"元年"); first != std::u32string::npos) {
    text[first] = U'1';
  }
  const auto numbers = numbers_in(text);
  for (std::size_t i = 0; i + 2 < numbers.size(); ++i) {
    const auto sign_after = [&](const Number& number) {
      std::size_t at = number.end;
      while (at < text.size() && text[at] == U' ') ++at;
      return at < text.size() ? text[at] : U' ';
    };
    if (sign_after(numbers[i]) != U'年' || sign_after(numbers[i + 1]) != U'月') continue;
    const auto before = std::u32string_view(text).substr(0, numbers[i].at);
    for (const Name& era : kEras) {
      const auto found = before.rfind(era.text);
      if (found == std::u32string_view::npos || before.size() - found > era.text.size() + 1)
        continue;
      return date_of(era.value + numbers[i].value, numbers[i + 1].value, numbers[i + 2].value);
    }
    const auto year = common_year(numbers[i], latest_year);
    return year ? date_of(*year, numbers[i + 1].value, numbers[i + 2].value) : std::nullopt;
  }
  return std::nullopt;
}

/// The number that ends before `at`, and those that begin after it.
struct Around {
  std::optional<Number> before;
  std::vector<Number> after;
};
Around around(const std::vector<Number>& numbers, std::size_t at) {
  constexpr std::size_t kGapMax = 24;  // "12 AUG/AOÛT 1974", a second language in between
  constexpr std::size_t kWordMax = 8;  // "24 CEP/AUG 91": or before
  Around found;
  for (const Number& number : numbers) {
    if (number.end <= at && at - number.end <= kWordMax) found.before = number;
    if (number.at >= at && number.at - at <= kGapMax) found.after.push_back(number);
  }
  return found;
}

/// Day and year beside a month that is a word.
std::optional<year_month_day> with_month(
    const std::vector<Number>& numbers, std::size_t at, int month, bool buddhist, int latest_year
) {
  const Around near = around(numbers, at);
  const auto year_of = [&](const Number& year) -> std::optional<int> {
    if (!buddhist) return common_year(year, latest_year);
    if (year.digits == 4) return year.value - kBuddhistYears;
    const auto guess = common_year(year, latest_year + kBuddhistYears);
    return guess ? std::optional(*guess - kBuddhistYears) : std::nullopt;
  };
  if (near.before && near.before->digits <= 2 && !near.after.empty()) {
    const auto year = year_of(near.after[0]);
    return year ? date_of(*year, month, near.before->value) : std::nullopt;
  }
  if (near.after.size() >= 2 && near.after[0].digits <= 2) {  // JANUARY 01, 1990
    const auto year = year_of(near.after[1]);
    return year ? date_of(*year, month, near.after[0].value) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<year_month_day> thai_date(
    std::u32string_view text, const std::vector<Number>& numbers, int latest_year
) {
  for (const Name& month : kThaiMonths) {
    const auto at = text.find(month.text);
    if (at == std::u32string_view::npos) continue;
    return with_month(numbers, at, month.value, true, latest_year);
  }
  // A full stop reads like the vowel below a letter: "4 กุย. 2545".
  const auto letters = [](std::u32string_view word) {
    std::u32string kept(word);
    std::erase_if(kept, [](char32_t c) { return c == U'.' || c == U' ' || c == U'\u0e38'; });
    return kept;
  };
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    const auto word = letters(text.substr(numbers[i].end, numbers[i + 1].at - numbers[i].end));
    for (const Name& month : kThaiMonths) {
      if (word != letters(month.text)) continue;
      return with_month(numbers, numbers[i].end, month.value, true, latest_year);
    }
  }
  return std::nullopt;
}

/// "26 0CT 1982", "20 Ju|2025": a nought among letters, and not beside a figure, is an O, and a bar
/// an L.
std::u32string with_letters(std::u32string_view text) {
  std::u32string result(text);
  const auto is_figure = [](char32_t c) { return c >= U'0' && c <= U'9'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t before = i > 0 ? result[i - 1] : U' ';
    const char32_t after = i + 1 < text.size() ? text[i + 1] : U' ';
    const bool is_among = is_letter(before) || is_letter(after);
    if (text[i] == U'0' && is_among && !is_figure(before) && !is_figure(after)) result[i] = U'O';
    if (text[i] == U'|' && is_letter(before)) result[i] = U'L';
  }
  return result;
}

std::optional<int> month_named(std::u32string_view word) {
  const Name* best = nullptr;
  for (const Name& month : kMonths) {
    const bool longer = best == nullptr || month.text.size() > best->text.size();
    if (word.starts_with(month.text) && longer) best = &month;
  }
  return best == nullptr ? std::nullopt : std::optional(best->value);
}

std::optional<year_month_day> latin_date(
    std::u32string_view text, const std::vector<Number>& numbers, int latest_year
) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - i >= 3) {
      const auto month = month_named(text.substr(i, end - i));
      if (month) {
        auto date = with_month(numbers, i, *month, false, latest_year);
        if (date) return date;
      }
    }
    i = end == i ? i + 1 : end;
  }
  return std::nullopt;
}

std::optional<year_month_day> ordered(
    DateOrder order, const std::array<Number, 3>& parts, int latest_year
) {
  // Where only one end can be the year, it is.
  if (parts[0].digits == 4) order = DateOrder::year_month_day;
  if (parts[2].digits == 4 && order == DateOrder::year_month_day) order = DateOrder::day_month_year;
  const auto date = [&](const Number& y, const Number& m, const Number& d) {
    const auto year = m.digits <= 2 && d.digits <= 2 ? common_year(y, latest_year) : std::nullopt;
    return year ? date_of(*year, m.value, d.value) : std::nullopt;
  };
  switch (order) {
    case DateOrder::day_month_year:
      return date(parts[2], parts[1], parts[0]);
    case DateOrder::month_day_year: {
      // What is no date so is one the other way.
      const auto as_asked = date(parts[2], parts[0], parts[1]);
      return as_asked ? as_asked : date(parts[2], parts[1], parts[0]);
    }
    case DateOrder::year_month_day:
      return date(parts[0], parts[1], parts[2]);
  }
  return std::nullopt;
}

/// Eight or six digits in one run, the separators lost.
std::optional<year_month_day> run_of_digits(DateOrder order, const Number& run, int latest_year) {
  if (run.digits != 8 && run.digits != 6) return std::nullopt;
  const std::size_t year_digits = run.digits - 4;
  const bool year_first = order == DateOrder::year_month_day;
  const std::array<std::size_t, 3> widths = {
      year_first ? year_digits : 2, 2, year_first ? 2 : year_digits
  };
  std::array<Number, 3> parts;
  int rest = run.value;
  for (std::size_t i = parts.size(); i-- > 0;) {
    const int power = widths.at(i) == 4 ? 10'000 : 100;
    parts.at(i) = {.value = rest % power, .digits = widths.at(i)};
    rest /= power;
  }
  return ordered(order, parts, latest_year);
}

/// Three numbers with one sign or blank between them, two at most.
std::optional<year_month_day> figures(
    std::u32string_view text, const std::vector<Number>& numbers, DateOrder order, int latest_year
) {
  const auto is_gap = [&](std::size_t from, std::size_t to) {
    constexpr std::u32string_view kSigns = U"-/. ,·";
    const auto gap = text.substr(from, to - from);
    return gap.size() <= 3 && std::ranges::all_of(gap, [&](char32_t c) {
             return kSigns.find(c) != std::u32string_view::npos;
           });
  };
  for (std::size_t i = 0; i + 2 < numbers.size(); ++i) {
    if (!is_gap(numbers[i].end, numbers[i + 1].at) ||
        !is_gap(numbers[i + 1].end, numbers[i + 2].at)) {
      continue;
    }
    const auto date = ordered(order, {numbers[i], numbers[i + 1], numbers[i + 2]}, latest_year);
    if (date) return date;
  }
  for (const Number& number : numbers) {
    const auto date = run_of_digits(order, number, latest_year);
    if (date) return date;
  }
  return std::nullopt;
}

}  // namespace

std::optional<year_month_day> read_date(std::string_view text, DateOrder order, int latest_year) {
  if (text.size() > kDateTextBytesMax) return std::nullopt;
  auto characters = characters_of(text);
  if (!characters) return std::nullopt;
  std::ranges::transform(*characters, characters->begin(), plain);
  drop_brackets(*characters);
  if (auto date = han_date(*characters, latest_year)) return date;
  const auto numbers = numbers_in(*characters);
  if (auto date = thai_date(*characters, numbers, latest_year)) return date;
  const auto letters = with_letters(*characters);
  if (auto date = latin_date(letters, numbers_in(letters), latest_year)) return date;
  return figures(*characters, numbers, order, latest_year);
}

std::string iso_date(year_month_day date) {
  std::string text = std::to_string(static_cast<int>(date.year()));
  text.insert(0, text.size() < 4 ? 4 - text.size() : 0, '0');
  for (const unsigned part :
       {static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())}) {
    text += part < 10 ? "-0" : "-";
    text += std::to_string(part);
  }
  return text;
}

}  // namespace selfsame::core
