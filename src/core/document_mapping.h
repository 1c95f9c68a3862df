// SPDX-License-Identifier: Apache-2.0
// From lines of text to the fields of a document.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/document_template.h"
#include "core/mrz.h"

namespace selfsame::core {

/// A line, where it stands in shares of the upright document's width and height.
struct PlacedLine {
  std::string text;
  double confidence = 0;  // 0..1
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

struct FieldValue {
  std::string name;                  // neutral key
  std::string value;                 // normalised: dates ISO 8601, sex M F X, ...
  std::vector<std::string> printed;  // as read, a line each; empty: derived
  std::vector<std::size_t> lines;    // indices of the lines it stands on
  double confidence = 0;             // of the least sure line
};

enum class FindingCode : std::uint8_t {
  format,       // the value breaks a rule of its form
  consistency,  // two places say different things
};

struct DocumentFinding {
  FindingCode code = FindingCode::format;
  std::string field;
  // The rule was worked out on samples (core/id_number.h); otherwise it is no more than a warning.
  bool sure = false;
};

struct DocumentFields {
  std::vector<FieldValue> fields;
  std::vector<DocumentFinding> findings;

  [[nodiscard]] const FieldValue* find(std::string_view name) const noexcept;
};

struct TemplateMatch {
  std::size_t index = 0;
  double score = 0;  // share of the marks' weight that was found
};

/// Limits of what is looked at; more is left out.
inline constexpr std::size_t kDocumentLinesMax = 400;
inline constexpr std::size_t kDocumentLineBytesMax = 512;

/// The template whose marks are there; nothing below kLeastTemplateScore. A zone whose check digits
/// hold tells the type by its code, whatever the wording.
/// @param mrz  of the document, or null
inline constexpr double kLeastTemplateScore = 0.4;
[[nodiscard]] std::optional<TemplateMatch> find_template(
    std::span<const PlacedLine> lines, std::span<const DocumentTemplate> templates, const Mrz* mrz
);

/// The lines on which a field's value may stand and that are worth a second, better reading:
/// neither labels nor, as they are, wording that the template knows.
[[nodiscard]] std::vector<std::size_t> lines_of_values(
    std::span<const PlacedLine> lines, const DocumentTemplate& document
);

/// @param mrz  of the document, or null
[[nodiscard]] DocumentFields map_fields(
    std::span<const PlacedLine> lines,
    const DocumentTemplate& document,
    const Mrz* mrz,
    std::chrono::year_month_day today
);

}  // namespace selfsame::core
