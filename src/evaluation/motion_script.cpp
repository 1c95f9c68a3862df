// SPDX-License-Identifier: Apache-2.0
#include "evaluation/motion_script.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "evaluation/seeded_random.h"

namespace selfsame::evaluation {
namespace {

using core::FaceAction;

// The middle of how far people go.
constexpr double kTurn_deg = 32;
constexpr double kShake_deg = 18;  // to either side
constexpr double kNod_deg = 18;    // down
constexpr double kMouth = 0.75;

double eased(double share) {
  const double s = std::clamp(share, 0.0, 1.0);
  return s * s * (3 - 2 * s);
}

// 0 to 1 and back: up in the first `rise` of the time, down in the last.
double bump(double share, double rise) {
  return std::min(eased(share / rise), eased((1 - share) / rise));
}

// Swings that begin and end at 0.
double swings(double share, double count) {
  return std::sin(2 * std::numbers::pi * count * share) * bump(share, 0.2);
}

void add(const ScriptedAction& action, double share, FaceMotion& motion) {
  const double extent = action.extent;
  // As many as fit a comfortable pace of 1.2 to and fro a second, two at least.
  const double count = std::max(2.0, std::round(1.2 * action.length_s));
  switch (action.action) {
    case FaceAction::open_mouth:
      motion.mouth_open += kMouth * extent * bump(share, 0.35);
      motion.turn.pitch_deg -= 3 * extent * bump(share, 0.35);  // the head goes back a little
      return;
    case FaceAction::blink:
      motion.eyes_shut = std::max(motion.eyes_shut, std::min(1.0, 1.1 * bump(share, 0.35)));
      return;
    case FaceAction::nod:
      motion.turn.pitch_deg +=
          kNod_deg * extent * (0.5 - 0.5 * std::cos(2 * std::numbers::pi * count * share));
      return;
    case FaceAction::shake:
      motion.turn.yaw_deg += kShake_deg * extent * swings(share, count);
      return;
    case FaceAction::turn_left:
      motion.turn.yaw_deg -= kTurn_deg * extent * bump(share, 0.35);
      return;
    case FaceAction::turn_right:
      motion.turn.yaw_deg += kTurn_deg * extent * bump(share, 0.35);
      return;
  }
}

double length_of(FaceAction action, SeededRandom& random) {
  switch (action) {
    case FaceAction::blink:
      return random.between(0.24, 0.45);
    case FaceAction::open_mouth:
      return random.between(0.9, 1.5);
    case FaceAction::nod:
    case FaceAction::shake:
      return random.between(1.2, 1.8);
    case FaceAction::turn_left:
    case FaceAction::turn_right:
      return random.between(0.9, 1.6);
  }
  return 1;
}

ScriptedAction performed(FaceAction action, double begin_s, SeededRandom& random) {
  return {
      .action = action,
      .begin_s = begin_s,
      .length_s = length_of(action, random),
      .extent = random.between(0.85, 1.2)
  };
}

}  // namespace

MotionScript::MotionScript(
    std::vector<ScriptedAction> actions, Habits habits, double duration_s, std::uint64_t seed
)
    : actions_(std::move(actions)), habits_(habits), duration_s_(duration_s) {
  SeededRandom random(seed);
  for (int i = 0; i < 10; ++i) phase_.push_back(random.between(0, 2 * std::numbers::pi));
  if (habits_.still || !habits_.blinks) return;
  for (double at_s = random.between(0.5, 4); at_s < duration_s_; at_s += random.between(2, 5)) {
    actions_.push_back(performed(FaceAction::blink, at_s, random));
  }
}

FaceMotion MotionScript::at(double time_s) const {
  FaceMotion motion;
  if (habits_.still) return motion;
  const auto wave = [&](std::size_t i, double hertz) {
    return std::sin(2 * std::numbers::pi * hertz * time_s + phase_[i]);
  };
  motion.turn.yaw_deg = habits_.restless_deg * (wave(0, 0.23) + 0.4 * wave(1, 0.71));
  motion.turn.pitch_deg = habits_.restless_deg * (0.8 * wave(2, 0.19) + 0.4 * wave(3, 0.83));
  motion.turn.roll_deg = habits_.restless_deg * 0.7 * wave(4, 0.29);
  motion.sway_x = 0.015 * wave(5, 0.33);
  motion.sway_y = 0.012 * wave(6, 0.27);
  if (habits_.talks) {
    const double open = 0.14 + 0.1 * wave(7, 3.1) + 0.1 * wave(8, 4.7) + 0.06 * wave(9, 1.3);
    motion.mouth_open = std::max(open, 0.0);
  }
  for (const auto& action : actions_) {
    const double share = (time_s - action.begin_s) / action.length_s;
    if (share > 0 && share < 1) add(action, share, motion);
  }
  return motion;
}

MotionScript answer_to(const core::Challenge& challenge, const Habits& habits, std::uint64_t seed) {
  SeededRandom random(seed ^ 0xAC710ULL);
  std::vector<ScriptedAction> actions;
  double next_s = 0.8;
  for (const auto& prompt : challenge.actions) {
    const double prompted_s = prompt.window ? prompt.window->begin_s : next_s;
    auto action = performed(prompt.action, prompted_s + random.between(0.3, 0.8), random);
    if (prompt.window) {
      action.length_s = std::min(action.length_s, prompt.window->end_s - action.begin_s);
    }
    next_s = action.begin_s + action.length_s + 0.5;
    actions.push_back(action);
  }
  const double duration_s = challenge.duration_s > 0 ? challenge.duration_s : next_s + 0.5;
  return {std::move(actions), habits, duration_s, random.next()};
}

MotionScript everything_at_once(double duration_s, std::uint64_t seed) {
  SeededRandom random(seed ^ 0xA11ULL);
  constexpr std::array kAll = {
      FaceAction::nod, FaceAction::shake, FaceAction::blink, FaceAction::open_mouth
  };
  std::vector<ScriptedAction> actions;
  for (const FaceAction action : kAll) {
    for (double at_s = random.between(0, 1); at_s < duration_s;) {
      actions.push_back(performed(action, at_s, random));
      at_s += actions.back().length_s + random.between(0, 0.5);
    }
  }
  return {std::move(actions), Habits{}, duration_s, random.next()};
}

}  // namespace selfsame::evaluation
