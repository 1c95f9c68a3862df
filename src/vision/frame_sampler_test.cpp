// SPDX-License-Identifier: Apache-2.0
#include "vision/frame_sampler.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

namespace selfsame::vision {
namespace {

std::vector<SampledFrame> sample(double duration_s, double frame_rate, std::size_t count) {
  FrameSampler sampler;
  for (int i = 0; i < static_cast<int>(duration_s * frame_rate); ++i) {
    const double time_s = i / frame_rate;
    if (sampler.wants(time_s)) sampler.add({.image = {}, .index = i, .time_s = time_s});
  }
  return std::move(sampler).take(count);
}

TEST(FrameSampler, SpreadsOverAnyDuration) {
  for (const double duration_s : {2.0, 3.0, 10.0, 61.0, 120.0}) {
    const auto frames = sample(duration_s, 30, 14);
    ASSERT_GE(frames.size(), 12U) << duration_s;
    ASSERT_LE(frames.size(), 14U) << duration_s;
    EXPECT_EQ(frames.front().index, 0);
    EXPECT_GT(frames.back().time_s, 0.85 * duration_s) << duration_s;
    for (std::size_t i = 1; i < frames.size(); ++i) {
      const double gap_s = frames[i].time_s - frames[i - 1].time_s;
      EXPECT_GT(gap_s, 0) << duration_s;
      EXPECT_LT(gap_s, 2.6 * duration_s / 14) << duration_s;
    }
  }
}

TEST(FrameSampler, GivesThoseNearestToTimes) {
  FrameSampler sampler;
  for (int i = 0; i < 60; ++i) {
    const double time_s = i / 30.0;
    if (sampler.wants(time_s)) sampler.add({.image = {}, .index = i, .time_s = time_s});
  }
  const auto frames = sampler.nearest(std::array{1.0, 0.5, 1.01, 99.0});
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_NEAR(frames[0].time_s, 0.5, 0.09);
  EXPECT_NEAR(frames[1].time_s, 1.0, 0.09);
  EXPECT_GT(frames[2].time_s, 1.8);
  EXPECT_TRUE(sampler.nearest({}).empty());
  EXPECT_TRUE(FrameSampler().nearest(std::array{1.0}).empty());
}

TEST(FrameSampler, GivesAllOfAFew) {
  EXPECT_EQ(sample(0.3, 10, 14).size(), 2U);
  EXPECT_TRUE(sample(0, 10, 14).empty());
}

}  // namespace
}  // namespace selfsame::vision
