// SPDX-License-Identifier: Apache-2.0
#include "evaluation/pad_rates.h"

#include <gtest/gtest.h>

namespace selfsame::evaluation {
namespace {

TEST(PadRates, WilsonsInterval) {
  // Brown, Cai and DasGupta 2001 have the formula; the values are by hand.
  const Share none = share_of(0, 10);
  EXPECT_DOUBLE_EQ(none.interval.low, 0);
  EXPECT_NEAR(none.interval.high, 0.2775, 1e-4);
  const Share half = share_of(5, 10);
  EXPECT_NEAR(half.interval.low, 0.2366, 1e-4);
  EXPECT_NEAR(half.interval.high, 0.7634, 1e-4);
  EXPECT_DOUBLE_EQ(share_of(0, 0).interval.high, 1);
}

TEST(PadRates, SeparatedScoresHaveNoError) {
  const auto rates = pad_rates({{{0.9, 0.8}, {0.7}}, {{0.1}, {0.2, 0.3}}}, 0.5, {});
  ASSERT_TRUE(rates.has_value());
  EXPECT_DOUBLE_EQ(rates->auc, 1);
  EXPECT_DOUBLE_EQ(rates->auc_interval.value().low, 1);
  EXPECT_DOUBLE_EQ(rates->eer, 0);
  EXPECT_DOUBLE_EQ(rates->bpcer_at_apcer5, 0);
  EXPECT_DOUBLE_EQ(rates->acer(), 0);
}

TEST(PadRates, CountsByHand) {
  // Pairs that bona fide wins: .9 all 4, .6 three, .4 two (a tie counts half) = 8.5 + ...
  const auto rates = pad_rates({{{0.9}, {0.6}, {0.4}}, {{0.1}, {0.2}, {0.4}, {0.7}}}, 0.5, {});
  ASSERT_TRUE(rates.has_value());
  EXPECT_DOUBLE_EQ(rates->auc, (4 + 3 + 2.5) / 12);
  EXPECT_EQ(rates->apcer.count, 1U);
  EXPECT_EQ(rates->apcer.of, 4U);
  EXPECT_EQ(rates->bpcer.count, 1U);
  EXPECT_DOUBLE_EQ(rates->acer(), (0.25 + 1.0 / 3) / 2);
  EXPECT_NEAR(rates->eer, (0.25 + 1.0 / 3) / 2, 1e-9);
  EXPECT_DOUBLE_EQ(rates->bpcer_at_apcer5, 2.0 / 3);  // 0.9 alone is above 0.7
  EXPECT_DOUBLE_EQ(rates->det.front().fmr, 1);
  EXPECT_DOUBLE_EQ(rates->det.back().fnmr, 1);
}

TEST(PadRates, InvertedScoresAreSeen) {
  const auto rates = pad_rates({{{0.1}, {0.2}}, {{0.8}, {0.9}}}, 0.5, {});
  EXPECT_DOUBLE_EQ(rates.value().auc, 0);
  EXPECT_DOUBLE_EQ(rates.value().acer(), 1);
}

TEST(PadRates, FramesOfOneClipAreDrawnTogether) {
  // Ten alike frames of two clips are hardly more than two clips.
  const PadScores clips{
      {PresentationScores(10, 0.9), PresentationScores(10, 0.3)},
      {PresentationScores(10, 0.5), PresentationScores(10, 0.1)}
  };
  const auto rates = pad_rates(clips, 0.5, {}).value();
  EXPECT_DOUBLE_EQ(rates.auc, 0.75);
  EXPECT_LE(rates.auc_interval.value().low, 0.25);
  EXPECT_GE(rates.auc_interval.value().high, 0.99);
}

TEST(PadRates, NothingToCompareIsNoRate) {
  EXPECT_FALSE(pad_rates({{{0.9}}, {}}, 0.5, {}).has_value());
  EXPECT_FALSE(pad_rates({{}, {{0.9}}}, 0.5, {}).has_value());
}

}  // namespace
}  // namespace selfsame::evaluation
