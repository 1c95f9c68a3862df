// SPDX-License-Identifier: Apache-2.0
// The action CompareFaceLiveness: is the person in the video alive, and the one on the photo?
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string_view>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

/// Its request fields (guide 002 and the field list of SDK 3.1.193).
[[nodiscard]] std::span<const Field> compare_face_liveness_fields();

/// What the flow needs, out of checked parameters: decodes the base64 fields.
/// InvalidParameterValue for text that is not plain base64 (a `data:` prefix, line breaks); for
/// LivenessType and ValidateData see parse_liveness_type.
[[nodiscard]] Answer<flows::LivenessComparisonRequest> parse_compare_face_liveness(
    const Parameters& parameters, const Call& call
);

[[nodiscard]] boost::asio::awaitable<Answer<Success>> compare_face_liveness(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
