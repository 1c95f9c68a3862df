// SPDX-License-Identifier: Apache-2.0
// The vendor's confidence 0..100: a scale of its own over the same cosine, told with its thresholds
// in every answer and never to be compared across answers.
#pragma once

#include <array>
#include <boost/json/object.hpp>

#include "core/calibration.h"

namespace selfsame::adapters::megvii {

/// At false match rates 1e-3, 1e-4, 1e-5, 1e-6: those of the guide's example, rounded.
inline constexpr std::array<double, 4> kConfidenceMarks = {62.17, 69.32, 74.4, 78.04};

/// `{"confidence": …, "thresholds": {"1e-3": …, …}}`
/// @param cosine  NaN has no confidence, which is 0
[[nodiscard]] boost::json::object confidence_json(
    double cosine, const core::ComparisonCalibration& calibration
);

}  // namespace selfsame::adapters::megvii
