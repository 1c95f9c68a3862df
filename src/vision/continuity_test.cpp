// SPDX-License-Identifier: Apache-2.0
// Made scenes: a textured head that sways before a still wall, with a camera's noise.
#include "vision/continuity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace selfsame::vision {
namespace {

constexpr double kRate = 25;

struct Scene {
  double wall = 90;    // luma
  double phase = 0;    // of the texture
  double light = 0;    // added to everything
  double noise = 0.5;  // standard deviation of the camera's, in so small a picture
};

Image picture_of(const Scene& scene, double time_s, std::mt19937& random) {
  Image image{.width_px = 64, .height_px = 48, .bgr = {}};
  std::normal_distribution<double> noise(0, scene.noise);
  // Never the same way twice.
  const double middle = 30 + 1.5 * time_s + 2 * std::sin(2.1 * time_s * time_s + scene.phase);
  for (int y = 0; y < image.height_px; ++y) {
    for (int x = 0; x < image.width_px; ++x) {
      const double dx = (x - middle) / 13, dy = (y - 24.0) / 18;
      const bool head = dx * dx + dy * dy < 1;
      const double texture = 40 * std::sin(6 * dx + scene.phase) * std::cos(5 * dy);
      const double luma = (head ? 150 + texture : scene.wall) + scene.light + noise(random);
      const auto value = static_cast<std::uint8_t>(std::clamp(luma, 0.0, 255.0));
      image.bgr.insert(image.bgr.end(), {value, value, value});
    }
  }
  return image;
}

std::vector<Image> take(const Scene& scene, double from_s, double to_s, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<Image> frames;
  for (double t = from_s; t < to_s - 1e-9; t += 1 / kRate) {
    frames.push_back(picture_of(scene, t, random));
  }
  return frames;
}

ContinuityFindings findings_of(const std::vector<Image>& frames) {
  ContinuityTrace trace;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    trace.add(frames[i], static_cast<double>(i) / kRate);
  }
  return trace.findings();
}

void expect_one_take(const std::vector<Image>& frames) {
  const auto found = findings_of(frames);
  EXPECT_FALSE(found.cut) << found.largest_jump;
  EXPECT_FALSE(found.frozen) << found.longest_freeze_s << " " << found.frozen_share;
  EXPECT_FALSE(found.repeated) << found.closest_repeat;
}

TEST(Continuity, OneTakeIsOneTake) {
  expect_one_take(take({}, 0, 4));
}

TEST(Continuity, ShakingTheHeadIsNoRepeat) {
  std::mt19937 random(3);
  std::vector<Image> frames;
  for (int i = 0; i < 100; ++i) {
    const double time_s =
        0.3 + 0.3 * std::sin(6 * i / kRate);  // to and fro through the same places
    frames.push_back(picture_of({}, time_s, random));
  }
  expect_one_take(frames);
}

TEST(Continuity, DoubledFramesAreNoFreezeAndNoCut) {
  std::vector<Image> doubled;
  for (const auto& frame : take({}, 0, 2)) doubled.insert(doubled.end(), 2, frame);
  expect_one_take(doubled);
}

TEST(Continuity, AFewDroppedFramesAreForgiven) {
  auto frames = take({}, 0, 4);
  std::fill_n(frames.begin() + 41, 6, frames[40]);  // 0.24 s, then the head is somewhere else
  expect_one_take(frames);
}

TEST(Continuity, ExposureMayStep) {
  auto frames = take({}, 0, 2);
  const auto brighter = take({.light = 12}, 2, 4, 2);
  frames.insert(frames.end(), brighter.begin(), brighter.end());
  expect_one_take(frames);
}

TEST(Continuity, AnotherSceneIsACut) {
  auto frames = take({}, 0, 2);
  const auto other = take({.wall = 160, .phase = 2}, 0, 2, 2);
  frames.insert(frames.end(), other.begin(), other.end());
  EXPECT_TRUE(findings_of(frames).cut);
}

