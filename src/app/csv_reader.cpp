// SPDX-License-Identifier: Apache-2.0
#include "app/csv_reader.h"

#include <algorithm>
#include <utility>

namespace selfsame::app {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kEndOfBare = std::string_view(",\r\n\"\0", 5);

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

tl::unexpected<Error> CsvReader::refuse(std::string_view why) {
  failure_ = Error{Errc::malformed_request, "line " + std::to_string(line_) + ": "};
  failure_->detail += why;
  return tl::unexpected(*failure_);
}

bool CsvReader::take_line_end() {
  const std::size_t bytes = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
  rest_.remove_prefix(bytes);
  line_ += bytes > 0 ? 1 : 0;
  return bytes > 0;
}

Result<std::string> CsvReader::quoted_field() {
  std::string field;
  rest_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) return refuse("a quote is not closed");
    const std::string_view part = rest_.substr(0, quote);
    if (part.find('\0') != std::string_view::npos) return refuse("a zero byte");
    if (field.size() + part.size() > kFieldBytesMax) return refuse("a field is too long");
    field += part;
    line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return field;
    field.push_back('"');
    rest_.remove_prefix(1);
  }
}

Result<std::string> CsvReader::bare_field() {
  const std::size_t end = std::min(rest_.find_first_of(kEndOfBare), rest_.size());
  if (end > kFieldBytesMax) return refuse("a field is too long");
  std::string field(rest_.substr(0, end));
  rest_.remove_prefix(end);
  if (rest_.starts_with('"')) return refuse("a quote inside a field");
  return field;
}

/// True: another field follows. False: the record has ended.
Result<bool> CsvReader::take_separator() {
  if (rest_.starts_with(',')) {
    rest_.remove_prefix(1);
    return true;
  }
  if (rest_.empty() || take_line_end()) return false;
  if (rest_.starts_with('\r')) return refuse("a carriage return without a line feed");
  if (rest_.starts_with('\0')) return refuse("a zero byte");
  return refuse("text after a closing quote");
}

Result<std::optional<CsvRecord>> CsvReader::next() {
  if (failure_) return tl::unexpected(*failure_);
  while (take_line_end()) {
  }
  if (rest_.empty()) return std::optional<CsvRecord>{};
  CsvRecord record{.line = line_, .fields = {}};
  for (;;) {
    if (record.fields.size() == kFieldsMax) return refuse("too many fields");
    SELFSAME_TRY(field, rest_.starts_with('"') ? quoted_field() : bare_field());
    record.fields.push_back(std::move(field));
    SELFSAME_TRY(more, take_separator());
    if (!more) return std::optional(std::move(record));
  }
}

}  // namespace selfsame::app
