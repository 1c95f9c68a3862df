// SPDX-License-Identifier: Apache-2.0
// models/networks.toml and models/face_calibration.toml, read into values.
#pragma once

#include <string>

#include "base/result.h"
#include "vision/model_cards.h"

namespace selfsame::app {

/// Reads `models_dir`/networks.toml and the calibration file beside it. An unknown key, a wrong
/// type, a missing value, a network that is named and not described, or thresholds that do not rise
/// give `invalid_parameter` with file, line and what is wrong. Never throws on bad input.
[[nodiscard]] Result<vision::ModelCards> read_model_cards(const std::string& models_dir);

}  // namespace selfsame::app
