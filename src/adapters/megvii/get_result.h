// SPDX-License-Identifier: Apache-2.0
// get_result: what became of a token.
#pragma once

#include "adapters/megvii/faceid_call.h"

namespace selfsame::adapters::megvii {

[[nodiscard]] boost::asio::awaitable<Answer<Fields>> get_result(
    const Services* services, const Parameters* parameters, Call call
);

}  // namespace selfsame::adapters::megvii
