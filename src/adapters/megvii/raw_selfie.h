// SPDX-License-Identifier: Apache-2.0
// validate_side_face: somebody from the front and from the side. The guide leaves its fields open:
// docs/megvii.md has ours.
#pragma once

#include "adapters/megvii/raw_call.h"

namespace selfsame::adapters::megvii {

[[nodiscard]] boost::asio::awaitable<RawAnswer<RawFields>> validate_side_face(
    const RawServices* services, const RawForm* form, RawCall call
);

}  // namespace selfsame::adapters::megvii
