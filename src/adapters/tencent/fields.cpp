// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/fields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace selfsame::adapters::tencent {
namespace {

constexpr std::array<std::string_view, 4> kBooleans = {"true", "True", "false", "False"};

/// The path up to its first dot; a trailing dot leaves a part that fits nothing.
std::string_view take_part(std::string_view& path) noexcept {
  const std::size_t dot = path.find('.');
  const bool is_last = dot == std::string_view::npos || dot + 1 == path.size();
  const std::string_view part = is_last ? path : path.substr(0, dot);
  path.remove_prefix(is_last ? path.size() : dot + 1);
  return part;
}

bool is_index(std::string_view part) noexcept {
  return !part.empty() && part.size() <= 4 &&
         std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
}

/// Is `name` the container of something that `pattern` names?
bool leads_to(std::string_view name, std::string_view pattern) noexcept {
  while (!name.empty()) {
    if (pattern.empty()) return false;
    const std::string_view wanted = take_part(pattern);
    const std::string_view part = take_part(name);
    if (part != wanted && !(wanted == "*" && is_index(part))) return false;
  }
  return !pattern.empty();
}

bool is_container(ValueKind kind) noexcept {
  return kind == ValueKind::object || kind == ValueKind::array;
}

template <class Number>
bool parses_as(std::string_view text) noexcept {
  Number value{};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  return end.ec == std::errc{} && end.ptr == text.data() + text.size();
}

bool text_is(FieldType type, std::string_view text) noexcept {
  switch (type) {
    case FieldType::string:
      return true;
    case FieldType::integer:
      return parses_as<std::int64_t>(text);
    case FieldType::number:
      return parses_as<double>(text);
    case FieldType::boolean:
      return std::ranges::find(kBooleans, text) != kBooleans.end();
  }
  return false;
}

bool kind_is(FieldType type, ValueKind kind) noexcept {
  switch (type) {
    case FieldType::string:
      return kind == ValueKind::string;
    case FieldType::integer:
      return kind == ValueKind::integer;
    case FieldType::number:
      return kind == ValueKind::number || kind == ValueKind::integer;
    case FieldType::boolean:
      return kind == ValueKind::boolean;
  }
  return false;
}

Answer<void> check_value(const Parameter& given, const Field& field) {
  if (given.kind == ValueKind::text) {
    if (!text_is(field.type, given.value)) return refuse(Errc::invalid_parameter, given.name);
  } else if (!kind_is(field.type, given.kind)) {
    return refuse(Errc::malformed_request, given.name);
  }
  if (given.value.size() > field.max_bytes) return refuse(field.too_long, given.name);
  if (!field.allowed.empty() &&
      std::ranges::find(field.allowed, given.value) == field.allowed.end()) {
    return refuse(Errc::invalid_parameter, given.name);
  }
  return {};
}

/// A container may only stand where the table names something inside it, a value only where the
/// table names it.
Answer<void> check_known(const Parameter& given, std::span<const Field> table) {
  const auto any = [&](auto relates) {
    return std::ranges::any_of(table, [&](const Field& f) { return relates(given.name, f.name); });
  };
  const bool is_value = any(fits);
  const bool is_parent = any(leads_to);
  if (!is_value && !is_parent) return refuse(Errc::unknown_parameter, given.name);
  if (is_container(given.kind) ? is_parent : is_value) return {};
  return refuse(Errc::malformed_request, given.name);
}

Answer<void> check_field(std::span<const Parameter> given, const Field& field) {
  bool present = false;
  for (const Parameter& parameter : given) {
    if (!fits(parameter.name, field.name)) continue;
    if (field.required && parameter.value.empty()) break;
    SELFSAME_CHECK(check_value(parameter, field));
    present = true;
  }
  if (field.required && !present) return refuse(Errc::missing_parameter, field.name);
  return {};
}

}  // namespace

bool fits(std::string_view name, std::string_view pattern) noexcept {
  while (!name.empty() && !pattern.empty()) {
    const std::string_view part = take_part(name);
    const std::string_view wanted = take_part(pattern);
    if (part != wanted && !(wanted == "*" && is_index(part))) return false;
  }
  return name.empty() && pattern.empty();
}

Answer<void> check_fields(std::span<const Parameter> given, std::span<const Field> table) {
  for (const Parameter& parameter : given) SELFSAME_CHECK(check_known(parameter, table));
  for (const Field& field : table) SELFSAME_CHECK(check_field(given, field));
  return {};
}

}  // namespace selfsame::adapters::tencent
