// SPDX-License-Identifier: Apache-2.0
#include "core/register_record.h"

#include <algorithm>

#include "core/person_name.h"

namespace selfsame::core {
namespace {

using std::chrono::year_month_day;

constexpr std::string_view kNoEnd = "00000000";

std::optional<year_month_day> day_from(std::string_view text) {
  const bool is_number =
      text.size() == 8 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  int value = 0;
  for (const char c : text) value = 10 * value + (c - '0');
  const year_month_day day(
      std::chrono::year(value / 10'000),
      std::chrono::month(static_cast<unsigned>(value / 100 % 100)),
      std::chrono::day(static_cast<unsigned>(value % 100))
  );
  return day.ok() && value / 10'000 > 0 ? std::optional(day) : std::nullopt;
}

RegisterFinding judge_photo(RegisterPhoto photo) noexcept {
  switch (photo) {
    case RegisterPhoto::present:
      return RegisterFinding::found;
    case RegisterPhoto::absent:
      return RegisterFinding::no_photo;
    case RegisterPhoto::unreadable:
      return RegisterFinding::photo_format;
    case RegisterPhoto::no_face:
      return RegisterFinding::no_face;
  }
  return RegisterFinding::no_photo;
}

}  // namespace

std::optional<Validity> validity_from(std::string_view from, std::string_view until) {
  const auto first = day_from(from);
  if (!first) return std::nullopt;
  if (until == kNoEnd) return Validity{.from = *first, .until = std::nullopt};
  const auto last = day_from(until);
  if (!last || *last < *first) return std::nullopt;
  return Validity{.from = *first, .until = last};
}

std::string text_of(const std::optional<year_month_day>& day) {
  if (!day) return std::string(kNoEnd);
  const unsigned value = static_cast<unsigned>(static_cast<int>(day->year())) * 10'000 +
                         static_cast<unsigned>(day->month()) * 100 +
                         static_cast<unsigned>(day->day());
  const std::string digits = std::to_string(value);
  return std::string(kNoEnd.size() - std::min(digits.size(), kNoEnd.size()), '0') + digits;
}

RegisterFacts facts_of(
    const RegisterQuery& query, const RegisterRecord& record, RegisterPhoto photo
) {
  RegisterFacts facts{
      .name_matches = is_same_name(query.name, record.name),
      .validity_matches = std::nullopt,
      .photo = photo
  };
  if (record.validity) facts.validity_matches = query.validity == record.validity;
  return facts;
}

RegisterFinding judge_register(
    const RegisterQuery& query, const std::optional<RegisterFacts>& facts
) {
  if (!facts) return RegisterFinding::no_such_number;
  if (!facts->name_matches) return RegisterFinding::number_name_mismatch;
  if (query.validity && !facts->validity_matches) return RegisterFinding::validity_unknown;
  if (query.validity && !*facts->validity_matches) return RegisterFinding::validity_mismatch;
  return query.wants_photo ? judge_photo(facts->photo) : RegisterFinding::found;
}

Outcome outcome_of(RegisterFinding finding) noexcept {
  switch (finding) {
    case RegisterFinding::found:
      return Outcome::identity_confirmed;
    case RegisterFinding::no_such_number:
      return Outcome::register_no_number;
    case RegisterFinding::number_name_mismatch:
    case RegisterFinding::validity_mismatch:
      return Outcome::identity_mismatch;
    case RegisterFinding::no_photo:
      return Outcome::register_no_photo;
    case RegisterFinding::photo_format:
      return Outcome::register_photo_unreadable;
    case RegisterFinding::no_face:
      return Outcome::register_photo_no_face;
    case RegisterFinding::validity_unknown:
    case RegisterFinding::source_error:
    case RegisterFinding::source_unavailable:
    case RegisterFinding::too_many_enquiries:
      return Outcome::register_failed;
  }
  return Outcome::register_failed;
}

const char* name_of(RegisterFinding finding) noexcept {
  switch (finding) {
    case RegisterFinding::found:
      return "found";
    case RegisterFinding::no_such_number:
      return "no_such_number";
    case RegisterFinding::number_name_mismatch:
      return "number_name_mismatch";
    case RegisterFinding::validity_mismatch:
      return "validity_mismatch";
    case RegisterFinding::validity_unknown:
      return "validity_unknown";
    case RegisterFinding::no_photo:
      return "no_photo";
    case RegisterFinding::photo_format:
      return "photo_format";
    case RegisterFinding::no_face:
      return "no_face";
    case RegisterFinding::source_error:
      return "source_error";
    case RegisterFinding::source_unavailable:
      return "source_unavailable";
    case RegisterFinding::too_many_enquiries:
      return "too_many_enquiries";
  }
  return "unknown";
}

}  // namespace selfsame::core
