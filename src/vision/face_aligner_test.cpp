// SPDX-License-Identifier: Apache-2.0
#include "vision/face_aligner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace selfsame::vision {
namespace {

const std::array<Point, 5> kTemplate = {
    {{38.2946F, 51.6963F},
     {73.5318F, 51.5014F},
     {56.0252F, 71.7366F},
     {41.5493F, 92.3655F},
     {70.7299F, 92.2041F}}
};

std::array<Point, 5> moved(double scale, double turn_deg, double dx, double dy) {
  const double turn = turn_deg * std::numbers::pi / 180;
  std::array<Point, 5> points{};
  for (std::size_t i = 0; i < 5; ++i) {
    const double x = static_cast<double>(kTemplate[i].x);
    const double y = static_cast<double>(kTemplate[i].y);
    points[i] = {
        static_cast<float>(scale * (x * std::cos(turn) - y * std::sin(turn)) + dx),
        static_cast<float>(scale * (x * std::sin(turn) + y * std::cos(turn)) + dy)
    };
  }
  return points;
}

TEST(FaceAligner, LeavesTheTemplateWhereItIs) {
  const Similarity map = similarity_to_template(kTemplate);
  EXPECT_NEAR(map.a, 1, 1e-6);
  EXPECT_NEAR(map.b, 0, 1e-6);
  EXPECT_NEAR(map.tx, 0, 1e-4);
  EXPECT_NEAR(map.ty, 0, 1e-4);
}

TEST(FaceAligner, UndoesScaleTurnAndShift) {
  for (const double turn_deg : {-170.0, -30.0, 0.0, 45.0, 90.0}) {
    const auto points = moved(2.5, turn_deg, 300, 40);
    const Similarity map = similarity_to_template(points);
    EXPECT_NEAR(std::hypot(map.a, map.b), 1 / 2.5, 1e-5);
    for (std::size_t i = 0; i < 5; ++i) {
      const auto x = static_cast<double>(points[i].x);
      const auto y = static_cast<double>(points[i].y);
      EXPECT_NEAR(map.a * x - map.b * y + map.tx, static_cast<double>(kTemplate[i].x), 1e-3);
      EXPECT_NEAR(map.b * x + map.a * y + map.ty, static_cast<double>(kTemplate[i].y), 1e-3);
    }
  }
}

TEST(FaceAligner, GivesIdentityForPointsWithoutExtent) {
  const std::array<Point, 5> same{};
  EXPECT_EQ(similarity_to_template(same).a, 1);
  auto nan = kTemplate;
  nan[2].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(similarity_to_template(nan).a, 1);
}

TEST(FaceAligner, PutsTheEyesOnTheTemplate) {
  // White squares at the five points of a turned, enlarged face.
  const auto points = moved(2, 20, 120, 30);
  Image image{400, 400, std::vector<std::uint8_t>(400UL * 400 * 3, 0)};
  for (const auto& point : points) {
    for (int dy = -4; dy <= 4; ++dy) {
      for (int dx = -4; dx <= 4; ++dx) {
        const auto x = static_cast<std::size_t>(std::lround(point.x) + dx);
        const auto y = static_cast<std::size_t>(std::lround(point.y) + dy);
        image.bgr[(y * 400 + x) * 3 + 1] = 255;
      }
    }
  }
  const Image aligned = align_face(view_of(image), points);
  ASSERT_EQ(aligned.width_px, 112);
  ASSERT_EQ(aligned.height_px, 112);
  for (const auto& place : kTemplate) {
    const auto at = (static_cast<std::size_t>(std::lround(place.y)) * 112 +
                     static_cast<std::size_t>(std::lround(place.x))) *
                    3;
    EXPECT_EQ(aligned.bgr[at], 0);
    EXPECT_GT(aligned.bgr[at + 1], 250);
  }
  EXPECT_EQ(aligned.bgr[(56 * 112 + 20) * 3 + 1], 0);
}

TEST(FaceAligner, IsBlackWithoutFivePoints) {
  const Image image{8, 8, std::vector<std::uint8_t>(8UL * 8 * 3, 200)};
  const std::vector<Point> four(4);
  EXPECT_EQ(align_face(view_of(image), four).bgr, std::vector<std::uint8_t>(112UL * 112 * 3, 0));
}

}  // namespace
}  // namespace selfsame::vision
