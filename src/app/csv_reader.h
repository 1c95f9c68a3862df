// SPDX-License-Identifier: Apache-2.0
// Comma-separated values after RFC 4180, strictly: what it does not describe is an error and not a
// guess.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::app {

struct CsvRecord {
  std::size_t line = 0;  // on which it begins, from 1
  std::vector<std::string> fields;
};

/// Records end with LF or CR LF; a byte-order mark at the beginning and empty lines are passed
/// over.
class CsvReader {
 public:
  static constexpr std::size_t kFieldsMax = 64;
  static constexpr std::size_t kFieldBytesMax = 4096;

  /// @param text  outlives the reader
  explicit CsvReader(std::string_view text);

  /// The next record; none at the end. `malformed_request` with the line's number, and from then on
  /// always: a quote within a field that does not begin with one, text after a closing quote, no
  /// closing quote, a CR without LF, a NUL, too many fields or too long ones.
  [[nodiscard]] Result<std::optional<CsvRecord>> next();

 private:
  [[nodiscard]] Result<std::string> quoted_field();
  [[nodiscard]] Result<std::string> bare_field();
  [[nodiscard]] Result<bool> take_separator();
  [[nodiscard]] bool take_line_end();
  [[nodiscard]] tl::unexpected<Error> refuse(std::string_view why);

  std::string_view rest_;
  std::size_t line_ = 1;
  std::optional<Error> failure_;
};

}  // namespace selfsame::app
