// SPDX-License-Identifier: Apache-2.0
#include "vision/stills.h"

#include <gtest/gtest.h>

namespace selfsame::vision {
namespace {

std::vector<TimedStill> grey_stills(int width_px, int height_px, std::size_t count) {
  Image image{.width_px = width_px, .height_px = height_px, .bgr = {}};
  image.bgr.assign(
      static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3, 90
  );
  const Bytes encoded = encode_jpeg(image, 50);
  std::vector<TimedStill> stills;
  for (std::size_t i = 0; i < count; ++i) {
    stills.push_back({.encoded = encoded, .time_s = static_cast<double>(i)});
  }
  return stills;
}

// How many were shown; nothing where they were refused.
std::optional<int> shown(const std::vector<TimedStill>& stills, const StillsLimits& limits = {}) {
  int count = 0;
  const auto summary = frames_of_stills(stills, limits)([&count](const VideoFrame&) {
    ++count;
    return Visit::more;
  });
  if (summary) return count;
  EXPECT_EQ(summary.error().code, Errc::image_undecodable);
  EXPECT_LE(count, 1);
  return std::nullopt;
}

TEST(Stills, CamerasTwelveMegapixelsAreShown) {
  EXPECT_EQ(shown(grey_stills(4032, 3024, 2)), 2);
}

TEST(Stills, LargerOnesAreRefused) {
  EXPECT_EQ(shown(grey_stills(4100, 3080, 1)), std::nullopt);
}

TEST(Stills, PixelsOfAllTogetherAreLimited) {
  const auto stills = grey_stills(100, 50, 10);
  EXPECT_EQ(shown(stills, {.max_total_pixels = 50'000}), 10);
  EXPECT_EQ(shown(stills, {.max_total_pixels = 49'999}), std::nullopt);
}

TEST(Stills, TimeOfAllTogetherIsLimited) {
  EXPECT_EQ(shown(grey_stills(400, 300, 5), {.max_decoding_s = 1e-9}), std::nullopt);
}

}  // namespace
}  // namespace selfsame::vision
