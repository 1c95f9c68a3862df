// SPDX-License-Identifier: Apache-2.0
// The engine's comparator as one dot product, so that millions of pairs take seconds.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "evaluation/scores.h"
#include "vision/face_engine.h"

namespace selfsame::evaluation {

/// Rows whose dot product is what engine.compare() answers: each network's template times the
/// square root of its weight, one after the other. The weights are learnt by asking the engine, and
/// a sample of real pairs is compared both ways.
///
/// `engine_failed` when a template is not finite or not of unit norm, when the shapes differ, or
/// when the engine's answer is not a weighted mean of cosines.
[[nodiscard]] Result<TemplateSet> flatten(
    const vision::FaceEngine& engine,
    const std::vector<const vision::FaceTemplates*>& templates,
    std::vector<std::uint32_t> identity,
    std::uint32_t identities
);

}  // namespace selfsame::evaluation
