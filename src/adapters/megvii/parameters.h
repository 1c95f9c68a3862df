// SPDX-License-Identifier: Apache-2.0
// What a request says in its query and body, as one list of decoded names and values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selfsame::adapters::megvii {

class Parameters {
 public:
  using Pair = std::pair<std::string, std::string>;

  Parameters() = default;
  /// `invalid_parameter` for a name that comes twice: nobody could tell which was meant.
  [[nodiscard]] static Result<Parameters> from(std::vector<Pair> pairs);

  /// Nothing when it is absent; an empty value is one.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// Its value; empty when there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const noexcept {
    return find(name).value_or(std::string_view{});
  }
  /// In the order of their names' bytes.
  [[nodiscard]] std::span<const Pair> all() const noexcept { return pairs_; }

 private:
  std::vector<Pair> pairs_;
};

/// application/x-www-form-urlencoded, query and body. `malformed_request`, `payload_too_large`.
[[nodiscard]] Result<std::vector<Parameters::Pair>> pairs_of_form(std::string_view encoded);

/// A JSON object whose members are texts, whole numbers, booleans or null (left out).
/// `malformed_request`.
[[nodiscard]] Result<std::vector<Parameters::Pair>> pairs_of_json(std::string_view text);

/// A whole number in [least, most], in decimal, without a sign or leading zeros; `fallback` for an
/// absent parameter. Nothing when it is something else.
[[nodiscard]] std::optional<int> number_in(
    std::optional<std::string_view> text, int least, int most, int fallback
);

/// UTF-8 without control characters, at most so many characters.
[[nodiscard]] bool is_name(std::string_view text, std::size_t characters_max);

/// A number of mainland China's identity card by its shape: 17 digits and a digit, x or X.
[[nodiscard]] bool is_idcard_number(std::string_view text) noexcept;

}  // namespace selfsame::adapters::megvii
