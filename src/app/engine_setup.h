// SPDX-License-Identifier: Apache-2.0
// From settings to a face engine that has proven itself.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "vision/face_engine.h"
#include "vision/model_cards.h"

namespace selfsame::app {

struct ModelPaths {
  std::string models_dir;    // holds networks.toml, face_calibration.toml and the networks
  std::string fixtures_dir;  // pictures of the self-test
};

/// Settings first, then ../models and ../share/selfsame/models beside the program. `not_found` says
/// where it looked and what to do.
[[nodiscard]] Result<ModelPaths> find_models(const Settings& settings);

/// The packaged cards joined by the models added to data.dir (added_models.h), with the switches of
/// the settings applied.
[[nodiscard]] Result<vision::ModelCards> load_cards(
    const ModelPaths& paths, const Settings& settings
);

/// How to run networks by these settings.
[[nodiscard]] vision::EngineOptions engine_options(
    const ModelPaths& paths, const Settings& settings
);

/// Loads every network. `cache_dir` keeps compiled networks; empty: none.
[[nodiscard]] Result<std::unique_ptr<vision::FaceEngine>> load_engine(
    const Settings& settings, const std::string& cache_dir
);

/// The same for measuring error rates: its comparator needs no calibration, and matches nothing.
[[nodiscard]] Result<std::unique_ptr<vision::FaceEngine>> load_engine_to_measure(
    const Settings& settings
);

/// Shows on the fixtures that every network separates (vision/engine_check.h).
[[nodiscard]] Result<void> prove_engine(const vision::FaceEngine& engine, const Settings& settings);

}  // namespace selfsame::app
