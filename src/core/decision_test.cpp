// SPDX-License-Identifier: Apache-2.0
#include "core/decision.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/calibration.h"

namespace selfsame::core {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr VerificationPolicy kPolicy{
    .pad = {.bona_fide_threshold = 0.6, .retry_threshold = 0.5},
    .comparison = {.match_threshold = 0.36}
};

ComparisonEvidence good() {
  return {
      .reference_defect = std::nullopt,
      .video =
          {.defect = std::nullopt,
           .pad = PadScore{0.9},
           .continuous = true,
           .same_face_throughout = true,
           .in_colour = true},
      .similarity = SimilarityScore{0.7}
  };
}

void check(const ComparisonEvidence& evidence, std::optional<Outcome> expected) {
  EXPECT_EQ(decide(evidence, Challenge{}, kPolicy), expected);
}

TEST(Decision, AcceptsOnlyWhenEverythingIsThere) {
  check(good(), Outcome::match);

  auto other = good();
  other.similarity->cosine = 0.3599;
  check(other, Outcome::non_match);
  other.similarity.reset();
  check(other, std::nullopt);
  other.similarity = SimilarityScore{kNaN};
  check(other, Outcome::non_match);
}

TEST(Decision, LivenessBandsAndNaN) {
  const std::pair<double, Outcome> cases[] = {
      {0.6, Outcome::match},
      {0.599, Outcome::liveness_unsure},
      {0.5, Outcome::liveness_unsure},
      {0.499, Outcome::attack},
      {kNaN, Outcome::attack}
  };
  for (const auto& [value, expected] : cases) {
    auto evidence = good();
    evidence.video.pad = PadScore{value};
    check(evidence, expected);
  }
  auto missing = good();
  missing.video.pad.reset();
  check(missing, std::nullopt);
}

TEST(Decision, ACutOrASwapIsAnAttackWhateverTheScore) {
  auto cut = good();
  cut.video.continuous = false;
  check(cut, Outcome::attack);
  auto swapped = good();
  swapped.video.same_face_throughout = false;
  check(swapped, Outcome::face_changed);
  swapped.video.continuous = false;
  check(swapped, Outcome::attack);
  auto grey = good();
  grey.video.in_colour = false;
  check(grey, Outcome::attack);
}

TEST(Decision, WhatADeviceSaysOfItselfCanOnlyRefuse) {
  auto suspect = good();
  suspect.suspicions = {ClientSuspicion::virtual_camera};
  check(suspect, Outcome::attack);
  suspect.video.defect = CaptureDefect::eyes_hidden;
  check(suspect, Outcome::video_eyes_hidden);
  suspect.video.defect = CaptureDefect::mouth_hidden;
  check(suspect, Outcome::video_mouth_hidden);

  auto lenient = kPolicy;
  lenient.refuses_suspect_clients = false;
  auto told = good();
  told.suspicions = {ClientSuspicion::edited_video};
  EXPECT_EQ(decide(told, Challenge{}, lenient), Outcome::match);
}

TEST(Decision, ReferenceIsJudgedBeforeTheVideo) {
  auto evidence = good();
  evidence.video.defect = CaptureDefect::mask_worn;
  check(evidence, Outcome::video_mask_worn);
  evidence.reference_defect = CaptureDefect::no_face;
  check(evidence, Outcome::reference_no_face);
}

TEST(Decision, AChallengeWithoutEvidenceHasNoVerdict) {
  Challenge challenge;
  challenge.actions = {{.action = FaceAction::nod, .window = std::nullopt}};
  EXPECT_EQ(decide(good(), challenge, kPolicy), std::nullopt);
  auto answered = good();
  answered.challenge.action =
      ActionEvidence{.events = {{FaceAction::nod, 1.0, 1.4, 1.9}}, .moved = true};
  EXPECT_EQ(decide(answered, challenge, kPolicy), Outcome::match);
  answered.challenge.action->events[0].action = FaceAction::shake;
  EXPECT_EQ(decide(answered, challenge, kPolicy), Outcome::action_missing);
}

TEST(Decision, FramingSaysMoreThanThatThereIsADefect) {
  auto evidence = good();
  evidence.challenge.framing = FramingFault::too_dark;
  check(evidence, Outcome::video_too_dark);
  evidence.video.defect = CaptureDefect::poor_quality;
  check(evidence, Outcome::video_too_dark);
  evidence.video.defect = CaptureDefect::mask_worn;
  check(evidence, Outcome::video_mask_worn);
}

TEST(Decision, WithoutAReferenceTheOutcomeIsLive) {
  auto policy = kPolicy;
  policy.compares = false;
  auto evidence = good();
  evidence.similarity.reset();
  EXPECT_EQ(decide(evidence, Challenge{}, policy), Outcome::live);
  evidence.video.pad = PadScore{0.1};
  EXPECT_EQ(decide(evidence, Challenge{}, policy), Outcome::attack);
}

TEST(Decision, DefaultPolicyAcceptsNothing) {
  EXPECT_EQ(decide(good(), Challenge{}, VerificationPolicy{}), Outcome::attack);
}

ComparisonCalibration calibration() {
  return {.threshold = {0.36, 0.42, 0.47, 0.52}, .precision = "f32", .version = "test"};
}

TEST(Calibration, PercentPassesThroughTheMarksAndIsMonotone) {
  const auto c = calibration();
  EXPECT_TRUE(c.is_sane());
  const auto percent = [&](double cosine) { return to_percent({cosine}, c, kNativeMarks); };
  EXPECT_DOUBLE_EQ(percent(0.36), 70);
  EXPECT_DOUBLE_EQ(percent(0.42), 80);
  EXPECT_DOUBLE_EQ(percent(0.47), 90);
  EXPECT_DOUBLE_EQ(percent(0.52), 95);
  EXPECT_DOUBLE_EQ(percent(1), 100);
  EXPECT_DOUBLE_EQ(percent(-0.3), 0);
  EXPECT_DOUBLE_EQ(percent(kNaN), 0);
  EXPECT_LT(percent(0.359999), 70);
  double last = 0;
  for (double cosine = -1; cosine <= 1.001; cosine += 0.001) {
    EXPECT_GE(percent(cosine), last);
    last = percent(cosine);
  }
}

TEST(Calibration, MatchAtFollowsTheThresholds) {
  const auto c = calibration();
  EXPECT_EQ(match_at({0.45}, c), (std::array{true, true, false, false}));
  EXPECT_EQ(match_at({kNaN}, c), (std::array{false, false, false, false}));
}

TEST(Calibration, InsaneTablesAreNoticed) {
  auto c = calibration();
  c.threshold[2] = 0.41;
  EXPECT_FALSE(c.is_sane());
  c.threshold[2] = kNaN;
  EXPECT_FALSE(c.is_sane());
}

}  // namespace
}  // namespace selfsame::core
