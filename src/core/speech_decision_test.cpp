// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "core/challenge_evidence.h"
#include "core/spoken_digits.h"

namespace selfsame::core {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const Challenge kChallenge{.digits = "4711"};

SpeechEvidence good() {
  return {
      .has_sound = true,
      .loudness_dbfs = -20,
      .voiced_s = 2,
      .heard = "4711",
      .likelihood_ratio = -0.2,
      .lip_movement = 4,
      .lip_range = 0.2,
      .sync = 0.3
  };
}

TEST(SpeechDecision, AcceptsSpokenDigitsWithLipsInStep) {
  EXPECT_EQ(fault_of_speech(good(), kChallenge), std::nullopt);
}

TEST(SpeechDecision, TakesMisheardDigitsThatAreNearlyAsLikely) {
  auto evidence = good();
  evidence.heard = "4911";
  evidence.likelihood_ratio = -4.5;  // 18 for the one that differs
  EXPECT_EQ(fault_of_speech(evidence, kChallenge), std::nullopt);
  evidence.likelihood_ratio = -5.5;
  EXPECT_EQ(fault_of_speech(evidence, kChallenge), Outcome::speech_not_recognised);
}

TEST(SpeechDecision, RefusesACodeOfWhichMoreThanHalfIsMisheard) {
  auto evidence = good();
  evidence.heard = "4922";
  EXPECT_EQ(fault_of_speech(evidence, kChallenge), Outcome::speech_not_recognised);
}

TEST(SpeechDecision, CountsMisheardDigitsInPlace) {
  EXPECT_EQ(misheard_digits("4711", "4711"), 0U);
  EXPECT_EQ(misheard_digits("7411", "4711"), 2U);
  EXPECT_EQ(misheard_digits("471", "4711"), 4U);
  EXPECT_EQ(misheard_digits("", "4711"), 4U);
}

TEST(SpeechDecision, WeighsTheWholeCodeAndNotItsMean) {
  const Challenge longer{.digits = "471147"};
  auto evidence = good();
  evidence.likelihood_ratio = -4;  // 16 in all of 4 digits, 24 of 6
  EXPECT_EQ(fault_of_speech(evidence, kChallenge), std::nullopt);
  evidence.heard = "471147";
  EXPECT_EQ(fault_of_speech(evidence, longer), Outcome::speech_not_recognised);
}

TEST(SpeechDecision, WithoutDigitsNothingIsSaid) {
  auto evidence = good();
  evidence.heard.clear();
  EXPECT_EQ(fault_of_speech(evidence, Challenge{}), Outcome::speech_not_recognised);
}

struct Fault {
  const char* name;
  void (*spoil)(SpeechEvidence&);
  Outcome outcome;
};

class EveryFault : public testing::TestWithParam<Fault> {};

TEST_P(EveryFault, HasAnOutcomeOfItsOwn) {
  auto evidence = good();
  GetParam().spoil(evidence);
  EXPECT_EQ(fault_of_speech(evidence, kChallenge), GetParam().outcome);
}

INSTANTIATE_TEST_SUITE_P(
    SpeechDecision,
    EveryFault,
    testing::Values(
        Fault{"no_sound", [](auto& e) { e.has_sound = false; }, Outcome::speech_no_sound},
        Fault{"quiet", [](auto& e) { e.loudness_dbfs = -50; }, Outcome::speech_too_quiet},
        Fault{"loudness_nan", [](auto& e) { e.loudness_dbfs = kNaN; }, Outcome::speech_too_quiet},
        Fault{"no_voice", [](auto& e) { e.voiced_s = 0.3; }, Outcome::speech_no_sound},
        Fault{"voice_nan", [](auto& e) { e.voiced_s = kNaN; }, Outcome::speech_no_sound},
        Fault{"nothing", [](auto& e) { e.heard.clear(); }, Outcome::speech_not_recognised},
        Fault{"fewer", [](auto& e) { e.heard = "471"; }, Outcome::speech_not_recognised},
        Fault{"more", [](auto& e) { e.heard = "47111"; }, Outcome::speech_not_recognised},
        Fault{
            "unlikely", [](auto& e) { e.likelihood_ratio = -6; }, Outcome::speech_not_recognised
        },
        Fault{
            "ratio_nan", [](auto& e) { e.likelihood_ratio = kNaN; }, Outcome::speech_not_recognised
        },
        Fault{"still", [](auto& e) { e.lip_movement = 1.5; }, Outcome::lips_still},
        Fault{"movement_nan", [](auto& e) { e.lip_movement = kNaN; }, Outcome::lips_still},
        Fault{"narrow", [](auto& e) { e.lip_range = 0.03; }, Outcome::lips_still},
        Fault{"range_nan", [](auto& e) { e.lip_range = kNaN; }, Outcome::lips_still},
        Fault{"out_of_step", [](auto& e) { e.sync = 0.05; }, Outcome::lips_out_of_step},
        Fault{"sync_nan", [](auto& e) { e.sync = kNaN; }, Outcome::lips_out_of_step}
    ),
    [](const auto& info) { return std::string(info.param.name); }
);

}  // namespace
}  // namespace selfsame::core
