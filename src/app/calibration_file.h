// SPDX-License-Identifier: Apache-2.0
// Thresholds that were measured here, in the format of models/face_calibration.toml.
#pragma once

#include <string>

#include "base/result.h"
#include "evaluation/face_evaluation.h"
#include "vision/model_cards.h"

namespace selfsame::app {

struct StoredCalibration {
  std::string text;     // the whole file
  std::string version;  // COMPARATOR-DATASET-DAY-HASH: another measurement never has the same
};

/// `invalid_parameter` when the data do not support a threshold at every rate of kCalibratedFmr, or
/// the thresholds do not rise: such a comparator may not decide.
/// @param cards  in force during the evaluation: their comparator is the one that was measured
[[nodiscard]] Result<StoredCalibration> calibration_file(
    const evaluation::FaceEvaluation& evaluation, const vision::ModelCards& cards
);

}  // namespace selfsame::app
