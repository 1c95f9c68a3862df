// SPDX-License-Identifier: Apache-2.0
// How a type of document is told apart and read: models/documents/*.toml as values. Adding a type
// adds a file there and no code.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/document_date.h"
#include "core/id_number.h"
#include "core/thai_spelling.h"

namespace selfsame::core {

/// Share of the document's width and height, origin at the top left.
struct DocumentZone {
  double left = 0;
  double top = 0;
  double right = 1;
  double bottom = 1;

  [[nodiscard]] bool holds(double x, double y) const noexcept {
    return x >= left && x <= right && y >= top && y <= bottom;
  }
};

enum class FieldKind : std::uint8_t {
  text,                // as printed
  number,              // by its patterns
  date,                // in the Gregorian calendar, ISO 8601
  month,               // YYYY-MM, by its patterns ("(MM-YY)")
  choice,              // one of its values
  derived_birth_date,  // from the document's number
  derived_sex,
  part_of_name,  // of full_name; `starts`: particles of the last part
  edition,       // by `values`: the last that began (ISO 8601) by date_of_issue
};

enum class FieldScript : std::uint8_t { any, latin, han, thai };

/// Where a value stands from its label.
enum class FieldPlace : std::uint8_t { same_line, right, below, above };

struct FieldRule {
  std::string name;  // neutral key: "full_name", "date_of_birth"
  FieldKind kind = FieldKind::text;
  FieldScript script = FieldScript::any;  // text only: lines without a letter of it are passed over
  std::vector<std::string> labels;
  std::string item;                // of a numbered list, in place of a label: "1" of "1. NAME"
  std::vector<FieldPlace> places;  // tried in this order
  DocumentZone zone;               // where the value's middle lies
  // 9: a digit; A: a capital letter; #: either; every other character itself. Found anywhere in a
  // line, blanks not counted; what stands at a 9 or A is taken for the digit or letter that it
  // resembles. The number is given back as the pattern spells it.
  std::vector<std::string> patterns;
  // What may be read -> the value; of a text that is exactly so.
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<std::string> words;   // text: what it is a list of; blanks between them may be lost
  std::vector<std::string> one_of;  // text: what it is one of; a misread one is the nearest
  // Text: an address that ends with these names; misread ones are the nearest.
  std::shared_ptr<const std::vector<Area>> areas;
  std::vector<std::string> stops;   // lines that hold one of these are not part of the value
  std::size_t lines = 1;            // at most
  bool joined_closely = false;      // lines are joined without a blank
  bool is_shared = false;           // leaves what it stands on to later fields
  bool needs_digit = false;         // text: begins at a line with a digit or one of `starts`
  std::vector<std::string> starts;  // text without a label begins at a line that holds one of these
  std::vector<std::string> from;    // text: begins at the first of these, what precedes is dropped
  std::string before;               // ends in front of this: "(" of a date's second calendar
  DateOrder order = DateOrder::day_month_year;
  bool in_future = false;  // a year of two digits may lie up to 50 years ahead
  std::optional<IdNumberKind> number_kind;
};

struct DocumentMark {
  std::vector<std::string> any_of;  // one of them is there, or several
  double weight = 1;
};

/// One side of a type.
struct DocumentTemplate {
  std::string type;           // "HKIDCard"
  std::string side;           // "front", "back"
  std::string country;        // ISO 3166-1 alpha-3; empty: any
  bool read_in_full = false;  // by the full reader (kana, rare Han signs)
  bool has_thai = false;
  // First letter of the document code of its machine-readable zone (ICAO Doc 9303); '\0': it has
  // none. Fields that are not printed come from the zone.
  char zone_code = '\0';
  bool has_portrait = false;
  std::vector<DocumentMark> marks;        // wording that tells it
  std::vector<std::string> other_labels;  // of what is not read; a value ends at them
  std::vector<std::pair<std::string, std::string>> signs;  // what readers take for another -> it
  // Those that come first take their lines first; of a name that comes twice the second is for
  // where the first found nothing.
  std::vector<FieldRule> fields;
};

}  // namespace selfsame::core