TEST(Continuity, OneForeignFrameIsACut) {
  auto frames = take({}, 0, 4);
  frames[50] = take({.wall = 40, .phase = 1}, 0, 0.1)[0];
  EXPECT_TRUE(findings_of(frames).cut);
}

TEST(Continuity, AStillIsFrozen) {
  EXPECT_TRUE(findings_of(std::vector<Image>(75, take({}, 0, 0.1)[0])).frozen);
}

TEST(Continuity, AFrozenStretchIsFrozen) {
  auto frames = take({}, 0, 4);
  frames.insert(frames.begin() + 50, 30, frames[50]);  // 1.2 s
  EXPECT_TRUE(findings_of(frames).frozen);
}

TEST(Continuity, ALoopIsRepeated) {
  const auto once = take({}, 0, 1.2);
  std::vector<Image> looped;
  for (int i = 0; i < 3; ++i) looped.insert(looped.end(), once.begin(), once.end());
  EXPECT_TRUE(findings_of(looped).repeated);
}

TEST(Continuity, ForwardsAndBackIsRepeated) {
  auto frames = take({}, 0, 2);
  const std::vector<Image> back(frames.rbegin(), frames.rend());
  frames.insert(frames.end(), back.begin(), back.end());
  EXPECT_TRUE(findings_of(frames).repeated);
}

// What an encoder leaves of camera noise differs from copy to copy, so no frame is the same again.
std::vector<Image> encoded_again(const std::vector<Image>& frames, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 0.35);
  std::vector<Image> copies = frames;
  for (auto& copy : copies) {
    for (std::size_t i = 0; i < copy.bgr.size(); i += 3) {
      const double luma = std::clamp(std::round(copy.bgr[i] + noise(random)), 0.0, 255.0);
      std::fill_n(
          copy.bgr.begin() + static_cast<std::ptrdiff_t>(i), 3, static_cast<std::uint8_t>(luma)
      );
    }
  }
  return copies;
}

TEST(Continuity, EncodedAgainForwardsAndBackIsRepeated) {
  int found = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const auto once = take({}, 0, 2, seed);
    auto both = once;
    both.insert(both.end(), once.rbegin(), once.rend());
    found += findings_of(encoded_again(both, seed)).repeated ? 1 : 0;
    expect_one_take(encoded_again(take({}, 0, 4, seed), seed));
  }
  EXPECT_EQ(found, 10);
}

ContinuityFindings findings_at(
    const std::vector<Image>& frames, const std::vector<double>& times_s
) {
  ContinuityTrace trace;
  for (std::size_t i = 0; i < frames.size(); ++i) trace.add(frames[i], times_s[i]);
  return trace.findings();
}

TEST(Continuity, StampsOfAPhoneInBadLightAreForgiven) {
  const auto frames = take({}, 0, 4);
  std::vector<double> times_s;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const double before_s = times_s.empty() ? 0 : times_s.back();
    const double step_s = i % 17 == 3 ? 0.4 : (i < 50 ? 0.033 : 0.066);
    times_s.push_back(before_s + (i % 40 == 7 ? 0 : step_s));
  }
  EXPECT_FALSE(findings_at(frames, times_s).retimed);
}

TEST(Continuity, AHoleInTheStampsIsRetimed) {
  const auto frames = take({}, 0, 4);
  std::vector<double> times_s;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    times_s.push_back(static_cast<double>(i) / kRate + (i >= 60 ? 1.2 : 0));
  }
  EXPECT_TRUE(findings_at(frames, times_s).retimed);
}

TEST(Continuity, ManyFramesAtOneTimeAreRetimed) {
  const auto frames = take({}, 0, 4);
  std::vector<double> times_s;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    times_s.push_back(static_cast<double>(i / 2 * 2) / kRate);
  }
  EXPECT_TRUE(findings_at(frames, times_s).retimed);
}

TEST(Continuity, NothingIsNoFinding) {
  EXPECT_FALSE(ContinuityTrace().findings().cut);
  const auto one = findings_of(take({}, 0, 1 / kRate));
  EXPECT_FALSE(one.cut || one.frozen || one.repeated);
}

}  // namespace
}  // namespace selfsame::vision
