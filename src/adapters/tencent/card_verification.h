// SPDX-License-Identifier: Apache-2.0
// ApplyCardVerification and GetCardVerificationResult: pictures of a document, read at once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> apply_card_verification_fields();
[[nodiscard]] std::span<const Field> get_card_verification_result_fields();

/// Out of checked fields, without token. UnsupportedOperation for a country or type that is not
/// read here.
/// @param has_back  a picture of the back comes with it
[[nodiscard]] Answer<flows::VerificationOrder> parse_apply_card_verification(
    const Parameters& parameters, const Call& call, bool has_back
);

[[nodiscard]] boost::asio::awaitable<Answer<Success>> apply_card_verification(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_card_verification_result(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
