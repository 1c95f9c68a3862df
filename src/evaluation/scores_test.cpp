// SPDX-License-Identifier: Apache-2.0
#include "evaluation/scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "evaluation/synthetic_people_test.h"

namespace selfsame::evaluation {
namespace {

double dot(const TemplateSet& set, std::size_t a, std::size_t b) {
  const float* rows = set.values.data();
  return std::inner_product(
      rows + a * set.dimensions, rows + (a + 1) * set.dimensions, rows + b * set.dimensions, 0.0
  );
}

TEST(CompareAll, FindsTheSamePairsAsTwoLoops) {
  const TemplateSet set = SyntheticPeople(1).make(83);  // not a multiple of a tile
  const auto scores = compare_all(set, 1, 1);
  ASSERT_TRUE(scores);
  std::vector<double> genuine;
  std::vector<double> impostor;
  for (std::size_t a = 0; a < set.count(); ++a) {
    for (std::size_t b = a + 1; b < set.count(); ++b) {
      (set.identity[a] == set.identity[b] ? genuine : impostor).push_back(dot(set, a, b));
    }
  }
  std::ranges::sort(genuine);
  std::ranges::sort(impostor, std::greater<>());
  ASSERT_EQ(scores->genuine.size(), genuine.size());
  ASSERT_EQ(scores->impostor_count, impostor.size());
  ASSERT_EQ(scores->impostor_tail.size(), impostor.size());
  for (std::size_t i = 0; i < genuine.size(); ++i) {
    EXPECT_NEAR(scores->genuine[i].score, genuine[i], 1e-6);
  }
  for (std::size_t i = 0; i < impostor.size(); ++i) {
    EXPECT_NEAR(scores->impostor_tail[i].score, impostor[i], 1e-6);
  }
}

TEST(CompareAll, IsTheSameOnAnyNumberOfThreads) {
  const TemplateSet set = SyntheticPeople(2).make(200);
  const auto one = compare_all(set, 0.05, 1);
  const auto three = compare_all(set, 0.05, 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->impostor_histogram, three->impostor_histogram);
  ASSERT_EQ(one->impostor_tail.size(), three->impostor_tail.size());
  for (std::size_t i = 0; i < one->impostor_tail.size(); ++i) {
    EXPECT_EQ(one->impostor_tail[i].score, three->impostor_tail[i].score);
    EXPECT_EQ(one->impostor_tail[i].identity_a, three->impostor_tail[i].identity_a);
  }
}

TEST(CompareAll, KeepsTheTailWhole) {
  const TemplateSet set = SyntheticPeople(3).make(300);  // 179,400 impostor pairs
  const auto all = compare_all(set, 1, 1);
  const auto part = compare_all(set, 0.1, 1);
  ASSERT_TRUE(all && part);
  ASSERT_LT(part->impostor_tail.size(), all->impostor_tail.size() / 5);
  ASSERT_GE(part->impostor_tail.size(), 17'940U);
  for (std::size_t i = 0; i < part->impostor_tail.size(); ++i) {
    ASSERT_EQ(part->impostor_tail[i].score, all->impostor_tail[i].score);
  }
}

TEST(CompareAll, RefusesTemplatesThatAreNone) {
  const TemplateSet good = SyntheticPeople(4).make(5);
  const auto refused = [&](auto spoil) {
    TemplateSet set = good;
    spoil(set);
    return !compare_all(set, 1, 1);
  };
  EXPECT_FALSE(refused([](TemplateSet&) {}));
  EXPECT_TRUE(refused([](TemplateSet& s) { s.values[7] = std::numeric_limits<float>::quiet_NaN(); })
  );
  EXPECT_TRUE(refused([](TemplateSet& s) { s.values[7] = std::numeric_limits<float>::infinity(); })
  );
  EXPECT_TRUE(refused([](TemplateSet& s) { s.values[0] = s.values[1] = s.values[2] = 0; }));
  EXPECT_TRUE(refused([](TemplateSet& s) { s.values.pop_back(); }));
  EXPECT_TRUE(refused([](TemplateSet& s) { s.identity[0] = 99; }));
  EXPECT_TRUE(refused([](TemplateSet& s) { s.dimensions = 0; }));
}

TEST(DistributionOf, RefusesNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(distribution_of({{nan, 0, 1, false, -1}}, 2));
  EXPECT_FALSE(distribution_of({{nan, 0, 0, true, -1}}, 2));
  EXPECT_FALSE(distribution_of({{0.5F, 0, 2, false, -1}}, 2));
  EXPECT_TRUE(distribution_of({{0.5F, 0, 1, false, -1}}, 2));
}

TEST(Bins, CoverTheScores) {
  EXPECT_EQ(ScoreDistribution::bin_of(-1.1F), 0U);
  EXPECT_EQ(ScoreDistribution::bin_of(1.0F), ScoreDistribution::kBins - 1);
  for (const float score : {-0.7F, 0.0F, 0.36F, 0.99F}) {
    const std::size_t bin = ScoreDistribution::bin_of(score);
    EXPECT_LE(ScoreDistribution::edge_of(bin), double{score} + 1e-12);
    EXPECT_GT(ScoreDistribution::edge_of(bin + 1), double{score});
  }
}

}  // namespace
}  // namespace selfsame::evaluation
