// SPDX-License-Identifier: Apache-2.0
#include "evaluation/error_rates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "evaluation/synthetic_people_test.h"

namespace selfsame::evaluation {
namespace {

constexpr BootstrapOptions kNoBootstrap{0, 1, 0.95};

ScoreDistribution scores_of(const TemplateSet& set) {
  auto scores = compare_all(set, kTailShare, 2);
  EXPECT_TRUE(scores);
  return std::move(*scores);
}

const OperatingPoint* at(const ErrorRates& rates, double fmr) {
  const auto found = std::ranges::find(rates.operating_points, fmr, &OperatingPoint::fmr);
  return found == rates.operating_points.end() ? nullptr : &*found;
}

TEST(ErrorRates, AreWhatTheSphereSays) {
  const ScoreDistribution scores = scores_of(SyntheticPeople(11).make(1000));  // 2.0 M pairs
  const auto rates = error_rates(scores, Extrapolation::pareto, kNoBootstrap);
  ASSERT_TRUE(rates);
  for (const double fmr : {1e-2, 1e-3, 1e-4}) {
    const OperatingPoint* point = at(*rates, fmr);
    ASSERT_NE(point, nullptr) << fmr;
    EXPECT_EQ(point->method, ThresholdMethod::empirical);
    EXPECT_NEAR((1 - point->threshold) / 2, fmr, fmr * 0.15);  // FMR(t) = (1 - t) / 2
    EXPECT_NEAR(fmr_at(scores, point->threshold), fmr, fmr * 0.01);
    EXPECT_NEAR(point->fnmr, point->threshold, 0.01);  // FNMR(t) = t
  }
  EXPECT_NEAR(rates->eer, 1.0 / 3, 0.02);
  EXPECT_NEAR(rates->eer_threshold, 1.0 / 3, 0.03);
  // 30 / N is 1.5e-5: 1e-5 is extrapolated, 1e-6 is less than a tenth of it.
  const OperatingPoint* extrapolated = at(*rates, 1e-5);
  ASSERT_NE(extrapolated, nullptr);
  EXPECT_EQ(extrapolated->method, ThresholdMethod::pareto);
  EXPECT_NEAR(1 - extrapolated->threshold, 2e-5, 8e-6);
  EXPECT_EQ(rates->unsupported_fmr, std::vector<double>{1e-6});
  ASSERT_TRUE(rates->tail);
  EXPECT_NEAR(rates->tail->shape, -1, 0.2);  // a uniform tail
}

TEST(ErrorRates, CollapseWhenLabelsAreSwapped) {
  TemplateSet set = SyntheticPeople(12).make(400);
  for (std::size_t row = 0; row + 1 < set.count(); row += 2) {
    // Second photos move on by one person.
    set.identity[row + 1] = (set.identity[row + 1] + 1) % set.identities;
  }
  const auto rates = error_rates(scores_of(set), Extrapolation::none, kNoBootstrap);
  ASSERT_TRUE(rates);
  EXPECT_GT(at(*rates, 1e-2)->fnmr, 0.9);
  EXPECT_NEAR(rates->eer, 0.5, 0.05);
}

TEST(ErrorRates, NeverAcceptMoreImpostorsThanAsked) {
  // Ties: no threshold may fall below a group of equal scores that is too large.
  std::vector<ScoredPair> pairs;
  for (int i = 0; i < 4000; ++i) {
    const float score = i < 50 ? 0.9F : (i < 300 ? 0.5F : 0.1F);
    pairs.push_back({score, 0, 1, false, -1});
    pairs.push_back({0.7F, 0, 0, true, -1});
  }
  const auto scores = distribution_of(pairs, 2);
  ASSERT_TRUE(scores);
  const auto rates = error_rates(*scores, Extrapolation::none, kNoBootstrap);
  ASSERT_TRUE(rates);
  const OperatingPoint* point = at(*rates, 1e-2);  // 40 allowed, but the 50 best are equal
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->impostor_pairs_above, 0U);
  EXPECT_GT(point->threshold, double{0.9F});
  EXPECT_EQ(point->fnmr, 1);
  EXPECT_EQ(at(*rates, 1e-3), nullptr);  // 4 pairs support nothing
}

TEST(ErrorRates, NeedBothKinds) {
  EXPECT_FALSE(error_rates(*distribution_of({{0.5F, 0, 1, false, -1}}, 2), Extrapolation::none, {})
  );
  EXPECT_FALSE(error_rates(*distribution_of({{0.5F, 0, 0, true, -1}}, 2), Extrapolation::none, {}));
}

TEST(ErrorRates, GiveALaxRateWhenPairsAreFew) {
  std::vector<ScoredPair> pairs;
  for (int i = 0; i < 400; ++i) {
    pairs.push_back({static_cast<float>(i) / 1000, 0, 1, false, -1});
    pairs.push_back({0.9F, 0, 0, true, -1});
  }
  const auto rates = error_rates(*distribution_of(pairs, 2), Extrapolation::none, kNoBootstrap);
  ASSERT_TRUE(rates);
  ASSERT_EQ(rates->operating_points.size(), 1U);
  EXPECT_EQ(rates->operating_points[0].fmr, 1e-1);
  EXPECT_NEAR(rates->operating_points[0].threshold, 0.3595, 1e-6);
}

TEST(Fnmr, CountsNaNThresholdAsNoMatch) {
  const auto scores = distribution_of({{0.5F, 0, 0, true, -1}, {0.4F, 0, 1, false, -1}}, 2);
  EXPECT_EQ(fnmr_at(*scores, std::numeric_limits<double>::quiet_NaN()), 1);
  EXPECT_EQ(fnmr_at(*scores, 0.5), 0);
  EXPECT_EQ(fnmr_at(*scores, 0.50001), 1);
}

TEST(DetCurve, FallsFromLaxToStrict) {
  const auto rates =
      error_rates(scores_of(SyntheticPeople(13).make(300)), Extrapolation::none, kNoBootstrap);
  ASSERT_TRUE(rates);
  ASSERT_GT(rates->det.size(), 40U);
  for (std::size_t i = 1; i < rates->det.size(); ++i) {
    EXPECT_LE(rates->det[i].fmr, rates->det[i - 1].fmr);
    EXPECT_GE(rates->det[i].fnmr, rates->det[i - 1].fnmr);
  }
}

TEST(ParetoTail, RecoversAKnownTail) {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (const double shape : {-0.3, 0.0, 0.2}) {
    std::vector<WeightedScore> scores(20'000);
    for (WeightedScore& each : scores) {
      const double u = 1 - uniform(random);
      each.score =
          0.4 + (shape == 0 ? -0.05 * std::log(u) : 0.05 / shape * (std::pow(u, -shape) - 1));
    }
    std::ranges::sort(scores, std::greater<>(), &WeightedScore::score);
    const auto tail = fit_pareto_tail(scores, 0.4, 1e-4);
    ASSERT_TRUE(tail);
    EXPECT_NEAR(tail->shape, shape, 0.03);
    EXPECT_NEAR(tail->scale, 0.05, 0.002);
    EXPECT_NEAR(tail->threshold_at(1e-4), 0.4, 1e-12);
    const double truth =
        0.4 + (shape == 0 ? 0.05 * std::log(100) : 0.05 / shape * (std::pow(0.01, -shape) - 1));
    EXPECT_NEAR(tail->threshold_at(1e-6), truth, 0.03 * truth);
  }
}

TEST(ParetoTail, CountsAWeightAsCopies) {
  std::vector<WeightedScore> weighted;
  std::vector<WeightedScore> copied;
  for (int i = 20; i > 0; --i) {
    const auto weight = static_cast<std::uint32_t>(1 + i % 3);
    weighted.push_back({i * i * 0.001, weight});
    for (std::uint32_t copy = 0; copy < weight; ++copy) copied.push_back({i * i * 0.001, 1});
  }
  const auto a = fit_pareto_tail(weighted, 0, 1e-2);
  const auto b = fit_pareto_tail(copied, 0, 1e-2);
  ASSERT_TRUE(a && b);
  EXPECT_NEAR(a->shape, b->shape, 1e-9);
  EXPECT_NEAR(a->scale, b->scale, 1e-9);
  EXPECT_EQ(a->exceedances, b->exceedances);
}

TEST(ParetoTail, RefusesWhatDoesNotSpread) {
  EXPECT_FALSE(fit_pareto_tail({}, 0, 1e-2));
  EXPECT_FALSE(fit_pareto_tail(std::vector<WeightedScore>(9, {0.5, 1}), 0.4, 1e-2));
  EXPECT_FALSE(fit_pareto_tail(std::vector<WeightedScore>(50, {0.4, 1}), 0.4, 1e-2));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(fit_pareto_tail(std::vector<WeightedScore>(50, {nan, 1}), 0.4, 1e-2));
}

TEST(Bootstrap, CoversTheTruth) {
  int thresholds = 0;
  int fnmrs = 0;
  constexpr int kTrials = 60;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto seed = static_cast<std::uint64_t>(100 + trial);
    const ScoreDistribution scores = scores_of(SyntheticPeople(seed).make(120));
    const auto rates = error_rates(scores, Extrapolation::none, {100, 7, 0.95});
    ASSERT_TRUE(rates);
    const OperatingPoint* point = at(*rates, 1e-2);
    ASSERT_TRUE(point != nullptr && point->threshold_interval && point->fnmr_interval);
    EXPECT_LT(point->threshold_interval->high - point->threshold_interval->low, 0.02);
    thresholds += point->threshold_interval->low <= 0.98 && 0.98 <= point->threshold_interval->high;
    fnmrs += point->fnmr_interval->low <= 0.98 && 0.98 <= point->fnmr_interval->high;
  }
  EXPECT_GE(thresholds, kTrials * 8 / 10);
  EXPECT_GE(fnmrs, kTrials * 8 / 10);
}

TEST(Bootstrap, IsRepeatable) {
  const ScoreDistribution scores = scores_of(SyntheticPeople(14).make(150));
  const auto a = error_rates(scores, Extrapolation::pareto, {50, 3, 0.95});
  const auto b = error_rates(scores, Extrapolation::pareto, {50, 3, 0.95});
  ASSERT_TRUE(a && b);
  for (std::size_t i = 0; i < a->operating_points.size(); ++i) {
    ASSERT_TRUE(a->operating_points[i].fnmr_interval);
    EXPECT_EQ(a->operating_points[i].fnmr_interval->low, b->operating_points[i].fnmr_interval->low);
  }
}

TEST(FoldAccuracy, ChoosesTheThresholdOnTheOtherFolds) {
  std::vector<ScoredPair> pairs;
  for (int fold = 0; fold < 10; ++fold) {
    for (int i = 0; i < 20; ++i) {
      // Separable, but for one impostor in each fold.
      pairs.push_back({0.6F + 0.01F * static_cast<float>(i), 0, 0, true, fold});
      pairs.push_back({i == 0 ? 0.9F : 0.01F * static_cast<float>(i), 0, 1, false, fold});
    }
  }
  const auto result = fold_accuracy(pairs);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->folds, 10);
  EXPECT_NEAR(result->accuracy, 39.0 / 40, 1e-9);
  EXPECT_NEAR(result->standard_deviation, 0, 1e-9);
  for (ScoredPair& pair : pairs) pair.fold = -1;
  EXPECT_FALSE(fold_accuracy(pairs));
}

}  // namespace
}  // namespace selfsame::evaluation
