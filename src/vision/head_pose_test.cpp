// SPDX-License-Identifier: Apache-2.0
#include "vision/head_pose.h"

#include <gtest/gtest.h>

#include <cmath>

#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using HeadPose = test::WithNetworks;

core::HeadPose pose_in(const Image& image) {
  return head_pose_of(test::mesh_in(image));
}

TEST_F(HeadPose, PortraitsLookStraightAhead) {
  for (const auto& file : test::kPortraits) {
    const auto pose = pose_in(test::fixture(file));
    EXPECT_LT(std::abs(pose.yaw_deg), 12) << file;
    EXPECT_LT(std::abs(pose.pitch_deg), 12) << file;
    EXPECT_LT(std::abs(pose.roll_deg), 12) << file;
  }
}

TEST_F(HeadPose, MirrorTurnsYawAndRollRound) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto pose = pose_in(image);
    const auto mirror = pose_in(test::mirrored(image));
    EXPECT_NEAR(mirror.yaw_deg, -pose.yaw_deg, 5) << file;
    EXPECT_NEAR(mirror.pitch_deg, pose.pitch_deg, 5) << file;
    EXPECT_NEAR(mirror.roll_deg, -pose.roll_deg, 5) << file;
  }
}

TEST_F(HeadPose, RollIsClockwiseInThePicture) {
  const auto image = test::fixture("obama.jpg");
  const auto upright = pose_in(image);
  for (const double turn_deg : {-20.0, -10.0, 10.0, 20.0}) {
    const auto pose = pose_in(test::rotated(image, test::face_in(image).box, turn_deg));
    EXPECT_NEAR(pose.roll_deg, upright.roll_deg + turn_deg, 4);
    EXPECT_NEAR(pose.yaw_deg, upright.yaw_deg, 6);
  }
}

// A mesh turned about its own axes shows the signs without a photo: the nose goes where one looks.
TEST(HeadPoseSigns, FollowTheNose) {
  FaceLandmarks ahead;
  ahead.points.resize(kMeshPoints);
  const auto place = [&ahead](std::size_t index, float x, float y, float z) {
    ahead.points[index] = {x, y, z};
  };
  // Rough faces are enough: what matters is which way they turn.
  for (const std::size_t i : {234U, 127U, 93U, 132U}) place(i, -130, 0, 120);
  for (const std::size_t i : {454U, 356U, 323U, 361U}) place(i, 130, 0, 120);
  for (const std::size_t i : {33U, 133U, 50U, 205U}) place(i, -70, -30, 10);
  for (const std::size_t i : {263U, 362U, 280U, 425U}) place(i, 70, -30, 10);
  for (const std::size_t i : {10U, 151U, 9U, 8U}) place(i, 0, -120, -20);
  for (const std::size_t i : {168U, 6U, 195U, 4U, 1U}) place(i, 0, -25, -50);
  const auto turned = [&ahead](double yaw, double pitch) {
    FaceLandmarks face = ahead;
    for (auto& p : face.points) {
      const auto x = static_cast<double>(p.x), y = static_cast<double>(p.y);
      const auto z = static_cast<double>(p.z);
      // Looking left moves what is near (z < 0) to the left; looking down moves it down.
      const double z1 = z * std::cos(pitch) + y * std::sin(pitch);
      p.y = static_cast<float>(y * std::cos(pitch) - z * std::sin(pitch));
      p.x = static_cast<float>(x * std::cos(yaw) + z1 * std::sin(yaw));
      p.z = static_cast<float>(z1 * std::cos(yaw) - x * std::sin(yaw));
    }
    return head_pose_of(face);
  };
  const auto straight = turned(0, 0);
  EXPECT_NEAR(turned(0.35, 0).yaw_deg - straight.yaw_deg, 20, 3);
  EXPECT_NEAR(turned(-0.35, 0).yaw_deg - straight.yaw_deg, -20, 3);
  EXPECT_NEAR(turned(0, 0.35).pitch_deg - straight.pitch_deg, 20, 3);
  EXPECT_NEAR(turned(0, -0.35).pitch_deg - straight.pitch_deg, -20, 3);
}

TEST_F(HeadPose, FivePointsAgreeRoughly) {
  for (const auto& file : test::kPortraits) {
    const auto image = test::fixture(file);
    const auto fine = pose_in(image);
    const auto rough = rough_head_pose_of(test::face_in(image));
    EXPECT_NEAR(rough.yaw_deg, fine.yaw_deg, 12) << file;
    EXPECT_NEAR(rough.roll_deg, fine.roll_deg, 12) << file;
  }
}

TEST(HeadPoseOfNothing, IsNoNumber) {
  FaceLandmarks none;
  none.points.resize(kMeshPoints);
  EXPECT_TRUE(std::isnan(head_pose_of(none).yaw_deg));
  EXPECT_TRUE(std::isnan(rough_head_pose_of({}).yaw_deg));
  DetectedFace heap;
  heap.landmarks.resize(5);
  EXPECT_TRUE(std::isnan(rough_head_pose_of(heap).pitch_deg));
}

}  // namespace
}  // namespace selfsame::vision
