// SPDX-License-Identifier: Apache-2.0
// Measurements as JSON: what the native API and the CLI's --json show (schemas/compare.json,
// schemas/liveness.json).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/calibration.h"
#include "core/scores.h"
#include "flows/photo_comparison.h"

namespace selfsame::adapters::native {

/// schemas/compare.json without `request_id`.
[[nodiscard]] boost::json::object comparison_json(const flows::PhotoComparisonResult& result);

/// The `quality` object of both schemas.
[[nodiscard]] boost::json::object quality_json(const core::QualityMeasures& quality);

}  // namespace selfsame::adapters::native
