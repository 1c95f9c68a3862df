// SPDX-License-Identifier: Apache-2.0
// What an authoritative register says of a person, and what an enquiry comes to.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/outcome.h"

namespace selfsame::core {

/// From when to when a document is valid, both days included.
struct Validity {
  std::chrono::year_month_day from;
  std::optional<std::chrono::year_month_day> until;  // none: for good

  friend bool operator==(const Validity&, const Validity&) = default;
};

/// "20160607" and "20250607", or "00000000" for no end. Nothing when one is no day of the calendar,
/// or the end is before the beginning.
[[nodiscard]] std::optional<Validity> validity_from(std::string_view from, std::string_view until);
/// "20160607"; "00000000" for none.
[[nodiscard]] std::string text_of(const std::optional<std::chrono::year_month_day>& day);

struct RegisterRecord {
  std::string number;  // normal (core/id_number.h)
  std::string name;    // as the register writes it
  std::optional<Validity> validity;

  friend bool operator==(const RegisterRecord&, const RegisterRecord&) = default;
};

struct RegisterQuery {
  std::string number;                // normal
  std::string name;                  // as the caller writes it
  std::optional<Validity> validity;  // to be confirmed as well
  bool wants_photo = false;
};

/// What is known of a record's photo.
enum class RegisterPhoto : std::uint8_t {
  absent,
  present,     // not looked at yet
  unreadable,  // no picture that can be decoded
  no_face,     // none, or several
};

/// What a source says of one number that it has.
struct RegisterFacts {
  bool name_matches = false;
  std::optional<bool> validity_matches;  // none: it does not know
  RegisterPhoto photo = RegisterPhoto::absent;
};

/// The order is stored: add at the end.
enum class RegisterFinding : std::uint8_t {
  found,  // all that was asked for agrees; the photo that was asked for is there
  no_such_number,
  number_name_mismatch,
  validity_mismatch,
  validity_unknown,  // the register does not know it
  no_photo,
  photo_format,        // the register's photo cannot be decoded
  no_face,             // not exactly one face on it
  source_error,        // the register gave no answer, or none that can be understood
  source_unavailable,  // it is not being asked for a while, because it failed again and again
  too_many_enquiries,  // about this number, today
};

[[nodiscard]] RegisterFacts facts_of(
    const RegisterQuery& query, const RegisterRecord& record, RegisterPhoto photo
);

/// Number, then name, then validity, then photo. Never source_error and what follows it, which are
/// of those who ask.
/// @param facts  none: the register has no such number
[[nodiscard]] RegisterFinding judge_register(
    const RegisterQuery& query, const std::optional<RegisterFacts>& facts
);

/// As it is stored and billed.
[[nodiscard]] Outcome outcome_of(RegisterFinding finding) noexcept;

[[nodiscard]] const char* name_of(RegisterFinding finding) noexcept;

}  // namespace selfsame::core
