// SPDX-License-Identifier: Apache-2.0
// The actions that ask the authoritative register: IdCardVerification (number and name),
// CheckIdNameDate (and validity), ImageRecognitionV2 (and face). Numbers of mainland China.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/identity_claim.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "core/register_record.h"

namespace selfsame::adapters::tencent {

/// `Result` and `Description` of each action; static text.
[[nodiscard]] ResultCode id_card_verification_code(
    IdentityFault fault, core::RegisterFinding finding
) noexcept;
[[nodiscard]] ResultCode check_id_name_date_code(
    IdentityFault fault, core::RegisterFinding finding
) noexcept;
[[nodiscard]] ResultCode image_recognition_code(
    IdentityFault fault, core::RegisterFinding finding, core::Outcome outcome
) noexcept;

[[nodiscard]] std::span<const Field> id_card_verification_fields();
[[nodiscard]] boost::asio::awaitable<Answer<Success>> id_card_verification(
    const Services* services, Parameters parameters, Call call
);

[[nodiscard]] std::span<const Field> check_id_name_date_fields();
[[nodiscard]] boost::asio::awaitable<Answer<Success>> check_id_name_date(
    const Services* services, Parameters parameters, Call call
);

[[nodiscard]] std::span<const Field> image_recognition_fields();
[[nodiscard]] boost::asio::awaitable<Answer<Success>> image_recognition(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
