// SPDX-License-Identifier: Apache-2.0
// The web flow: ApplyWebVerificationBizTokenIntl and GetWebVerificationResultIntl, and the older
// pair of SDK 3.0, ApplyWebVerificationToken and GetWebVerificationResult, which speaks in URLs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> apply_web_verification_biz_token_intl_fields();
[[nodiscard]] std::span<const Field> apply_web_verification_token_fields();
/// Of both results.
[[nodiscard]] std::span<const Field> biz_token_fields();

/// Out of checked fields, without token.
[[nodiscard]] Answer<flows::VerificationOrder> parse_apply_web_verification(
    const Parameters& parameters, const Call& call
);

/// The fields of GetWebVerificationResultIntl but for the two media.
[[nodiscard]] Fields render_web_result(
    const Services& services, const flows::VerificationView& view, bool tells_tags
);

[[nodiscard]] boost::asio::awaitable<Answer<Success>> apply_web_verification_biz_token_intl(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_web_verification_result_intl(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> apply_web_verification_token(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> get_web_verification_result(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
