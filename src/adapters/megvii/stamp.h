// SPDX-License-Identifier: Apache-2.0
// "unix-seconds,uuid": how the vendor writes request ids and tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace selfsame::adapters::megvii {

[[nodiscard]] std::string stamped(Timestamp at, std::string_view uuid);

/// 1 to 12 digits, a comma, and 36 characters 0-9 a-f and hyphens.
[[nodiscard]] bool is_stamped(std::string_view text) noexcept;

}  // namespace selfsame::adapters::megvii
