// SPDX-License-Identifier: Apache-2.0
// The actions that read the portrait side of an identity card of mainland China and ask the
// authoritative register about it: IdCardOCRVerification (number and name, also without a photo),
// CheckIdCardInformation (and the portrait).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> id_card_ocr_verification_fields();
[[nodiscard]] boost::asio::awaitable<Answer<Success>> id_card_ocr_verification(
    const Services* services, Parameters parameters, Call call
);

[[nodiscard]] std::span<const Field> check_id_card_information_fields();
[[nodiscard]] boost::asio::awaitable<Answer<Success>> check_id_card_information(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
