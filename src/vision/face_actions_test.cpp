// SPDX-License-Identifier: Apache-2.0
// On written tracks; drawn heads and people are in src/evaluation/action_evaluation_test.cpp.
#include "vision/face_actions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "vision/face_track.h"

namespace selfsame::vision {
namespace {

using core::FaceAction;
using core::FramingFault;

constexpr double kRate_hz = FaceTracker::kRate_hz;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A face that does nothing, in the middle of 480x640.
TrackedFrame calm(int index) {
  return {
      .index = index,
      .time_s = index / kRate_hz,
      .has_face = true,
      .box = {.x = 150, .y = 200, .width = 180, .height = 220},
      .pose = {1, -2, 0},
      .eyes = 0.3,
      .mouth = 0.02,
      .mean_luma = 120
  };
}

using Change = std::function<void(TrackedFrame&)>;

FaceTrack track_of(double seconds, const Change& change) {
  FaceTrack track{.width_px = 480, .height_px = 640, .frames = {}};
  for (int i = 0; i < static_cast<int>(seconds * kRate_hz); ++i) {
    track.frames.push_back(calm(i));
    change(track.frames.back());
  }
  return track;
}

std::vector<FaceAction> seen_in(const FaceTrack& track, bool mirrored = false) {
  std::vector<FaceAction> actions;
  for (const auto& event : measure_actions(track, mirrored).events) actions.push_back(event.action);
  return actions;
}

Change during(double begin_s, double end_s, const Change& change) {
  return [=](TrackedFrame& frame) {
    if (frame.time_s >= begin_s && frame.time_s < end_s) change(frame);
  };
}

// Up to `extent` and back between the times.
double hill(double time_s, double begin_s, double end_s, double extent) {
  const double share = (time_s - begin_s) / (end_s - begin_s);
  return share > 0 && share < 1 ? extent * std::sin(std::numbers::pi * share) : 0;
}

Change turned(double begin_s, double end_s, double yaw_deg) {
  return [=](TrackedFrame& frame) {
    frame.pose.yaw_deg += hill(frame.time_s, begin_s, end_s, yaw_deg);
  };
}

Change to_and_fro(double begin_s, double end_s, double hertz, double yaw_deg, double pitch_deg) {
  return during(begin_s, end_s, [=](TrackedFrame& frame) {
    const double phase = 2 * std::numbers::pi * hertz * (frame.time_s - begin_s);
    frame.pose.yaw_deg += yaw_deg * std::sin(phase);
    frame.pose.pitch_deg += pitch_deg * (0.5 - 0.5 * std::cos(phase));
  });
}

TEST(FaceActions, AStillFaceDoesNothing) {
  const auto evidence = measure_actions(track_of(4, [](TrackedFrame&) {}), false);
  EXPECT_TRUE(evidence.events.empty());
  EXPECT_FALSE(evidence.moved);
  EXPECT_TRUE(measure_actions(FaceTrack{}, false).events.empty());
}

TEST(FaceActions, EyesThatShutAndOpenBlink) {
  const auto shut = [](TrackedFrame& frame) { frame.eyes = 0.22; };
  const auto evidence = measure_actions(track_of(4, during(2, 2.2, shut)), false);
  ASSERT_EQ(evidence.events.size(), 1U);
  EXPECT_EQ(evidence.events[0].action, FaceAction::blink);
  EXPECT_NEAR(evidence.events[0].begin_s, 1.95, 0.08);
  EXPECT_NEAR(evidence.events[0].end_s, 2.2, 0.08);
  EXPECT_TRUE(seen_in(track_of(4, during(2, 3.2, shut))).empty()) << "asleep";
  EXPECT_TRUE(seen_in(track_of(4, during(3, 4, shut))).empty()) << "never opened again";
  EXPECT_TRUE(seen_in(track_of(4, during(0, 0.2, shut))).empty()) << "never shut";
  const auto half = [](TrackedFrame& frame) { frame.eyes = 0.27; };
  EXPECT_TRUE(seen_in(track_of(4, during(2, 2.2, half))).empty()) << "half";
}

TEST(FaceActions, LidsOfATurnedHeadDoNotCount) {
  const auto looking_down = [](TrackedFrame& frame) {
    frame.eyes = 0.22;
    frame.pose.pitch_deg += 30;
  };
  const auto seen = seen_in(track_of(4, during(2, 2.3, looking_down)));
  EXPECT_EQ(std::ranges::count(seen, FaceAction::blink), 0);
}

TEST(FaceActions, OnlyAWideOpenMouthCounts) {
  const auto wide = [](TrackedFrame& frame) { frame.mouth = hill(frame.time_s, 1, 2, 0.8); };
  EXPECT_EQ(seen_in(track_of(4, wide)), std::vector{FaceAction::open_mouth});
  const auto talking = [](TrackedFrame& frame) {
    frame.mouth = 0.26 + 0.26 * std::sin(20 * frame.time_s);
  };
  EXPECT_TRUE(seen_in(track_of(4, talking)).empty());
  const auto always = [](TrackedFrame& frame) { frame.mouth = 0.8; };
  EXPECT_TRUE(seen_in(track_of(4, always)).empty()) << "never shut";
}

TEST(FaceActions, AMouthHeldOpenCountsThoughItIsNotWide) {
  const auto held = during(1, 1.5, [](TrackedFrame& frame) { frame.mouth = 0.42; });
  const auto evidence = measure_actions(track_of(4, held), false);
  ASSERT_EQ(evidence.events.size(), 1U);
  EXPECT_EQ(evidence.events[0].action, FaceAction::open_mouth);
  EXPECT_TRUE(evidence.events[0].clear);
  const auto vowel = during(1, 1.2, [](TrackedFrame& frame) { frame.mouth = 0.52; });
  EXPECT_TRUE(seen_in(track_of(4, vowel)).empty()) << "said";
  const auto smiler = [](TrackedFrame& frame) {
    frame.mouth = frame.time_s >= 1 && frame.time_s < 1.5 ? 0.39 : 0.3;
  };
  EXPECT_TRUE(seen_in(track_of(4, smiler)).empty()) << "from the own rest";
}

TEST(FaceActions, AMouthThatOpensByHalfIsSeen) {
  const auto half = during(1, 1.5, [](TrackedFrame& frame) { frame.mouth = 0.32; });
  const auto evidence = measure_actions(track_of(4, half), false);
  ASSERT_EQ(evidence.events.size(), 1U);
  EXPECT_EQ(evidence.events[0].action, FaceAction::open_mouth);
  EXPECT_FALSE(evidence.events[0].clear);
  const auto turned_too = [&](TrackedFrame& frame) {
    half(frame);
    turned(1, 2.2, 32)(frame);
  };
  EXPECT_EQ(seen_in(track_of(4, turned_too)), std::vector{FaceAction::turn_right})
      << "a turned head's lips are not read well";
}

TEST(FaceActions, TurnsAreTheSubjectsOwn) {
  // Yaw grows to the left of the picture: there is the right of whom the camera faces.
  const auto track = track_of(4, turned(1, 2.2, 32));
  EXPECT_EQ(seen_in(track), std::vector{FaceAction::turn_right});
  EXPECT_EQ(seen_in(track, true), std::vector{FaceAction::turn_left});
  EXPECT_EQ(seen_in(track_of(4, turned(1, 2.2, -32))), std::vector{FaceAction::turn_left});
  const auto half = measure_actions(track_of(4, turned(1, 2.2, 18)), false);
  ASSERT_EQ(half.events.size(), 1U);
  EXPECT_FALSE(half.events[0].clear);
  EXPECT_TRUE(seen_in(track_of(4, turned(1, 2.2, 10))).empty());
}

TEST(FaceActions, ATurnIsFromTheOwnBaseline) {
  const auto track = track_of(4, [](TrackedFrame& frame) {
    frame.pose.yaw_deg = -12 + hill(frame.time_s, 1, 2.2, 28);
  });
  EXPECT_EQ(seen_in(track), std::vector{FaceAction::turn_right});
}

TEST(FaceActions, ToAndFroIsAShakeAndNoTurn) {
  EXPECT_EQ(seen_in(track_of(4, to_and_fro(1, 2.7, 1.2, 25, 0))), std::vector{FaceAction::shake});
  EXPECT_TRUE(seen_in(track_of(4, to_and_fro(1, 2.7, 1.2, 8, 0))).empty());
}

TEST(FaceActions, LookingRightAndThenLeftIsTwoTurns) {
  const auto both = [](TrackedFrame& frame) {
    turned(1, 2, 33)(frame);
    turned(2, 3, -33)(frame);
  };
  EXPECT_EQ(
      seen_in(track_of(4, both)), std::vector({FaceAction::turn_right, FaceAction::turn_left})
  );
}

TEST(FaceActions, ANodGoesDownAndComesBack) {
  EXPECT_EQ(seen_in(track_of(4, to_and_fro(1, 2.6, 1.25, 0, 18))), std::vector{FaceAction::nod});
  const auto lowered = [](TrackedFrame& frame) {
    frame.pose.pitch_deg += 18 / (1 + std::exp(-10 * (frame.time_s - 2)));
  };
  EXPECT_TRUE(seen_in(track_of(4, lowered)).empty()) << "stays down";
  EXPECT_TRUE(seen_in(track_of(4, to_and_fro(1, 2.6, 1.25, 20, 18))).size() <= 1)
      << "a head that goes round does not nod as well";
}

TEST(FaceActions, SmallNodsCountAndSwayBeforeThemDoesNot) {
  const auto evidence = measure_actions(
      track_of(
          4,
          [](TrackedFrame& frame) {
            frame.pose.pitch_deg -= 4 * std::clamp(frame.time_s, 0.0, 1.5);  // sinks slowly
            to_and_fro(1.5, 3.1, 1.25, 0, 11)(frame);
          }
      ),
      false
  );
  ASSERT_EQ(evidence.events.size(), 1U);
  EXPECT_EQ(evidence.events[0].action, FaceAction::nod);
  EXPECT_TRUE(evidence.events[0].clear);
  EXPECT_NEAR(evidence.events[0].begin_s, 1.55, 0.12);
}

TEST(FaceActions, AFaceThatChangesItsSizeShowsNothing) {
  const auto track = track_of(4, [](TrackedFrame& frame) {
    to_and_fro(1, 2.6, 1.25, 0, 18)(frame);
    const auto growth = static_cast<float>(1 + hill(frame.time_s, 0.8, 2.8, 0.8));
    frame.box.width *= growth;
    frame.box.height *= growth;
  });
  EXPECT_TRUE(seen_in(track).empty());
}

TEST(FaceActions, AFaceThatGoesAwayShowsNothing) {
  const auto track = track_of(4, [](TrackedFrame& frame) {
    to_and_fro(1, 2.6, 1.25, 0, 18)(frame);
    during(1.3, 2.2, [](TrackedFrame& away) {
      away = {
          .index = away.index, .time_s = away.time_s, .has_face = false, .pose = {kNaN, kNaN, kNaN}
      };
    })(frame);
  });
  EXPECT_TRUE(seen_in(track).empty());
}

std::optional<FramingFault> fault_of(const Change& change) {
  return framing_fault_of(track_of(3, change));
}

TEST(Framing, EachFaultHasItsCause) {
  EXPECT_EQ(fault_of([](TrackedFrame&) {}), std::nullopt);
  EXPECT_EQ(
      fault_of([](TrackedFrame& frame) { frame.box = {40, 60, 400, 520}; }), FramingFault::too_close
  );
  EXPECT_EQ(
      fault_of([](TrackedFrame& frame) { frame.box = {210, 290, 50, 60}; }), FramingFault::too_far
  );
  EXPECT_EQ(fault_of([](TrackedFrame& frame) { frame.box.x = 5; }), FramingFault::too_far_left);
  EXPECT_EQ(fault_of([](TrackedFrame& frame) { frame.box.x = 290; }), FramingFault::too_far_right);
  EXPECT_EQ(fault_of([](TrackedFrame& frame) { frame.mean_luma = 15; }), FramingFault::too_dark);
  EXPECT_EQ(fault_of([](TrackedFrame& frame) { frame.mean_luma = 248; }), FramingFault::too_bright);
  EXPECT_EQ(fault_of([](TrackedFrame& frame) { frame.box.y = 500; }), FramingFault::incomplete);
  const Change mostly_away = [](TrackedFrame& frame) { frame.has_face = frame.index % 3 == 0; };
  EXPECT_EQ(fault_of(mostly_away), FramingFault::incomplete);
}

TEST(Framing, AMomentIsForgiven) {
  EXPECT_EQ(fault_of(during(1, 1.5, [](TrackedFrame& frame) { frame.box.x = -90; })), std::nullopt);
}

}  // namespace
}  // namespace selfsame::vision
