// SPDX-License-Identifier: Apache-2.0
// Portraits that software moves in many ways, by seed, against a talking person and, where
// ../shared is, the living clips of evaldata.
#include "vision/flat_motion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

constexpr int kPictures = 12;

FlatMotion motion_of(const std::vector<Image>& pictures) {
  std::vector<FaceLandmarks> meshes;
  for (const auto& picture : pictures) meshes.push_back(test::mesh_in(picture));
  std::vector<FaceInPicture> seen;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    seen.push_back({view_of(pictures[i]), &meshes[i]});
  }
  return measure_flat_motion(seen);
}

// Skin from above each eye drawn down over it; `closed` 0..1.
cv::Mat blinking(const cv::Mat& portrait, const FaceLandmarks& mesh, double closed) {
  cv::Mat result = portrait.clone();
  for (const auto& [outer, inner, top] : {std::array{33, 133, 159}, std::array{263, 362, 386}}) {
    const auto at = [&mesh](int index) {
      const auto& point = mesh.points[static_cast<std::size_t>(index)];
      return cv::Point2d(static_cast<double>(point.x), static_cast<double>(point.y));
    };
    const double width = std::abs(at(outer).x - at(inner).x);
    const cv::Rect2d lid(
        std::min(at(outer).x, at(inner).x), at(top).y - 0.35 * width, width, 0.3 * width
    );
    const cv::Rect source = cv::Rect(lid) & cv::Rect({}, portrait.size());
    const cv::Rect target(
        source.x, source.y, source.width, cvRound(source.height + 0.45 * width * closed)
    );
    if (source.empty() || (target & cv::Rect({}, portrait.size())) != target) continue;
    cv::resize(portrait(source), result(target), target.size());
  }
  return result;
}

// One photo, moved like a hand-held camera, with noise and changing light.
std::vector<Image> moved_photo(const Image& portrait, unsigned seed, bool blinks) {
  const cv::Mat source = test::mat_of(portrait);
  const auto mesh = test::mesh_in(portrait);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> phase(0, 2 * std::numbers::pi);
  std::normal_distribution<double> noise(0, 2 + seed % 4);
  const double sway = 0.003 * (seed % 6);
  const std::array phases{
      phase(random), phase(random), phase(random), phase(random), phase(random)
  };
  std::vector<Image> pictures;
  for (int i = 0; i < kPictures; ++i) {
    const auto wave = [&](std::size_t k) {
      return std::sin((0.7 + 0.3 * static_cast<double>(k)) * i + phases[k]);
    };
    const double width = source.cols, height = source.rows;
    const double zoom = 1 + 1.5 * sway * wave(0), turn = 0.8 * sway * wave(1);
    const double lean = seed % 3 == 2 ? 0.02 * sway / 0.015 * wave(4) / width : 0;
    const cv::Matx33d middle(1, 0, -width / 2, 0, 1, -height / 2, 0, 0, 1);
    const cv::Matx33d moved(
        zoom, -turn, sway * width * wave(2), turn, zoom, sway * width * wave(3), lean, 0, 1
    );
    const cv::Mat shown =
        blinks ? blinking(source, mesh, i % 5 == 2 ? 1 : (i % 5 == 3 ? 0.5 : 0)) : source;
    cv::Mat frame;
    cv::warpPerspective(
        shown,
        frame,
        middle.inv() * moved * middle,
        source.size(),
        cv::INTER_LINEAR,
        cv::BORDER_REPLICATE
    );
    const double light = 1 + 0.05 * wave(0);
    for (auto& value : std::span(frame.data, frame.total() * 3)) {
      value = cv::saturate_cast<std::uint8_t>(light * value + noise(random));
    }
    pictures.push_back(test::image_of(frame));
  }
  return pictures;
}

using FlatMotionOf = test::WithNetworks;

TEST_F(FlatMotionOf, APhotoMovedBySoftwareIsFlat) {
  double most = 0;
  for (unsigned seed = 0; seed < 6; ++seed) {
    const auto& file = test::kPortraits[seed % test::kPortraits.size()];
    const auto motion = motion_of(moved_photo(test::fixture(file), seed, false));
    EXPECT_TRUE(is_flat(motion)) << file << " " << seed << ": " << motion.relief;
    EXPECT_FALSE(has_animated_eyes(motion)) << file << " " << seed << ": " << motion.eyes;
    most = std::max(most, motion.relief);
  }
  std::printf("6 moved photos: relief up to %.3f\n", most);
}

TEST_F(FlatMotionOf, AnimatedEyesDoNotMakeItAHead) {
  constexpr int kClips = 4;
  int animated = 0;
  for (unsigned seed = 0; seed < kClips; ++seed) {
    const auto& file = test::kPortraits[seed % test::kPortraits.size()];
    const auto motion = motion_of(moved_photo(test::fixture(file), seed, true));
    EXPECT_TRUE(is_flat(motion)) << file << " " << seed << ": " << motion.relief;
    animated += has_animated_eyes(motion) ? 1 : 0;
  }
  // What is flat is refused whatever the eyes do; that they alone move names it better.
  EXPECT_GE(animated, kClips - 1);
}

TEST_F(FlatMotionOf, ATalkingPersonIsNot) {
  const auto& all = test::talking_frames();
  for (const std::size_t from : {0U, 30U, 60U}) {
    std::vector<Image> pictures;
    for (std::size_t i = 0; i < kPictures; ++i) pictures.push_back(all[from + 5 * i]);
    const auto motion = motion_of(pictures);
    EXPECT_FALSE(is_flat(motion));
    EXPECT_GE(motion.relief, kFlatRelief) << from;  // seen, not only not measured
  }
}

TEST_F(FlatMotionOf, FewPicturesAreNotMeasured) {
  const auto few = moved_photo(test::fixture("obama.jpg"), 1, false);
  const auto motion = motion_of({few.begin(), few.begin() + 4});
  EXPECT_EQ(motion.pictures, 0);
  EXPECT_FALSE(is_flat(motion));
}

using FlatMotionClips = test::WithEvalData;

TEST_F(FlatMotionClips, EveryTwoSecondsOfALivingPersonHaveRelief) {
  int windows = 0;
  for (const char* folder : {"live", "talking"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(test::kEvalData + "/liveness/" + folder)) {
      if (entry.path().extension() == ".jpg") continue;
      const auto bytes = test::read_file(entry.path().string());
      std::vector<Image> pictures;
      double next_s = 0;
      const auto summary = decode_video(bytes, {}, [&](const VideoFrame& frame) {
        if (frame.time_s() < next_s) return Visit::more;
        next_s = frame.time_s() + 0.15;
        pictures.push_back(frame.image(960).value());
        return Visit::more;
      });
      ASSERT_TRUE(summary.has_value());
      for (std::size_t from = 0; from + kPictures <= pictures.size(); from += 6) {
        const auto first = pictures.begin() + static_cast<std::ptrdiff_t>(from);
        const auto motion = motion_of({first, first + kPictures});
        EXPECT_FALSE(is_flat(motion)) << entry.path() << " " << from << ": " << motion.relief;
        ++windows;
      }
    }
  }
  std::printf("%d windows of seven clips\n", windows);
}

}  // namespace
}  // namespace selfsame::vision
