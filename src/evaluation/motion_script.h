// SPDX-License-Identifier: Apache-2.0
// How a drawn person moves over time: actions in persons' various ways, by seed.
#pragma once

#include <cstdint>
#include <vector>

#include "core/challenge.h"
#include "evaluation/portrait_animator.h"

namespace selfsame::evaluation {

/// One action as one person does it.
struct ScriptedAction {
  core::FaceAction action{};
  double begin_s = 0;
  double length_s = 1;  // until the head is back, the eyes open, the mouth shut
  double extent = 1;    // of the action's own middle: .8 is small, 1.3 large
};

/// Where the face's own small movements come from.
struct Habits {
  bool still = false;         // a photo: nothing at all
  bool talks = false;         // lips go as if speaking
  bool blinks = true;         // now and then, unasked
  double restless_deg = 1.5;  // head sway
};

/// A function of time. Immutable.
class MotionScript {
 public:
  MotionScript(
      std::vector<ScriptedAction> actions, Habits habits, double duration_s, std::uint64_t seed
  );
  [[nodiscard]] FaceMotion at(double time_s) const;
  [[nodiscard]] double duration_s() const noexcept { return duration_s_; }
  /// All of them, the unasked blinks too.
  [[nodiscard]] const std::vector<ScriptedAction>& actions() const noexcept { return actions_; }

 private:
  std::vector<ScriptedAction> actions_;
  Habits habits_;
  double duration_s_;
  std::vector<double> phase_;
};

/// A person who does what is asked, each action within its window, by delays, speeds and extents of
/// their own. Actions without a window follow each other.
[[nodiscard]] MotionScript answer_to(
    const core::Challenge& challenge, const Habits& habits, std::uint64_t seed
);

/// Somebody who nods, shakes, blinks and opens the mouth all the time, at random.
[[nodiscard]] MotionScript everything_at_once(double duration_s, std::uint64_t seed);

}  // namespace selfsame::evaluation
