// SPDX-License-Identifier: Apache-2.0
// The detection error trade-off as a picture (ISO/IEC 19795-1: DET).
#pragma once

#include <string>

#include "evaluation/error_rates.h"

namespace selfsame::evaluation {

/// What the axes show.
struct DetWords {
  std::string across = "False match rate (FMR)";
  std::string up = "False non-match rate (FNMR)";
  std::string legend = "filled: from pairs; open: extrapolated tail; bars: bootstrap over people";
};

/// A self-contained SVG, 900 x 640: FNMR over FMR, both axes on the scale of normal deviates, the
/// operating points with their intervals, the equal error rate. The texts are escaped.
[[nodiscard]] std::string draw_det(
    const ErrorRates& rates,
    const std::string& title,
    const std::string& subtitle,
    const DetWords& words = {}
);

/// The inverse of the standard normal distribution function; 0 < share < 1. Error below 1e-8.
[[nodiscard]] double normal_deviate(double share);

}  // namespace selfsame::evaluation
