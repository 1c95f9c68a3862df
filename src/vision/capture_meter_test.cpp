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
    const CaptureMeter meter(liveness, test::parts().detector, test::parts().landmarker);
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
  const CaptureMeter meter(liveness, test::parts().detector, test::parts().landmarker);
  const auto capture = meter.measure({.video = Bytes(5000, 7)}, {}).value();
  EXPECT_EQ(capture.liveness.evidence.defect, core::CaptureDefect::undecodable);
}

}  // namespace
}  // namespace selfsame::vision
