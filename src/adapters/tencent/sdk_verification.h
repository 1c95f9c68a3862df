// SPDX-License-Identifier: Apache-2.0
// The tokens of the vendor's app SDKs and their results: GetFaceIdTokenIntl, ApplyLivenessToken and
// ApplySdkVerificationToken, with GetFaceIdResultIntl, GetLivenessResult, GetSdkVerificationResult.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> get_face_id_token_intl_fields();
[[nodiscard]] std::span<const Field> apply_liveness_token_fields();
[[nodiscard]] std::span<const Field> apply_sdk_verification_token_fields();
/// Of the three results.
[[nodiscard]] std::span<const Field> sdk_token_fields();

// Out of checked fields, without token.
[[nodiscard]] Answer<flows::VerificationOrder> parse_get_face_id_token(
    const Parameters& parameters, const Call& call
);
[[nodiscard]] Answer<flows::VerificationOrder> parse_apply_sdk_verification(
    const Parameters& parameters, const Call& call
);

[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_face_id_token_intl(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_face_id_result_intl(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> apply_liveness_token(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_liveness_result(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> apply_sdk_verification_token(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_sdk_verification_result(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
