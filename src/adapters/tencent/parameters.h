// SPDX-License-Identifier: Apache-2.0
// What a request says, as one flat list: `Config.AutoSkip`, `SelectedWarningCodes.0`. JSON bodies,
// GET queries and v1 forms all become this, so that an action reads them in one way.
#pragma once

#include <cstdint>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/tencent/error_codes.h"

namespace selfsame::adapters::tencent {

enum class ValueKind : std::uint8_t {
  text,  // of a query or form: the type is not told
  string,
  integer,
  number,
  boolean,
  object,  // a JSON container itself; its members follow under their own names
  array,
};

struct Parameter {
  std::string_view name;
  ValueKind kind = ValueKind::text;
  std::string_view value;  // decoded; numbers and booleans as text, containers empty
};

/// Long values are not copied when nothing in them has to be decoded: the views point into the
/// parsed text, which must outlive this object.
class Parameters {
 public:
  Parameters() = default;
  Parameters(Parameters&&) noexcept = default;
  Parameters& operator=(Parameters&&) noexcept = default;
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  ~Parameters() = default;

  /// A JSON object, depth and number of fields limited; null values are absent. Empty text is an
  /// empty object. InvalidParameter when it is not JSON, or names a field twice.
  [[nodiscard]] static Answer<Parameters> from_json(std::string_view body);

  /// application/x-www-form-urlencoded, `+` is a space. InvalidParameter when a `%` is not followed
  /// by two hexadecimal digits, or a name comes twice.
  [[nodiscard]] static Answer<Parameters> from_form(std::string_view encoded);

  /// Forgets these.
  void erase(std::span<const std::string_view> names);

  /// Null when there is none.
  [[nodiscard]] const Parameter* find(std::string_view name) const noexcept;
  /// Its value; empty when there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const noexcept;
  /// In the order of their names' bytes.
  [[nodiscard]] std::span<const Parameter> all() const noexcept { return list_; }

 private:
  friend class JsonReader;

  [[nodiscard]] bool has_room() const noexcept;
  [[nodiscard]] std::string_view keep(std::string text);
  [[nodiscard]] Answer<void> sort_and_check();

  std::vector<Parameter> list_;
  std::forward_list<std::string> owned_;  // a list: its strings do not move
};

}  // namespace selfsame::adapters::tencent
