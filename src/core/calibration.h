// SPDX-License-Identifier: Apache-2.0
// Measured operating points of the face comparator, and scales that show a score to people.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/scores.h"

namespace selfsame::core {

/// False match rates at which the comparator is calibrated, and their names in every JSON of ours.
inline constexpr std::array<double, 4> kCalibratedFmr = {1e-3, 1e-4, 1e-5, 1e-6};
inline constexpr std::array<const char*, 4> kCalibratedFmrNames = {"1e-3", "1e-4", "1e-5", "1e-6"};

/// Cosine thresholds at kCalibratedFmr, strictly rising, measured by `selfsame eval face` in one
/// inference precision. Data, versioned: models/face_calibration.toml.
struct ComparisonCalibration {
  std::array<double, 4> threshold{};
  std::string precision;  // "f32" or "bf16": the scores of the two differ a little
  std::string version;    // names the measurement, for example "lfw-2026-11"

  /// Rising, finite, inside -1..1.
  [[nodiscard]] bool is_sane() const noexcept;
};

/// match_at[i]: does the score reach the threshold at kCalibratedFmr[i]? NaN never does.
[[nodiscard]] std::array<bool, 4> match_at(
    SimilarityScore score, const ComparisonCalibration& calibration
) noexcept;

/// A scale 0..100 over the cosine: piecewise linear through (cosine 0, 0), the calibrated
/// thresholds at `marks`, and (cosine 1, 100); clamped outside; two decimals; NaN gives 0.
[[nodiscard]] double to_percent(
    SimilarityScore score,
    const ComparisonCalibration& calibration,
    const std::array<double, 4>& marks
) noexcept;

/// Our own scale (native API and CLI): 70, 80, 90, 95 at FMR 1e-3, 1e-4, 1e-5, 1e-6.
inline constexpr std::array<double, 4> kNativeMarks = {70, 80, 90, 95};

}  // namespace selfsame::core
