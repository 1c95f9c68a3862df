// SPDX-License-Identifier: Apache-2.0
// How well actions are read: from drawn heads whose actions are known, and from clips of people.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/challenge.h"
#include "core/challenge_evidence.h"
#include "evaluation/error_rates.h"
#include "evaluation/face_follower.h"
#include "vision/image.h"

namespace selfsame::evaluation {

inline constexpr std::array kFaceActions = {
    core::FaceAction::open_mouth,
    core::FaceAction::blink,
    core::FaceAction::nod,
    core::FaceAction::shake,
    core::FaceAction::turn_left,
    core::FaceAction::turn_right
};

/// `hits` of `trials`, with Wilson's interval (95 %). No trials: 0..1.
struct Proportion {
  std::size_t hits = 0;
  std::size_t trials = 0;
  [[nodiscard]] Interval interval() const;
};

/// Seeds below this one were looked at while the thresholds were set; those from it on only judge.
inline constexpr std::uint64_t kFirstJudgingSeed = 1000;

struct ActionEvaluationRequest {
  std::vector<vision::Image> portraits;  // near-frontal, eyes open, mouth near shut
  std::size_t clips = 60;                // recordings that answer a challenge
  std::uint64_t seed = kFirstJudgingSeed;
  unsigned threads = 1;
};

/// A recording that answered a challenge for which it was not made.
struct ForeignAnswer {
  std::uint64_t seed = 0;  // of the recording
  std::vector<core::FaceAction> made_for;
  std::vector<core::FaceAction> asked;
};

/// Of drawn heads.
struct DrawnActions {
  std::size_t portraits = 0;
  std::uint64_t seed = 0;
  // Prompted actions that are seen in their window, in the order of kFaceActions.
  std::array<Proportion, kFaceActions.size()> found;
  // seen[a][b]: in how many windows of action a an event of b was seen.
  std::array<std::array<std::size_t, kFaceActions.size()>, kFaceActions.size()> seen{};
  Proportion blinks_made;         // blinks seen in these recordings, that the script has
  Proportion right_accepted;      // recordings, by the challenge that they answer
  Proportion foreign_refused;     // recordings against every other challenge of as many actions
  Proportion everything_refused;  // nods, shakes, blinks and opens all the time
  Proportion still_unmoved;       // a photo: nothing seen
  Proportion talking_quiet;       // a talking head: nothing seen but blinks
  std::vector<ForeignAnswer> foreign_accepted;
};

/// Of a clip of a person.
struct ClipActions {
  std::string file;
  core::ActionEvidence evidence;
};

using ActionProgress = std::function<void(std::size_t done, std::size_t total)>;

/// `invalid_parameter` without a usable portrait; `engine_failed`.
[[nodiscard]] Result<DrawnActions> evaluate_drawn_actions(
    const FaceFollower& follower,
    const ActionEvaluationRequest& request,
    const ActionProgress& progress
);

/// Every video under `folder`, by name. `video_undecodable` names the one that cannot be read.
[[nodiscard]] Result<std::vector<ClipActions>> read_clip_actions(
    const FaceFollower& follower, const std::string& folder
);

}  // namespace selfsame::evaluation
