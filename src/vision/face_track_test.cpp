// SPDX-License-Identifier: Apache-2.0
#include "vision/face_track.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

class FaceTracking : public test::WithNetworks {
 protected:
  static FaceTrack track_of(const std::vector<Image>& frames, double frame_rate) {
    FaceTracker tracker(test::parts().detector, test::parts().tracker);
    for (int i = 0; i < static_cast<int>(frames.size()); ++i) {
      const double time_s = i / frame_rate;
      if (!tracker.wants(time_s)) continue;
      const Image& frame = frames[static_cast<std::size_t>(i)];
      EXPECT_TRUE(tracker.add(view_of(frame), i, time_s).has_value());
    }
    return std::move(tracker).take();
  }
};

TEST_F(FaceTracking, FollowsATalkingPersonAtItsRate) {
  const auto track = track_of(test::talking_frames(), test::kTalkingRate);
  EXPECT_NEAR(static_cast<double>(track.frames.size()), 60, 1);
  for (const auto& frame : track.frames) {
    ASSERT_TRUE(frame.has_face) << frame.index;
    EXPECT_LT(std::abs(frame.pose.yaw_deg), 30) << frame.index;
    EXPECT_GT(frame.eyes, 0.1) << frame.index;
    EXPECT_GT(frame.mean_luma, 25) << frame.index;
    EXPECT_GT(frame.box.width, 80) << frame.index;
  }
}

TEST_F(FaceTracking, MeetsItsRateOnAverageWhateverTheVideos) {
  for (const double rate : {15.0, 20.0, 24.0, 25.0, 29.97, 60.0}) {
    const std::vector<Image> frames(
        static_cast<std::size_t>(2 * rate), test::resized(test::talking_frames()[0], 0.25)
    );
    EXPECT_NEAR(static_cast<double>(track_of(frames, rate).frames.size()), 30, 2) << rate;
  }
}

TEST_F(FaceTracking, FindsAFaceAgainThatWasAway) {
  auto frames = test::talking_frames();
  const Image wall{
      .width_px = frames[0].width_px,
      .height_px = frames[0].height_px,
      .bgr = std::vector<std::uint8_t>(frames[0].bgr.size(), 90)
  };
  for (std::size_t i = 40; i < 70; ++i) frames[i] = wall;
  const auto track = track_of(frames, test::kTalkingRate);
  for (const auto& frame : track.frames) {
    const bool is_away = frame.index >= 40 && frame.index < 70;
    const bool is_searched_for = frame.index >= 70 && frame.index < 77;
    if (is_searched_for) continue;
    EXPECT_EQ(frame.has_face, !is_away) << frame.index;
    EXPECT_EQ(std::isnan(frame.eyes), is_away) << frame.index;
  }
}

}  // namespace
}  // namespace selfsame::vision
