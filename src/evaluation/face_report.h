// SPDX-License-Identifier: Apache-2.0
// What `selfsame eval face` says to people.
#pragma once

#include <string>

#include "evaluation/face_evaluation.h"

namespace selfsame::evaluation {

/// "empirical" or "gpd": the words of schemas/eval_face.json.
[[nodiscard]] const char* name_of(ThresholdMethod method) noexcept;
/// "all_pairs" or "pairs".
[[nodiscard]] const char* name_of(Protocol protocol) noexcept;
/// "1e-3" and so on; empty when the rate is not one of kReportedFmr.
[[nodiscard]] std::string fmr_name(double fmr);

/// Plain text, 100 columns, with a final line end.
[[nodiscard]] std::string render_text(const FaceEvaluation& evaluation);

/// Title and subtitle for the DET plot of this evaluation.
[[nodiscard]] std::string det_title(const FaceEvaluation& evaluation);
[[nodiscard]] std::string det_subtitle(const FaceEvaluation& evaluation);

}  // namespace selfsame::evaluation
