// SPDX-License-Identifier: Apache-2.0
// get_random_number: digits to be said; validate_video: somebody who says them. The guide leaves
// their fields open: docs/megvii.md has ours.
#pragma once

#include "adapters/megvii/raw_call.h"

namespace selfsame::adapters::megvii {

/// Digits that are not said by then are of no use.
inline constexpr std::chrono::minutes kNumberLifetime{10};

[[nodiscard]] boost::asio::awaitable<RawAnswer<RawFields>> get_random_number(
    const RawServices* services, const RawForm* form, RawCall call
);

[[nodiscard]] boost::asio::awaitable<RawAnswer<RawFields>> validate_video(
    const RawServices* services, const RawForm* form, RawCall call
);

}  // namespace selfsame::adapters::megvii
