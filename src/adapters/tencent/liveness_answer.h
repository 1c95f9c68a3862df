// SPDX-License-Identifier: Apache-2.0
// What the actions that judge a video and compare it with a photo have in common: the request to
// the flow and the fields of the answer.
#pragma once

#include <optional>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/liveness_type.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "flows/liveness_comparison.h"

namespace selfsame::adapters::tencent {

/// The product whose table bills these actions.
inline constexpr core::Product kPureApiProduct = core::Product::tencent_pure_api;

/// Without photo and video, which the action brings.
[[nodiscard]] flows::LivenessComparisonRequest liveness_request(
    const Call& call, std::string_view action, const LivenessType& type
);

/// May the caller bring a sequence of its own? Silent brings none.
[[nodiscard]] Answer<void> check_callers_challenge(const Call& call, core::LivenessMode mode);

/// 0 to 100, 0 when nothing was compared; the marks are 70 = FAR 1e-3 and 80 = 1e-4 (the vendor's),
/// 90 = 1e-5 and 95 = 1e-6 (ours).
[[nodiscard]] double sim_of(
    std::optional<double> cosine, const core::ComparisonCalibration& calibration
);

/// Result, Description and Sim.
[[nodiscard]] Success render_liveness(
    const flows::LivenessComparisonResult& result,
    const core::ComparisonCalibration& calibration,
    core::LivenessMode mode
);

}  // namespace selfsame::adapters::tencent
