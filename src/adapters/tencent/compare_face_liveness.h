// SPDX-License-Identifier: Apache-2.0
// The action CompareFaceLiveness: is the person in the video alive, and the one on the photo?
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "flows/liveness_comparison.h"

namespace selfsame::adapters::tencent {

/// The product whose table bills this action.
inline constexpr std::string_view kPureApiProduct = "tencent.pure-api";

/// Its request fields (guide 002 and the field list of SDK 3.1.193). LivenessType is checked by
/// parse_compare_face_liveness.
[[nodiscard]] std::span<const Field> compare_face_liveness_fields();

/// What the flow needs, out of checked parameters: decodes the base64 fields.
/// InvalidParameterValue for text that is not plain base64 (a `data:` prefix, line breaks), for an
/// unknown LivenessType and for ValidateData beside SILENT; UnsupportedOperation for the modes
/// that are not offered yet (ACTION, LIP).
[[nodiscard]] Answer<flows::LivenessComparisonRequest> parse_compare_face_liveness(
    const Parameters& parameters, const Call& call
);

/// Result, Description, Sim and BestFrameBase64. Sim is 0 when nothing was compared; its marks are
/// 70 = FAR 1e-3 and 80 = 1e-4 (the vendor's), 90 = 1e-5 and 95 = 1e-6 (ours).
[[nodiscard]] Success render_compare_face_liveness(
    const flows::LivenessComparisonResult& result, const core::ComparisonCalibration& calibration
);

[[nodiscard]] boost::asio::awaitable<Answer<Success>> compare_face_liveness(
    const flows::LivenessComparison* flow, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
