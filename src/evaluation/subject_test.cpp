// SPDX-License-Identifier: Apache-2.0
#include "evaluation/subject.h"

#include <gtest/gtest.h>

namespace selfsame::evaluation {
namespace {

vision::DetectedFace face_at(float x, float y, float side) {
  return {{x, y, side, side}, 0.9F, {}};
}

TEST(Subject, IsTheLargestWhereAllAreNearTheCentre) {
  EXPECT_EQ(subject_among({face_at(60, 60, 130), face_at(150, 60, 60)}, 250, 250), 0U);
  EXPECT_EQ(subject_among({face_at(0, 0, 10)}, 250, 250), 0U);
}

TEST(Subject, IsTheCentralOneBesideALargerBystander) {
  EXPECT_EQ(subject_among({face_at(-40, 60, 110), face_at(80, 80, 90)}, 250, 250), 1U);
}

}  // namespace
}  // namespace selfsame::evaluation
