// SPDX-License-Identifier: Apache-2.0
// The request fields of an action as a table, and the one check against it.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

#include "adapters/tencent/parameters.h"

namespace selfsame::adapters::tencent {

enum class FieldType : std::uint8_t { string, integer, number, boolean };

struct Field {
  std::string_view name;  // a part `*` stands for an index: "SelectedWarningCodes.*"
  FieldType type = FieldType::string;
  bool required = false;  // a required string must not be empty either
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
  Errc too_long = Errc::invalid_parameter;
  std::span<const std::string_view> allowed;  // empty: any value
};

/// Unknown fields first, then the table from top to bottom, and the first offence is the answer:
/// UnknownParameter, MissingParameter, InvalidParameter for a wrong JSON type (also a container
/// where a value belongs), InvalidParameterValue for text that is no integer, number or boolean
/// (`true`, `True`, `false`, `False`), for a value outside `allowed` and for one that is too long
/// (or what `too_long` says). The message names the field.
[[nodiscard]] Answer<void> check_fields(
    std::span<const Parameter> given, std::span<const Field> table
);

/// Does `name` fit `pattern`, whose `*` parts stand for indices?
[[nodiscard]] bool fits(std::string_view name, std::string_view pattern) noexcept;

}  // namespace selfsame::adapters::tencent
