// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Challenge eight_colours() {
  Challenge challenge;
  challenge.flashes.resize(8);
  return challenge;
}

ReflectionEvidence good() {
  return {
      .samples = 16,
      .flashes_seen = 8,
      .correlation = 0.97,
      .rank = 1,
      .lag_s = 0.12,
      .lag_spread_s = 0.02,
      .relief = 0.9,
      .relief_correlation = 0.8,
      .relief_of_weaker_side = 0.7,
      .gloss = 0.1,
      .response = 6,
  };
}

std::optional<Outcome> fault(const ReflectionEvidence& evidence) {
  return fault_of_reflection(evidence, eight_colours());
}

TEST(ReflectionDecision, LiveAnswerHasNoFault) {
  EXPECT_EQ(fault(good()), std::nullopt);
}

TEST(ReflectionDecision, EachCauseHasItsOutcome) {
  auto evidence = good();
  evidence.too_bright = true;
  EXPECT_EQ(fault(evidence), Outcome::reflection_too_bright);

  evidence = good();
  evidence.correlation = 0.2;
  EXPECT_EQ(fault(evidence), Outcome::reflection_mismatch);

  std::vector<ReflectionEvidence> flat(4, good());
  flat[0].relief = 0.05;
  flat[1].relief_correlation = 0.1;
  flat[2].relief_of_weaker_side = 0.05;  // a glint on one side
  flat[3].gloss = 0.9;                   // a pane
  for (const auto& one : flat) EXPECT_EQ(fault(one), Outcome::reflection_flat);
}

TEST(ReflectionDecision, WhatIsNeitherRoundNorFlatIsAskedAgain) {
  std::vector<ReflectionEvidence> doubtful(4, good());
  doubtful[0].relief = 0.3;
  doubtful[1].relief_correlation = 0.3;
  doubtful[2].relief_of_weaker_side = 0.15;
  doubtful[3].gloss = 0.6;
  for (const auto& one : doubtful) EXPECT_EQ(fault(one), Outcome::reflection_too_weak);
  doubtful[0].gloss = kNan;
  EXPECT_EQ(fault(doubtful[0]), Outcome::reflection_flat);
}

// None of them alone is worth anything.
TEST(ReflectionDecision, AnswerThatDoesNotStandOutIsTooWeak) {
  std::vector<ReflectionEvidence> weak(8, good());
  weak[0].response = 0.8;
  weak[1].rank = 0.99;
  weak[2].lag_spread_s = 0.2;
  weak[3].flashes_seen = 7;
  weak[4].samples = 7;
  weak[5].correlation = 0.7;
  weak[6].timing_refused = true;
  weak[7].lag_s = 0.26;
  for (const auto& evidence : weak) EXPECT_EQ(fault(evidence), Outcome::reflection_too_weak);
}

TEST(ReflectionDecision, NotANumberNeverAnswers) {
  for (double ReflectionEvidence::* member :
       {&ReflectionEvidence::correlation,
        &ReflectionEvidence::rank,
        &ReflectionEvidence::lag_s,
        &ReflectionEvidence::lag_spread_s,
        &ReflectionEvidence::relief,
        &ReflectionEvidence::relief_correlation,
        &ReflectionEvidence::relief_of_weaker_side,
        &ReflectionEvidence::gloss,
        &ReflectionEvidence::response}) {
    auto evidence = good();
    evidence.*member = kNan;
    EXPECT_TRUE(fault(evidence).has_value());
  }
}

TEST(ReflectionDecision, NothingMeasuredNeverAnswers) {
  EXPECT_TRUE(fault(ReflectionEvidence{}).has_value());
}

}  // namespace
}  // namespace selfsame::core
