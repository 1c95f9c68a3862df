// SPDX-License-Identifier: Apache-2.0
#include "core/id_number.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

namespace selfsame::core {
namespace {

constexpr std::array kKinds = {
    IdNumberKind::mainland_china,
    IdNumberKind::hong_kong,
    IdNumberKind::thailand,
    IdNumberKind::singapore,
    IdNumberKind::malaysia,
    IdNumberKind::indonesia,
    IdNumberKind::indonesia_driving,
    IdNumberKind::philippines_vote,
    IdNumberKind::philippines_driving,
    IdNumberKind::philippines_tin,
    IdNumberKind::philippines_sss,
    IdNumberKind::philippines_umid,
    IdNumberKind::philippines_philsys,
    IdNumberKind::japan_my_number,
    IdNumberKind::japan_driving
};

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

/// `pattern`: 9 is a digit, A a letter, anything else itself.
bool looks_like(std::string_view number, std::string_view pattern) noexcept {
  return std::ranges::equal(number, pattern, [](char c, char p) {
    if (p == '9') return is_digit(c);
    return p == 'A' ? is_letter(c) : c == p;
  });
}

bool looks_like_any(
    std::string_view number, std::initializer_list<std::string_view> patterns
) noexcept {
  return std::ranges::any_of(patterns, [&](std::string_view p) { return looks_like(number, p); });
}

int digits_at(std::string_view number, std::size_t from, std::size_t count) noexcept {
  int value = 0;
  for (const char c : number.substr(from, count)) value = 10 * value + (c - '0');
  return value;
}

/// The sum of the first digits, each by its weight.
int weighted(std::string_view number, std::span<const int> weights) noexcept {
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (number[i] - '0');
  return sum;
}

bool is_date(int year, int month, int day) noexcept {
  return std::chrono::year_month_day(
             std::chrono::year(year),
             std::chrono::month(static_cast<unsigned>(month)),
             std::chrono::day(static_cast<unsigned>(day))
  )
      .ok();
}

/// A year of two digits: a date when it is one in some century.
bool is_short_date(int year, int month, int day) noexcept {
  return is_date(1900 + year, month, day) || is_date(2000 + year, month, day);
}

NumberForm right_or(NumberForm otherwise, bool is_right) noexcept {
  return is_right ? NumberForm::right : otherwise;
}

// GB 11643-1999; ISO 7064 MOD 11-2.
bool is_mainland_china(std::string_view number) noexcept {
  constexpr std::array kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view kCheck = "10X98765432";
  if (!looks_like_any(number, {"999999999999999999", "99999999999999999X"})) return false;
  const auto remainder = static_cast<std::size_t>(weighted(number, kWeights) % 11);
  return is_date(digits_at(number, 6, 4), digits_at(number, 10, 2), digits_at(number, 12, 2)) &&
         number.back() == kCheck.at(remainder);
}

// A letter counts 10 to 35, a missing first letter 36; weights 9 to 2.
bool is_hong_kong(std::string_view number) noexcept {
  constexpr int kNoLetter = 36;
  constexpr int kModulus = 11;
  constexpr int kTen = 10;
  const bool two_letters = looks_like_any(number, {"AA9999999", "AA999999A"});
  if (!two_letters && !looks_like_any(number, {"A9999999", "A999999A"})) return false;
  const auto letter = [&](std::size_t at) { return number[at] - 'A' + kTen; };
  const std::size_t first_digit = two_letters ? 2 : 1;
  int sum = 9 * (two_letters ? letter(0) : kNoLetter) + 8 * letter(first_digit - 1);
  for (int weight = 7; weight >= 2; --weight) {
    sum += weight * (number[first_digit + static_cast<std::size_t>(7 - weight)] - '0');
  }
  const int check = (kModulus - sum % kModulus) % kModulus;
  return number.back() == (check == kTen ? 'A' : static_cast<char>('0' + check));
}

NumberForm check_thailand(std::string_view number) noexcept {
  constexpr std::array kWeights = {13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
  if (!looks_like(number, "9999999999999")) return NumberForm::wrong;
  const int check = (11 - weighted(number, kWeights) % 11) % 10;
  if (number.back() != static_cast<char>('0' + check)) return NumberForm::wrong;
  return right_or(NumberForm::doubtful, number.front() != '9');
}

/// Of S the letters were checked; those of T, F, G and M are from one source only.
NumberForm check_singapore(std::string_view number) noexcept {
  constexpr std::array kWeights = {2, 7, 6, 5, 4, 3, 2};
  if (!looks_like(number, "A9999999A")) return NumberForm::wrong;
  const char series = number.front();
  int sum = weighted(number.substr(1), kWeights);
  if (series == 'T' || series == 'G') sum += 4;
  if (series == 'M') sum += 3;
  const auto remainder = static_cast<std::size_t>(sum % 11);
  const char check = number.back();
  switch (series) {
    case 'S':
      return right_or(NumberForm::wrong, check == std::string_view("JZIHGFEDCBA")[remainder]);
    case 'T':
      return right_or(NumberForm::doubtful, check == std::string_view("JZIHGFEDCBA")[remainder]);
    case 'F':
    case 'G':
      return right_or(NumberForm::doubtful, check == std::string_view("XWUTRQPNMLK")[remainder]);
    case 'M':
      return right_or(NumberForm::doubtful, check == std::string_view("XWUTRQPNJLK")[remainder]);
    default:
      return NumberForm::wrong;
  }
}

bool is_malaysia(std::string_view number) noexcept {
  if (!looks_like(number, "999999999999")) return false;
  const int state = digits_at(number, 6, 2);
  const bool unused = state == 0 || (state >= 17 && state <= 20) || state == 69 || state == 70 ||
                      state == 73 || state == 80 || state == 81 || (state >= 94 && state <= 97);
  return !unused &&
         is_short_date(digits_at(number, 0, 2), digits_at(number, 2, 2), digits_at(number, 4, 2));
}

bool is_indonesia(std::string_view number) noexcept {
  constexpr int kFemale = 40;
  constexpr std::array<std::array<int, 2>, 7> kProvinces = {
      {{11, 21}, {31, 36}, {51, 53}, {61, 65}, {71, 76}, {81, 82}, {91, 97}}
  };
  if (!looks_like(number, "9999999999999999")) return false;
  const int province = digits_at(number, 0, 2);
  const bool known = std::ranges::any_of(kProvinces, [&](const auto& range) {
    return province >= range[0] && province <= range[1];
  });
  const int day = digits_at(number, 6, 2);
  return known && digits_at(number, 12, 4) != 0 &&
         is_short_date(
             digits_at(number, 10, 2), digits_at(number, 8, 2), day > kFemale ? day - kFemale : day
         );
}

bool is_japan_my_number(std::string_view number) noexcept {
  constexpr std::array kWeights = {6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
  if (!looks_like(number, "999999999999")) return false;
  const int remainder = weighted(number, kWeights) % 11;
  return number.back() - '0' == (remainder <= 1 ? 0 : 11 - remainder);
}

bool is_japan_driving(std::string_view number) noexcept {
  constexpr std::array kWeights = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
  constexpr std::size_t kCheckAt = 10;
  if (!looks_like(number, "999999999999")) return false;
  const int remainder = weighted(number, kWeights) % 11;
  return number[kCheckAt] - '0' == (remainder <= 1 ? 0 : 11 - remainder);
}

bool is_dropped(char c) noexcept {
  return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')';
}

}  // namespace

std::optional<std::string> normal_id_number(std::string_view written) {
  std::string number;
  for (const char c : written) {
    if (is_dropped(c)) continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!is_digit(upper) && !is_letter(upper)) return std::nullopt;
    if (number.size() == kIdNumberBytesMax) return std::nullopt;
    number.push_back(upper);
  }
  return number.empty() ? std::nullopt : std::optional(std::move(number));
}

NumberForm check_id_number(IdNumberKind kind, std::string_view number) {
  const auto doubtful_unless = [](bool is_right) {
    return right_or(NumberForm::doubtful, is_right);
  };
  switch (kind) {
    case IdNumberKind::mainland_china:
      return right_or(NumberForm::wrong, is_mainland_china(number));
    case IdNumberKind::hong_kong:
      return right_or(NumberForm::wrong, is_hong_kong(number));
    case IdNumberKind::thailand:
      return check_thailand(number);
    case IdNumberKind::singapore:
      return check_singapore(number);
    case IdNumberKind::malaysia:
      return doubtful_unless(is_malaysia(number));
    case IdNumberKind::indonesia:
      return doubtful_unless(is_indonesia(number));
    case IdNumberKind::indonesia_driving:
      return doubtful_unless(looks_like(number, "99999999999999"));
    case IdNumberKind::philippines_vote:
      return doubtful_unless(looks_like(number, "99999999AA9999AAA99999"));
    case IdNumberKind::philippines_driving:
      return doubtful_unless(looks_like(number, "A9999999999"));
    case IdNumberKind::philippines_tin:
      return doubtful_unless(looks_like_any(number, {"999999999", "999999999999", "99999999999999"})
      );
    case IdNumberKind::philippines_sss:
      return doubtful_unless(looks_like(number, "9999999999"));
    case IdNumberKind::philippines_umid:
      return doubtful_unless(looks_like_any(number, {"999999999999", "CRN999999999999"}));
    case IdNumberKind::philippines_philsys:
      return doubtful_unless(looks_like(number, "9999999999999999"));
    case IdNumberKind::japan_my_number:
      return doubtful_unless(is_japan_my_number(number));
    case IdNumberKind::japan_driving:
      return doubtful_unless(is_japan_driving(number));
  }
  return NumberForm::wrong;
}

const char* name_of(IdNumberKind kind) noexcept {
  switch (kind) {
    case IdNumberKind::mainland_china:
      return "mainland_china";
    case IdNumberKind::hong_kong:
      return "hong_kong";
    case IdNumberKind::thailand:
      return "thailand";
    case IdNumberKind::singapore:
      return "singapore";
    case IdNumberKind::malaysia:
      return "malaysia";
    case IdNumberKind::indonesia:
      return "indonesia";
    case IdNumberKind::indonesia_driving:
      return "indonesia_driving";
    case IdNumberKind::philippines_vote:
      return "philippines_vote";
    case IdNumberKind::philippines_driving:
      return "philippines_driving";
    case IdNumberKind::philippines_tin:
      return "philippines_tin";
    case IdNumberKind::philippines_sss:
      return "philippines_sss";
    case IdNumberKind::philippines_umid:
      return "philippines_umid";
    case IdNumberKind::philippines_philsys:
      return "philippines_philsys";
    case IdNumberKind::japan_my_number:
      return "japan_my_number";
    case IdNumberKind::japan_driving:
      return "japan_driving";
  }
  return "unknown";
}

std::optional<IdNumberKind> id_number_kind_from(std::string_view name) noexcept {
  const auto* const it =
      std::ranges::find_if(kKinds, [&](IdNumberKind kind) { return name == name_of(kind); });
  return it == kKinds.end() ? std::nullopt : std::optional(*it);
}

std::string masked_id_number(std::string_view number) {
  constexpr std::size_t kShown = 4;
  if (number.size() <= kShown) return std::string(number.size(), '*');
  const std::size_t hidden = number.size() - kShown;
  return std::string(hidden, '*').append(number.substr(hidden));
}

}  // namespace selfsame::core
