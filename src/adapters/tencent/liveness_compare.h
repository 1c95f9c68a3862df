// SPDX-License-Identifier: Apache-2.0
// The actions LivenessCompare (base64 or URLs) and VideoLivenessCompare (URLs with MD5), in the
// modes SILENT, ACTION and LIP.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <span>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> liveness_compare_fields();

/// Result, Description, Sim, BestFrameBase64 and, when several were asked for, BestFrameList.
/// Where a base64 field and a URL are given, the URL is not looked at.
[[nodiscard]] boost::asio::awaitable<Answer<Success>> liveness_compare(
    const Services* services, Parameters parameters, Call call
);

/// BestFrameNum of the field Optional, a JSON object: 1 to 10; 1 when it is not named. Other
/// members are ignored. Nothing when it is no such object.
[[nodiscard]] std::optional<int> best_frames_of(std::string_view optional_json);

[[nodiscard]] std::span<const Field> video_liveness_compare_fields();

/// Result, Description, Sim and BestFrame {Url, MD5, Size}, to be fetched within two hours; null
/// when nothing was compared.
[[nodiscard]] boost::asio::awaitable<Answer<Success>> video_liveness_compare(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
