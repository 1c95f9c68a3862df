// SPDX-License-Identifier: Apache-2.0
// The lips here open with the loudness, as a talker's do; a real talker's are in evaldata.
#include "vision/speech.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "vision/decode_sound.h"
#include "vision/loudness.h"
#include "vision/spoken_test.h"

namespace selfsame::vision {
namespace {

using core::Outcome;
using test::speech_card;
using test::spoken;
using test::words_of;

const std::string kCode = "73092";

class SpokenDigits : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::espeak_is_here()) GTEST_SKIP() << "espeak-ng is not installed";
    video_ = spoken(words_of(kCode));
    ASSERT_FALSE(video_.empty());
    challenge_.digits = kCode;
  }

  // `late_s`: how long the lips follow the sound.
  [[nodiscard]] FaceTrack lips_of(ByteView video, double late_s = 0, double most = 0.3) const {
    const Sound sound = decode_sound(video, {}).value();
    const Loudness loudness(sound.samples);
    FaceTrack track;
    const double end_s = static_cast<double>(sound.samples.size()) / kSoundRate_hz;
    for (int i = 0; i / FaceTracker::kRate_hz < end_s; ++i) {
      TrackedFrame frame;
      frame.index = i;
      frame.time_s = i / FaceTracker::kRate_hz;
      frame.has_face = true;
      const double above_db =
          loudness.at_dbfs(frame.time_s - late_s) - loudness.least_voiced_dbfs();
      frame.mouth = 0.05 + std::max(above_db, 0.0) / 25 * most + 0.002 * std::sin(i * 2.4);
      track.frames.push_back(frame);
    }
    return track;
  }

  [[nodiscard]] core::SpeechEvidence evidence_of(ByteView video, const FaceTrack& track) const {
    const auto meter = SpeechMeter::create(speech_card());
    EXPECT_TRUE(meter);
    return meter->measure(video, track, challenge_).value();
  }

  [[nodiscard]] std::optional<Outcome> fault_of(ByteView video, const FaceTrack& track) const {
    return fault_of_speech(evidence_of(video, track), challenge_);
  }

  Bytes video_;
  core::Challenge challenge_;
};

TEST_F(SpokenDigits, AnswerTheChallenge) {
  const auto evidence = evidence_of(video_, lips_of(video_));
  EXPECT_EQ(fault_of_speech(evidence, challenge_), std::nullopt)
      << evidence.heard << ' ' << evidence.likelihood_ratio << ' ' << evidence.lip_movement << ' '
      << evidence.lip_range << ' ' << evidence.sync;
  EXPECT_NEAR(evidence.sync_lag_s, 0, 0.13);
}

TEST_F(SpokenDigits, OfAnotherChallengeDoNot) {
  challenge_.digits = "18546";
  EXPECT_EQ(fault_of(video_, lips_of(video_)), Outcome::speech_not_recognised);
}

TEST_F(SpokenDigits, CountOnlyInTheirWindow) {
  challenge_.speech = core::TimeWindow{.begin_s = 0.2, .end_s = 6};
  EXPECT_EQ(fault_of(video_, lips_of(video_)), std::nullopt);
  challenge_.speech = core::TimeWindow{.begin_s = 2.2, .end_s = 6};
  EXPECT_EQ(fault_of(video_, lips_of(video_)), Outcome::speech_not_recognised);
}

TEST_F(SpokenDigits, WithoutSoundAreNotHeard) {
  const Bytes muted = spoken(words_of(kCode), "en-us", "volume=0");
  EXPECT_EQ(fault_of(muted, lips_of(video_)), Outcome::speech_no_sound);
  const Bytes picture = test::made_by(
      "ffmpeg -v error -y -f lavfi -i color=s=64x48:d=1 -c:v libx264 {} </dev/null", ".mp4"
  );
  ASSERT_FALSE(picture.empty());
  EXPECT_EQ(fault_of(picture, lips_of(video_)), Outcome::speech_no_sound);
  EXPECT_EQ(fault_of(bytes_of("no video"), lips_of(video_)), Outcome::speech_no_sound);
}

TEST_F(SpokenDigits, TooLowAreTooQuiet) {
  const Bytes low = spoken(words_of(kCode), "en-us", "volume=-36dB");
  EXPECT_EQ(fault_of(low, lips_of(video_)), Outcome::speech_too_quiet);
}

TEST_F(SpokenDigits, WithStillLipsAreSpokenByAnother) {
  EXPECT_EQ(fault_of(video_, lips_of(video_, 0, 0)), Outcome::lips_still);
  EXPECT_EQ(fault_of(video_, FaceTrack{}), Outcome::lips_still);
}

TEST_F(SpokenDigits, ShiftedAgainstTheLipsAreOutOfStep) {
  for (const double late_s : {-1.0, -0.8, -0.6, 0.6, 0.8, 1.0}) {
    EXPECT_EQ(fault_of(video_, lips_of(video_, late_s)), Outcome::lips_out_of_step) << late_s;
  }
  for (const double late_s : {-0.12, 0.12}) {
    EXPECT_EQ(fault_of(video_, lips_of(video_, late_s)), std::nullopt) << late_s;
  }
}

TEST_F(SpokenDigits, AreMeasuredOnSeveralThreadsAtOnce) {
  const auto meter = SpeechMeter::create(speech_card());
  ASSERT_TRUE(meter);
  const FaceTrack track = lips_of(video_);
  const auto alone = meter->measure(video_, track, challenge_).value();
  std::vector<core::SpeechEvidence> found(4);
  std::vector<std::thread> threads;
  for (auto& evidence : found) {
    threads.emplace_back([&] { evidence = meter->measure(video_, track, challenge_).value(); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& evidence : found) {
    EXPECT_EQ(evidence.heard, alone.heard);
    EXPECT_EQ(evidence.likelihood_ratio, alone.likelihood_ratio);
    EXPECT_EQ(evidence.sync, alone.sync);
  }
}

}  // namespace
}  // namespace selfsame::vision
