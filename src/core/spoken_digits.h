// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace selfsame::core {

/// Of `digits`, how many were heard as others; all of them where not as many were heard.
[[nodiscard]] std::size_t misheard_digits(const std::string& heard, const std::string& digits);

}  // namespace selfsame::core
