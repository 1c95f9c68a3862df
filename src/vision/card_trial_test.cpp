// SPDX-License-Identifier: Apache-2.0
#include "vision/card_trial.h"

#include <gtest/gtest.h>

#include <functional>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

// The packaged networks, brought as an operator would bring one.
class CardTrials : public test::WithNetworks {
 protected:
  static TrialBench bench() {
    SelfTestCard fixtures = test::all_cards().self_test;
    fixtures.live_tolerance = test::kLiveTolerance;
    return {
        .runtime = *test::parts().runtime,
        .detector = test::parts().detector,
        .self_test = fixtures,
        .fixtures_dir = test::kFixturesDir
    };
  }

  // With the answers that the right wiring gives, as its author would state them.
  static NetworkCard with_golden(NetworkCard card) {
    const auto network = test::parts().runtime->load(card).value();
    card.golden.values = answer_to_pattern(*network, 12).value();
    card.golden.tolerance = test::kGoldenTolerance;
    return card;
  }

  static PadMember member_of(const NetworkCard& card) {
    const auto network = PadNetwork::create(test::parts().runtime->load(card).value()).value();
    return {
        .network = card.name,
        .live_of_portrait =
            pad_answers(network, test::all_cards().self_test, test::kFixturesDir).value()
    };
  }

  // Empty when the trial passes, else what it says.
  static std::string verdict_on(const NetworkCard& card, const PadMember& member) {
    const auto trial = try_card(card, member, bench());
    return trial ? "" : trial.error().detail;
  }

  // Every fault of a card whose stated answers are the right ones is refused.
  static void expect_faults_refused(
      const NetworkCard& right,
      const PadMember& member,
      const std::vector<std::function<void(NetworkCard&)>>& faults
  ) {
    for (std::size_t i = 0; i < faults.size(); ++i) {
      NetworkCard wrong = right;
      faults[i](wrong);
      EXPECT_NE(verdict_on(wrong, member), "") << right.name << " with fault " << i;
    }
  }
};

void swap_channels(NetworkCard& card) {
  card.channels = card.channels == ChannelOrder::rgb ? ChannelOrder::bgr : ChannelOrder::rgb;
}
void shrink_range(NetworkCard& card) {
  card.value_scale = 1.0F / 255;
}

TEST_F(CardTrials, ARightLivenessCardPassesAndWrongOnesDoNot) {
  for (const auto& plain : {test::own_pad_card(), test::second_pad_card()}) {
    const NetworkCard right = with_golden(plain);
    const PadMember member = member_of(right);
    const auto trial = try_card(right, member, bench());
    ASSERT_TRUE(trial) << trial.error().detail;
    EXPECT_GE(trial->separation.margin(), kLeastPadMargin);
    EXPECT_GE(trial->wrong_wirings.size(), 7U);
    expect_faults_refused(
        right,
        member,
        {swap_channels,
         shrink_range,
         [](NetworkCard& card) { card.live_index = 1 - card.live_index; },
         [](NetworkCard& card) { card.live_index = 2; },
         [](NetworkCard& card) { card.softmax = !card.softmax; },
         [](NetworkCard& card) { card.crop_scale = 2.7; },
         [](NetworkCard& card) { card.output_length = 4; },
         [](NetworkCard& card) { card.input_width_px = card.input_height_px = 64; },
         [](NetworkCard& card) { card.role = "detector"; }}
    );
  }
}

TEST_F(CardTrials, ARightRecogniserPassesAndWrongOnesDoNot) {
  const NetworkCard right = with_golden(test::sface_card());
  const auto trial = try_card(right, {}, bench());
  ASSERT_TRUE(trial) << trial.error().detail;
  EXPECT_GE(trial->separation.margin(), 0.3);
  expect_faults_refused(right, {}, {swap_channels, shrink_range, [](NetworkCard& card) {
                                      card.output_length = 512;
                                    }});
}

TEST_F(CardTrials, AnswersThatAnyWiringGivesProveNothing) {
  NetworkCard lax = with_golden(test::own_pad_card());
  const PadMember member = member_of(lax);
  lax.golden.tolerance = 0.99;
  TrialBench tolerant = bench();
  tolerant.self_test.live_tolerance = 1;
  const auto trial = try_card(lax, member, tolerant);
  ASSERT_FALSE(trial);
  EXPECT_NE(trial.error().detail.find("prove nothing"), std::string::npos) << trial.error().detail;
}

// Stated answers that were taken from a wrong wiring do not help where it separates nothing.
TEST_F(CardTrials, AWrongWiringWithItsOwnAnswersDoesNotSeparate) {
  NetworkCard wrong = test::second_pad_card();
  wrong.live_index = 1;
  wrong = with_golden(wrong);
  EXPECT_NE(verdict_on(wrong, member_of(wrong)).find("does not separate"), std::string::npos);
}

TEST_F(CardTrials, ABetterWiringShowsThatTheCardIsWrong) {
  NetworkCard wrong = test::sface_card();
  wrong.value_scale = 1.0F / 255;
  wrong = with_golden(wrong);
  EXPECT_NE(verdict_on(wrong, {}), "");
}

}  // namespace
}  // namespace selfsame::vision
