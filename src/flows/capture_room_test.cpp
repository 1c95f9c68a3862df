// SPDX-License-Identifier: Apache-2.0
#include "flows/capture_room.h"

#include <gtest/gtest.h>

#include <optional>

namespace selfsame::flows {
namespace {

TEST(CaptureRoom, HoldsItsBytesAndNoMore) {
  const CaptureRoom room(100);
  CapturePlace first = room.take(60);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(room.take(41), nullptr);
  CapturePlace second = room.take(40);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(room.take(1), nullptr);
  const CapturePlace copy = first;
  first.reset();
  EXPECT_EQ(room.take(1), nullptr) << "a copy holds the place";
}

TEST(CaptureRoom, IsFreeAgain) {
  const CaptureRoom room(100);
  EXPECT_NE(room.take(100), nullptr);
  EXPECT_NE(room.take(100), nullptr);
}

TEST(CaptureRoom, LetsOneInThatIsLargerThanItself) {
  const CaptureRoom room(100);
  const CapturePlace large = room.take(500);
  EXPECT_NE(large, nullptr);
  EXPECT_EQ(room.take(1), nullptr);
}

TEST(CaptureRoom, APlaceMayOutliveIt) {
  CapturePlace place;
  {
    const CaptureRoom room(10);
    place = room.take(10);
  }
  EXPECT_NE(place, nullptr);
}

}  // namespace
}  // namespace selfsame::flows
