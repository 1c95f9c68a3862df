// SPDX-License-Identifier: Apache-2.0
// What `selfsame eval liveness` says to people.
#pragma once

#include <string>

#include "evaluation/liveness_evaluation.h"

namespace selfsame::evaluation {

/// "bona_fide", "attack", "masked": the words of schemas/eval_liveness.json.
[[nodiscard]] const char* name_of(Presentation presentation) noexcept;
/// "live", "unsure", "attack", "not_judged".
[[nodiscard]] const char* name_of(core::LivenessVerdict verdict) noexcept;

/// Plain text, 100 columns, with a final line end.
[[nodiscard]] std::string render_text(const LivenessEvaluation& evaluation);

/// The DET plot of the default system, by frame; empty where there are no rates.
[[nodiscard]] std::string draw_det(const LivenessEvaluation& evaluation);

}  // namespace selfsame::evaluation
