// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/score_scale.h"

namespace selfsame::adapters::megvii {

boost::json::object confidence_json(double cosine, const core::ComparisonCalibration& calibration) {
  boost::json::object thresholds;
  for (std::size_t i = 0; i < kConfidenceMarks.size(); ++i) {
    thresholds[core::kCalibratedFmrNames.at(i)] = kConfidenceMarks.at(i);
  }
  const core::SimilarityScore score{.cosine = cosine};
  return {
      {"confidence", core::to_percent(score, calibration, kConfidenceMarks)},
      {"thresholds", std::move(thresholds)}
  };
}

}  // namespace selfsame::adapters::megvii
