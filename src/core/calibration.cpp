// SPDX-License-Identifier: Apache-2.0
#include "core/calibration.h"

#include <cmath>
#include <utility>

namespace selfsame::core {

bool ComparisonCalibration::is_sane() const noexcept {
  double last = 0;
  for (const double value : threshold) {
    if (!(value > last && value < 1)) return false;
    last = value;
  }
  return true;
}

std::array<bool, 4> match_at(
    SimilarityScore score, const ComparisonCalibration& calibration
) noexcept {
  std::array<bool, 4> matches{};
  for (std::size_t i = 0; i < matches.size(); ++i) {
    matches[i] = score.cosine >= calibration.threshold[i];
  }
  return matches;
}

double to_percent(
    SimilarityScore score,
    const ComparisonCalibration& calibration,
    const std::array<double, 4>& marks
) noexcept {
  if (!(score.cosine > 0)) return 0;
  double from_cosine = 0;
  double from_mark = 0;
  const auto between = [&](double to_cosine, double to_mark) {
    const double share = (score.cosine - from_cosine) / (to_cosine - from_cosine);
    // Rounded down, but for the noise of a float: a score just under a threshold must not show the
    // threshold's mark.
    return std::floor((from_mark + share * (to_mark - from_mark)) * 100 + 1e-3) / 100;
  };
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (score.cosine < calibration.threshold[i]) return between(calibration.threshold[i], marks[i]);
    from_cosine = calibration.threshold[i];
    from_mark = marks[i];
  }
  return score.cosine >= 1 ? 100 : between(1, 100);
}

}  // namespace selfsame::core
