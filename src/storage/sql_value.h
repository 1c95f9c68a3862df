// SPDX-License-Identifier: Apache-2.0
// What a parameter of a statement is bound to, on every database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace selfsame::storage {

/// NULL, BIGINT, DOUBLE PRECISION, TEXT (UTF-8), BYTEA or BLOB. Views live until the call returns.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, ByteView>;

[[nodiscard]] inline Value value_of(std::optional<double> number) {
  return number ? Value(*number) : Value();
}

[[nodiscard]] inline std::int64_t value_of(Timestamp time) {
  return time.time_since_epoch().count();
}

[[nodiscard]] inline Value value_of(std::optional<Timestamp> time) {
  return time ? Value(value_of(*time)) : Value();
}

/// Each on a line, with a line end before the first: names without control characters as one value,
/// in which "\nNAME\n" is found.
[[nodiscard]] inline std::string lines_of(const std::vector<std::string>& names) {
  std::string lines = "\n";
  for (const std::string& name : names) lines += name + '\n';
  return lines;
}

}  // namespace selfsame::storage
