// SPDX-License-Identifier: Apache-2.0
// What a parameter of a statement is bound to, on every database.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

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

}  // namespace selfsame::storage
