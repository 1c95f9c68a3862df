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
    const CaptureMeter meter(
        liveness, test::parts().detector, test::parts().tracker, test::parts().landmarker
    );
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

// Another head for a third of a second, on the shoulders of the one before and after: few of the
// frames that are looked at in any case show it.
TEST_F(Capture, WhoAnswersIsTheOneBeforeAndAfter) {
  auto frames = test::talking_frames();
  const Image portrait = test::fixture("obama.jpg");
  const auto faces = test::parts().detector.detect(view_of(portrait), 640).value();
  ASSERT_FALSE(faces.empty());
  constexpr std::size_t kFirst = 43;
  constexpr std::size_t kLast = 54;
  const core::TimeWindow window{
      .begin_s = kFirst / test::kTalkingRate, .end_s = kLast / test::kTalkingRate
  };
  for (std::size_t i = kFirst; i < kLast; ++i) {
    const auto seen = test::parts().detector.detect(view_of(frames[i]), 640).value();
    ASSERT_FALSE(seen.empty());
    test::put_face(portrait, faces.front().box, frames[i], seen.front().box);
  }
  const auto measured_with = [&](const core::Challenge& challenge) {
    const auto liveness = test::parts().meter();
    const CaptureMeter meter(
        liveness, test::parts().detector, test::parts().tracker, test::parts().landmarker
    );
    return meter.measure_frames(test::source_of(frames, test::kTalkingRate), challenge).value();
  };
  core::Challenge challenge;
  challenge.actions = {{.action = core::FaceAction::blink, .window = window}};
  const auto swapped = measured_with(challenge);
  ASSERT_FALSE(swapped.liveness.evidence.defect.has_value());
  EXPECT_FALSE(swapped.liveness.evidence.same_face_throughout);
  EXPECT_TRUE(measured(challenge).liveness.evidence.same_face_throughout);
  // Not because the other frames had shown it.
  EXPECT_TRUE(measured_with({}).liveness.evidence.same_face_throughout);
}

TEST_F(Capture, UndecodableIsAFinding) {
  const auto liveness = test::parts().meter();
  const CaptureMeter meter(
      liveness, test::parts().detector, test::parts().tracker, test::parts().landmarker
  );
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
  const CaptureMeter meter(
      liveness, test::parts().detector, test::parts().landmarker, test::parts().landmarker
  );
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

TEST_F(Capture, StillsAloneDoNotShowActions) {
  const auto liveness = test::parts().meter();
  const CaptureMeter meter(
      liveness, test::parts().detector, test::parts().landmarker, test::parts().landmarker
  );
  auto challenge = eight_colours();
  challenge.actions = {{.action = core::FaceAction::nod, .window = std::nullopt}};
  const auto capture = meter.measure({.stills = stills_of(6, 20)}, challenge).value();
  EXPECT_EQ(capture.liveness.evidence.defect, core::CaptureDefect::undecodable);
}

TEST_F(Capture, LowerScoreOfStillsAndVideoCounts) {
  const Bytes video = test::read_file(test::kFixturesDir + "/talking.mp4");
  auto stills = stills_of(6, 20);
  for (std::size_t i = 0; i < stills.size(); ++i) {
    stills[i].encoded = encode_jpeg(test::in_grey(test::talking_frames()[6 * i]), 90);
  }
  const auto of_video = answered({.video = video}).liveness.evidence;
  const auto of_stills = answered({.stills = stills}).liveness.evidence;
  ASSERT_LT(of_stills.pad->value, of_video.pad->value);
  EXPECT_TRUE(of_video.in_colour);
  const auto joined = answered({.video = video, .stills = stills}).liveness.evidence;
  EXPECT_EQ(joined.pad->value, of_stills.pad->value);
  EXPECT_FALSE(joined.in_colour);
}

// As a screen lights a round head: what an attacker would multiply into a genuine picture.
Image relit(const Image& image, const FaceLandmarks& mesh, const core::Flash& flash) {
  constexpr double kReflected = 0.2;
  const auto middle = [&mesh](std::size_t a, std::size_t b) {
    return cv::Point2d(mesh.points[a].x + mesh.points[b].x, mesh.points[a].y + mesh.points[b].y) /
           2;
  };
  const double half_width = static_cast<double>(mesh.points[454].x - mesh.points[234].x) / 2;
  const double half_height = static_cast<double>(mesh.points[152].y - mesh.points[10].y) / 2;
  const double centre_x = middle(234, 454).x, centre_y = middle(10, 152).y;
  const cv::Vec3d colour(flash.blue / 255.0, flash.green / 255.0, flash.red / 255.0);
  cv::Mat picture = test::mat_of(image);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const double across = (x - centre_x) / half_width, down = (y - centre_y) / half_height;
      const double slant = std::sqrt(std::max(0.0, 1 - across * across - down * down));
      auto& pixel = picture.at<cv::Vec3b>(y, x);
      for (int c = 0; c < 3; ++c) {
        const double gain = std::pow(1 + kReflected * colour[c] * slant, 1 / 2.2);
        pixel[c] = cv::saturate_cast<std::uint8_t>(gain * pixel[c]);
      }
    }
  }
  return test::image_of(picture);
}

TEST_F(Capture, ColoursPutIntoStillsAreNotInTheVideo) {
  auto challenge = eight_colours();
  challenge.flashes_begin_s = 0.4;
  std::vector<TimedStill> stills;
  double begin_s = challenge.flashes_begin_s;
  for (auto& flash : challenge.flashes) {
    flash.duration_ms = 400;
    for (const double after_s : {0.12, 0.28}) {
      const auto index = static_cast<std::size_t>((begin_s + after_s) * test::kTalkingRate);
      const Image& frame = test::talking_frames()[index];
      stills.push_back(
          {.encoded = encode_jpeg(relit(frame, test::mesh_in(frame), flash), 90),
           .time_s = begin_s + after_s + 0.05}
      );
    }
    begin_s += 0.4;
  }
  const auto liveness = test::parts().meter();
  const CaptureMeter meter(
      liveness, test::parts().detector, test::parts().landmarker, test::parts().landmarker
  );
  const auto fault_of = [&](const CaptureSamples& samples) {
    const auto capture = meter.measure(samples, challenge).value();
    return core::fault_of_reflection(*capture.challenge.reflection, challenge);
  };
  EXPECT_EQ(fault_of({.stills = stills}), std::nullopt);
  const Bytes video = test::read_file(test::kFixturesDir + "/talking.mp4");
  EXPECT_EQ(fault_of({.video = video, .stills = stills}), core::Outcome::reflection_mismatch);
}

}  // namespace
}  // namespace selfsame::vision
