// SPDX-License-Identifier: Apache-2.0
// What people do in clips, as somebody saw it who looked.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/challenge_evidence.h"

namespace selfsame::evaluation {

/// From..to, both included: half blinks and blinks that the clip cuts off may be seen or not.
struct CountRange {
  int least = 0;
  int most = 0;
};

struct ClipTruth {
  CountRange blinks;
  CountRange mouth_openings;
  CountRange turns;  // to either side
};

/// Lines `FILE BLINKS MOUTH_OPENINGS TURNS`, a count `2` or a range `1-2`; `#` begins a comment.
/// `invalid_parameter` names the line.
[[nodiscard]] Result<std::map<std::string, ClipTruth>> read_action_truth(std::string_view text);

[[nodiscard]] bool is_as_known(const core::ActionEvidence& evidence, const ClipTruth& truth);

}  // namespace selfsame::evaluation
