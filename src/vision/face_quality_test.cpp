// SPDX-License-Identifier: Apache-2.0
// Every measure falls, step by step, under the damage that it is about, on real portraits.
#include "vision/face_quality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "vision/head_pose.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using FaceQuality = test::WithNetworks;

// One face is measured throughout, so that only the damage changes and not the detection.
core::QualityMeasures quality_of(const Image& image, const DetectedFace& face) {
  return measure_quality(image, face, std::nullopt);
}

void expect_falls(const std::vector<double>& values, double last_at_most, const std::string& what) {
  for (std::size_t i = 1; i < values.size(); ++i) {
    const bool falls = values[i] < values[i - 1] || (values[i] == 0 && values[i - 1] == 0);
    EXPECT_TRUE(falls) << what << ", step " << i << ": " << values[i - 1] << " to " << values[i];
  }
  EXPECT_LE(values.back(), last_at_most) << what;
}

TEST_F(FaceQuality, PortraitsAreGood) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto mesh = test::mesh_in(image);
    const auto quality = measure_quality(image, test::face_in(image), head_pose_of(mesh), &mesh);
    EXPECT_GT(quality.unified_quality_score.value(), 60) << file;
    EXPECT_GT(quality.inter_eye_distance_px.value(), 35) << file;
  }
}

TEST_F(FaceQuality, SharpnessFallsWithBlur) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    std::vector<double> values;
    for (const double share : {0.01, 0.015, 0.02, 0.03}) {  // of the face's width
      const auto soft = test::blurred(image, share * static_cast<double>(face.box.width));
      values.push_back(quality_of(soft, face).sharpness.value());
    }
    expect_falls(values, 25, file);
  }
}

TEST_F(FaceQuality, SharpnessDoesNotDependOnSize) {
  const auto image = test::fixture("obama.jpg");
  const auto half = test::resized(image, 0.5);
  EXPECT_NEAR(
      quality_of(image, test::face_in(image)).sharpness.value(),
      quality_of(half, test::face_in(half)).sharpness.value(),
      10
  );
}

TEST_F(FaceQuality, ExposureFallsInTheDark) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    std::vector<double> values;
    for (const double gain : {0.4, 0.3, 0.2, 0.1}) {
      values.push_back(quality_of(test::lit(image, gain), face).exposure.value());
    }
    expect_falls(values, 15, file);
  }
}

TEST_F(FaceQuality, ExposureFallsInTheGlare) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    std::vector<double> values;
    for (const double gain : {1.8, 2.5, 3.5, 5.0}) {
      values.push_back(quality_of(test::lit(image, gain), face).exposure.value());
    }
    expect_falls(values, 50, file);
  }
}

TEST_F(FaceQuality, PoseFallsWithRotation) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto box = test::face_in(image).box;
    const double upright = head_pose_of(test::mesh_in(image)).roll_deg;
    const double side = upright < 0 ? -1 : 1;  // on from where the head leans already
    std::vector<double> values;
    for (const double turn_deg : {0.0, 10.0, 20.0, 30.0}) {
      const auto turned = test::rotated(image, box, side * turn_deg);
      const auto pose = head_pose_of(test::mesh_in(turned));
      values.push_back(measure_quality(turned, test::face_in(turned), pose).pose.value());
    }
    expect_falls(values, 80, file);
  }
}

TEST(FaceQualityOfPose, FallsWithYawAndPitch) {
  const Image grey{.width_px = 100, .height_px = 100, .bgr = std::vector<std::uint8_t>(30000, 128)};
  const DetectedFace face{.box = {20, 20, 60, 60}, .confidence = 1, .landmarks = {}};
  const auto pose_score = [&](const core::HeadPose& pose) {
    return measure_quality(grey, face, pose).pose.value();
  };
  for (const double sign : {-1.0, 1.0}) {
    expect_falls(
        {pose_score({}), pose_score({sign * 20, 0, 0}), pose_score({sign * 40, 0, 0})}, 60, "yaw"
    );
    expect_falls(
        {pose_score({}), pose_score({0, sign * 20, 0}), pose_score({0, sign * 40, 0})}, 60, "pitch"
    );
  }
  EXPECT_DOUBLE_EQ(pose_score({120, 0, 0}), 0);
  EXPECT_DOUBLE_EQ(pose_score({std::nan(""), 0, 0}), 0);
}

TEST_F(FaceQuality, UnoccludedFallsWithCover) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    const auto mesh = test::mesh_in(image);
    std::vector<double> values;
    for (const double share : {0.0, 0.45, 0.65}) {
      const auto hidden = test::covered(image, mesh, share);
      const auto found = test::parts().landmarker.locate(view_of(hidden), face).value();
      values.push_back(measure_quality(hidden, face, std::nullopt, &found).unoccluded.value());
    }
    expect_falls(values, 45, file);
  }
}

TEST_F(FaceQuality, TotalIsTheLeast) {
  const auto image = test::fixture("obama.jpg");
  const auto face = test::face_in(image);
  const auto soft = test::blurred(image, 0.03 * static_cast<double>(face.box.width));
  const auto quality = measure_quality(soft, face, core::HeadPose{});
  EXPECT_DOUBLE_EQ(quality.unified_quality_score.value(), quality.sharpness.value());
}

TEST_F(FaceQuality, GatesLetPortraitsThroughAndStopDamage) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto face = test::face_in(image);
    const double width = static_cast<double>(face.box.width);
    EXPECT_TRUE(is_sharp_enough(measure_raw_quality(image, face))) << file;
    EXPECT_TRUE(is_well_exposed(measure_raw_quality(image, face))) << file;
    EXPECT_FALSE(is_sharp_enough(measure_raw_quality(test::blurred(image, 0.04 * width), face)));
    EXPECT_FALSE(is_well_exposed(measure_raw_quality(test::lit(image, 0.1), face))) << file;
    EXPECT_FALSE(is_well_exposed(measure_raw_quality(test::lit(image, 6), face))) << file;
  }
}

TEST(FaceQualityOfNothing, AcceptsNothing) {
  const Image grey{.width_px = 50, .height_px = 50, .bgr = std::vector<std::uint8_t>(7500, 128)};
  const DetectedFace outside{.box = {200, 200, 40, 40}, .confidence = 1, .landmarks = {}};
  const auto raw = measure_raw_quality(grey, outside);
  EXPECT_FALSE(is_sharp_enough(raw));
  EXPECT_FALSE(is_well_exposed(raw));
  EXPECT_DOUBLE_EQ(measure_quality(grey, outside, {}).unified_quality_score.value(), 0);
}

}  // namespace
}  // namespace selfsame::vision
