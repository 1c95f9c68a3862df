// SPDX-License-Identifier: Apache-2.0
// The document step of a verification session: what its terms may ask for, what was seen in a
// picture, and whether that is what they asked for. No personal data is in any of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/register_record.h"
#include "core/scores.h"

namespace selfsame::core {

/// Index of kCalibratedFmr whose threshold a comparison with a document's portrait needs at least.
/// Portraits on documents were not calibrated by themselves: the general threshold is made
/// stricter, never looser.
inline constexpr std::size_t kPortraitMatchFmr = 1;

inline constexpr std::string_view kFrontSide = "front";
inline constexpr std::string_view kBackSide = "back";

/// What speaks against a picture of a document. The numbers are stored: do not change them, add at
/// the end.
enum class DocumentWarning : std::uint8_t {
  incomplete = 0,   // an edge is cut off or covered
  copy = 1,         // of paper
  recapture = 2,    // of a screen
  tampered = 3,     // edited
  glare = 4,        // a reflection covers something
  blur = 5,         //
  format = 6,       // a value breaks the rule of its kind
  consistency = 7,  // two places say different things
};

/// Why a picture is not what the terms ask for. The numbers are stored.
enum class DocumentFault : std::uint8_t {
  not_found = 0,     // no document that is known
  other_type = 1,    // none of the wanted types, or not that of the side before
  other_side = 2,    //
  unreadable = 3,    // its number (its fields, where the type has none) or a wanted date is missing
  sides_differ = 4,  // front and back have different numbers
  warned = 5,        // by a warning that stops
  expired = 6,       //
  no_portrait = 7,   // to compare with
  portrait_unfit = 8,      // not exactly one face that can be compared with
  register_disagrees = 9,  // or does not know the number
};

[[nodiscard]] const char* name_of(DocumentWarning warning) noexcept;
[[nodiscard]] const char* name_of(DocumentFault fault) noexcept;
[[nodiscard]] std::optional<DocumentWarning> document_warning_from(std::string_view name) noexcept;
[[nodiscard]] std::optional<DocumentFault> document_fault_from(std::string_view name) noexcept;

/// What was agreed about a document when the session was made.
struct DocumentTerms {
  std::vector<std::string> types;         // any of these, at most 32; empty: any that is known
  bool both_sides = false;                // of a type that has two
  bool may_edit = false;                  // the person looks over what was read and may correct it
  std::vector<DocumentWarning> stopping;  // a picture with one of these is not taken
  bool compares_portrait = false;         // the live face, with the portrait on it
  bool refuses_expired = false;
  bool asks_register = false;  // whether number and name belong together
  int tries_max = 5;           // pictures, of both sides together; 1..20
};

/// `invalid_parameter` says which term is out of its range.
[[nodiscard]] Result<void> check(const DocumentTerms& terms);

/// What was seen in one picture. Everything that is false or missing speaks against it.
struct DocumentSighting {
  std::string asked_side;  // what the picture was sent as
  std::string type;        // empty: none that is known
  std::string side;
  bool has_back = false;  // the type has one
  bool is_readable = false;
  bool numbers_differ = false;  // this side's and the other's
  std::vector<DocumentWarning> warnings;
  bool is_expired = false;
  bool has_portrait = false;
  std::optional<CaptureDefect> portrait_defect;     // none: it can be compared with
  std::optional<RegisterFinding> register_finding;  // none: it was not asked
  bool sandbox = false;                             // a magic picture: nothing was read
};

/// How far the document step has come.
struct DocumentProgress {
  int tries = 0;
  std::optional<DocumentSighting> front;  // taken
  std::optional<DocumentSighting> back;
  std::optional<DocumentSighting> latest;  // taken or not
  std::optional<DocumentFault> fault;      // of the latest
  bool confirmed = false;
  std::vector<std::string> edited;  // fields that the person corrected
};

/// What the step waits for.
enum class DocumentNeed : std::uint8_t { nothing, front, back, confirmation };

[[nodiscard]] const char* name_of(DocumentNeed need) noexcept;

[[nodiscard]] DocumentNeed need_of(
    const std::optional<DocumentTerms>& terms, const DocumentProgress& progress
) noexcept;

/// Nothing: the picture is what the terms ask for.
[[nodiscard]] std::optional<DocumentFault> fault_of(
    const DocumentTerms& terms, const DocumentProgress& progress, const DocumentSighting& seen
);

/// `conflict` unless one more picture may be sent as this side.
[[nodiscard]] Result<void> check_picture(
    const std::optional<DocumentTerms>& terms,
    const DocumentProgress& progress,
    std::string_view asked_side
);

/// With one more picture, taken or not.
[[nodiscard]] DocumentProgress after_picture(
    const DocumentTerms& terms, DocumentProgress progress, const DocumentSighting& seen
);

/// No picture may come any more, and a side is still owed.
[[nodiscard]] bool has_failed(
    const DocumentTerms& terms, const DocumentProgress& progress
) noexcept;

}  // namespace selfsame::core
