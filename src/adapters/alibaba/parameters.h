// SPDX-License-Identifier: Apache-2.0
// What a request says in its query and in its form, as one list: clients put any parameter in
// either.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/alibaba/errors.h"

namespace selfsame::adapters::alibaba {

class Parameters {
 public:
  using Pair = std::pair<std::string, std::string>;

  Parameters() = default;

  /// Both are application/x-www-form-urlencoded, `+` is a space. InvalidParameter when one does not
  /// parse, is not UTF-8, has U+0000 in it, or names a parameter twice: nobody could tell which of
  /// them was meant.
  [[nodiscard]] static Answer<Parameters> from(std::string_view query, std::string_view form);

  /// Its value; empty when there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Its value; Missing… when it is absent or empty.
  [[nodiscard]] Answer<std::string_view> required(std::string_view name) const;
  /// In the order of their names' bytes.
  [[nodiscard]] std::span<const Pair> all() const noexcept { return pairs_; }

 private:
  [[nodiscard]] const Pair* find(std::string_view name) const noexcept;

  std::vector<Pair> pairs_;
};

}  // namespace selfsame::adapters::alibaba
