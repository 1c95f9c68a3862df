// SPDX-License-Identifier: Apache-2.0
// A customer as named fields: what the command line sets and shows, and what rows hold.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/customer.h"

namespace selfsame::core {

inline constexpr std::size_t kFieldBytesMax = 2000;  // a value
inline constexpr std::size_t kFieldsMax = 1000;      // of a customer

/// Sets one field; an empty value brings its default back. `unknown_parameter`,
/// `invalid_parameter`; the details are for whoever typed it, and nothing has changed.
[[nodiscard]] Result<void> assign(
    Customer& customer, std::string_view name, std::string_view value
);

/// What differs from the defaults, in a fixed order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> fields_of(const Customer& customer);

/// The same, a line `name=value` each.
[[nodiscard]] std::string text_of(const Customer& customer);
/// `integrity_failure` unless it is such a text.
[[nodiscard]] Result<Customer> customer_from(std::string_view text);

/// For help: each field, and what it takes.
struct FieldHelp {
  std::string_view name;
  std::string_view takes;
};
[[nodiscard]] std::span<const FieldHelp> field_help() noexcept;

}  // namespace selfsame::core
