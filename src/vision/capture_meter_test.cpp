// SPDX-License-Identifier: Apache-2.0
#include "vision/capture_meter.h"

#include <gtest/gtest.h>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

class Capture : public test::WithNetworks {
 protected:
  static CaptureMeasurement measured(const core::Challenge& challenge) {
    const auto liveness = test::parts().meter();
    const CaptureMeter meter(liveness, test::parts().detector, test::parts().tracker);
    return meter
        .measure_frames(test::source_of(test::talking_frames(), test::kTalkingRate), challenge)
        .value();
  }
};

TEST_F(Capture, SilentIsLivenessAndNothingElse) {
  const auto alone =
      test::parts()
          .meter()
          .measure_frames(test::source_of(test::talking_frames(), test::kTalkingRate))
          .value();
  const auto capture = measured({});
  EXPECT_EQ(capture.liveness.evidence.pad->value, alone.evidence.pad->value);
  EXPECT_EQ(capture.liveness.best_frame_index, alone.best_frame_index);
  EXPECT_FALSE(capture.challenge.framing || capture.challenge.action);
}

TEST_F(Capture, LivenessIsTheSameBesideAChallenge) {
  core::Challenge challenge;
  challenge.actions = {{.action = core::FaceAction::nod, .window = std::nullopt}};
  const auto capture = measured(challenge);
  EXPECT_EQ(capture.liveness.evidence.pad->value, measured({}).liveness.evidence.pad->value);
}

TEST_F(Capture, UndecodableIsAFinding) {
  const auto liveness = test::parts().meter();
  const CaptureMeter meter(liveness, test::parts().detector, test::parts().tracker);
  const auto capture = meter.measure({.video = Bytes(5000, 7)}, {}).value();
  EXPECT_EQ(capture.liveness.evidence.defect, core::CaptureDefect::undecodable);
}

core::Challenge eight_colours() {
  std::uint32_t next = 0;
  return core::draw_challenge({.flashes = 8}, [&next](std::uint32_t bound) {
    return ++next % bound;
  });
}

// Of the talking person.
std::vector<TimedStill> stills_of(std::size_t step, std::size_t count) {
  std::vector<TimedStill> stills;
  for (std::size_t i = 0; i < count; ++i) {
    stills.push_back(
        {.encoded = encode_jpeg(test::talking_frames()[i * step], 90),
         .time_s = static_cast<double>(i * step) / test::kTalkingRate}
    );
  }
  return stills;
}

CaptureMeasurement answered(const CaptureSamples& samples) {
  const auto liveness = test::parts().meter();
  const CaptureMeter meter(liveness, test::parts().detector, test::parts().landmarker);
  return meter.measure(samples, eight_colours()).value();
}

TEST_F(Capture, StillsAloneAreJudgedForLiveness) {
  auto stills = stills_of(6, 20);
  const auto capture = answered({.stills = stills});
  EXPECT_FALSE(capture.liveness.evidence.defect.has_value());
  EXPECT_TRUE(capture.liveness.evidence.continuous);
  EXPECT_TRUE(capture.liveness.evidence.same_face_throughout);
  ASSERT_TRUE(capture.challenge.reflection.has_value());
  EXPECT_FALSE(capture.challenge.reflection->from_video);
  EXPECT_GT(capture.challenge.reflection->samples, 10);
  EXPECT_TRUE(core::fault_of_reflection(*capture.challenge.reflection, eight_colours()));

  stills[7].encoded = stills[3].encoded;
  EXPECT_FALSE(answered({.stills = stills}).liveness.evidence.continuous);
}

TEST_F(Capture, UnusableStillsLeaveTheVideoAndSayWhy) {
  const Bytes video = test::read_file(test::kFixturesDir + "/carphone_pristine.mp4");
  const auto fault_with = [&video](std::vector<TimedStill> stills) {
    const auto capture = answered({.video = video, .stills = std::move(stills)});
    EXPECT_TRUE(capture.challenge.reflection->from_video);
    return capture.challenge.reflection->stills_fault;
  };
  EXPECT_EQ(fault_with({}), core::StillsFault::absent);
  EXPECT_EQ(fault_with(stills_of(6, 7)), core::StillsFault::too_few);
  auto stills = stills_of(6, 20);
  std::swap(stills[3].time_s, stills[4].time_s);
  EXPECT_EQ(fault_with(stills), core::StillsFault::untimely);
  stills = stills_of(6, 20);
  stills[5].encoded.resize(100);
  EXPECT_EQ(fault_with(stills), core::StillsFault::undecodable);
  EXPECT_EQ(
      answered({.stills = stills}).liveness.evidence.defect, core::CaptureDefect::undecodable
  );
}

}  // namespace
}  // namespace selfsame::vision
