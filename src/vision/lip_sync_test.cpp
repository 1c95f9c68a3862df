// SPDX-License-Identifier: Apache-2.0
// Real talkers. The thresholds were settled after all of these clips had been looked at.
#include "vision/lip_sync.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "vision/decode_sound.h"
#include "vision/frame_sampler.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

constexpr double kRate_hz = 15;
// Those of core/speech_decision.cpp.
constexpr double kLeastMovement = 2.2;
constexpr double kLeastSync = 0.1;

// Syllables of different lengths; 1 while one is spoken.
double voice_at(double time_s) {
  static constexpr double kEdges_s[] = {
      0.5, 0.8, 1.0, 1.5, 1.6, 1.75, 2.2, 2.9, 3.1, 3.3, 3.9, 4.1
  };
  const auto passed = std::ranges::upper_bound(kEdges_s, time_s) - std::begin(kEdges_s);
  return passed % 2 == 1 ? 1 : 0;
}

Loudness voice() {
  std::vector<std::int16_t> samples(5 * kSoundRate_hz);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double time_s = static_cast<double>(i) / kSoundRate_hz;
    samples[i] = static_cast<std::int16_t>(
        (20 + 8000 * voice_at(time_s)) * std::sin(2 * 3.14159265 * 200 * time_s)
    );
  }
  return Loudness(samples);
}

FaceTrack lips(double late_s, double opening = 0.3) {
  FaceTrack track;
  for (int i = 0; i < 75; ++i) {
    TrackedFrame frame;
    frame.time_s = i / kRate_hz;
    frame.has_face = true;
    frame.mouth = 0.1 + opening * voice_at(frame.time_s - late_s) + 0.001 * (i % 3);
    track.frames.push_back(frame);
  }
  return track;
}

LipMotion motion_of(const FaceTrack& track) {
  return measure_lips(track, voice(), 0, {.begin_s = 0, .end_s = 5});
}

TEST(LipSync, TellsLipsInStepFromLateOnes) {
  for (const double late_s : {-0.15, 0.0, 0.15}) {
    const auto motion = motion_of(lips(late_s));
    EXPECT_GE(motion.sync, kLeastSync) << late_s;
    EXPECT_NEAR(motion.lag_s, -late_s, 0.1);
    EXPECT_NEAR(motion.range, 0.3, 0.01);
  }
  for (const double late_s : {-1.0, -0.6, 0.6, 1.0}) {
    EXPECT_LT(motion_of(lips(late_s)).sync, kLeastSync) << late_s;
  }
}

TEST(LipSync, TellsMovingLipsFromStillOnes) {
  EXPECT_GE(motion_of(lips(0)).movement, kLeastMovement);
  EXPECT_LT(motion_of(lips(0, 0)).movement, kLeastMovement);
}

TEST(LipSync, NeedsToSeeTheMouth) {
  const auto expect_none = [](const FaceTrack& track) {
    const auto motion = motion_of(track);
    EXPECT_TRUE(std::isnan(motion.movement) && std::isnan(motion.range));
    EXPECT_TRUE(std::isnan(motion.sync) && std::isnan(motion.lag_s));
  };
  expect_none({});
  auto gap = lips(0);
  for (std::size_t i = 30; i < 36; ++i) gap.frames[i].has_face = false;
  expect_none(gap);
  auto hidden = lips(0);
  for (auto& frame : hidden.frames) frame.mouth = std::numeric_limits<double>::quiet_NaN();
  expect_none(hidden);
  auto brief = lips(0);
  brief.frames.resize(10);
  expect_none(brief);
}

TEST(LipSync, FindsNoneWithoutAVoice) {
  const Loudness silence(std::vector<std::int16_t>(5 * kSoundRate_hz));
  const auto motion = measure_lips(lips(0), silence, 0, {.begin_s = 0, .end_s = 5});
  EXPECT_TRUE(std::isnan(motion.sync));
}

class RealLips : public test::WithEvalData {
 protected:
  static FaceTrack track_of(ByteView video) {
    FaceTracker tracker(test::parts().detector, test::parts().landmarker);
    const auto shown = decode_video(video, {}, [&tracker](const VideoFrame& frame) {
      if (!tracker.wants(frame.time_s())) return Visit::more;
      const Image image = frame.image(kSampleSide_px).value();
      EXPECT_TRUE(tracker.add(view_of(image), frame.index(), frame.time_s()));
      return Visit::more;
    });
    EXPECT_TRUE(shown);
    return std::move(tracker).take();
  }
};

TEST_F(RealLips, AreInStepWithTheirSoundAndNotWhenItIsShifted) {
  for (const auto& clip :
       std::filesystem::directory_iterator(test::kEvalData + "/liveness/talking")) {
    const Bytes video = test::read_file(clip.path().string());
    const FaceTrack track = track_of(video);
    const Sound sound = decode_sound(video, {}).value();
    const Loudness loudness(sound.samples);
    const auto shifted = [&](double shift_s) {
      return measure_lips(track, loudness, sound.start_s + shift_s, {.begin_s = 0, .end_s = 4});
    };
    const auto genuine = shifted(0);
    EXPECT_GE(genuine.sync, kLeastSync) << clip.path();
    EXPECT_GE(genuine.movement, kLeastMovement) << clip.path();
    EXPECT_GE(genuine.range, 0.05) << clip.path();
    for (const double shift_s : {-1.0, -0.8, -0.6, 0.6, 0.8, 1.0}) {
      EXPECT_LT(shifted(shift_s).sync, kLeastSync) << clip.path() << ' ' << shift_s;
    }
  }
}

TEST_F(RealLips, OfSilentPeopleAreStill) {
  for (const char* name : {"webcam.mp4", "webcam_2.mp4"}) {
    const auto track = track_of(test::read_file(test::kEvalData + "/liveness/live/" + name));
    const auto motion = measure_lips(track, voice(), 0, {.begin_s = 0, .end_s = 6});
    EXPECT_LT(motion.movement, kLeastMovement) << name;
  }
}

}  // namespace
}  // namespace selfsame::vision
