// SPDX-License-Identifier: Apache-2.0
#include "flows/capture_room.h"

#include <gtest/gtest.h>

#include <optional>

namespace selfsame::flows {
namespace {

TEST(CaptureRoom, HoldsItsBytesAndNoMore) {
  const CaptureRoom room(100);
  CapturePlace first = room.take("bank", 60);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(room.take("shop", 41), nullptr);
  CapturePlace second = room.take("shop", 40);
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(room.take("bank", 1), nullptr);
  const CapturePlace copy = first;
  first.reset();
  EXPECT_EQ(room.take("bank", 1), nullptr) << "a copy holds the place";
}

TEST(CaptureRoom, OneCustomerLeavesRoomToOthers) {
  const CaptureRoom room(100);
  CapturePlace first = room.take("bank", 50);
  const CapturePlace second = room.take("bank", 25);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(room.take("bank", 1), nullptr);
  CapturePlace other = room.take("shop", 25);
  EXPECT_NE(other, nullptr);
  first.reset();
  EXPECT_EQ(room.take("bank", 51), nullptr);
  EXPECT_NE(room.take("bank", 50), nullptr);
  other.reset();
  EXPECT_NE(room.take("shop", 75), nullptr) << "nobody's place is kept after it is gone";
}

TEST(CaptureRoom, IsFreeAgain) {
  const CaptureRoom room(100);
  {
    const CapturePlace one = room.take("bank", 0);
    const CapturePlace another = room.take("bank", 0);
    EXPECT_NE(another, nullptr);
  }
  EXPECT_NE(room.take("bank", 100), nullptr);
  EXPECT_NE(room.take("bank", 100), nullptr);
}

TEST(CaptureRoom, LetsOneInThatIsLargerThanItself) {
  const CaptureRoom room(100);
  const CapturePlace large = room.take("bank", 500);
  EXPECT_NE(large, nullptr);
  EXPECT_EQ(room.take("bank", 1), nullptr);
}

TEST(CaptureRoom, APlaceMayOutliveIt) {
  CapturePlace place;
  {
    const CaptureRoom room(10);
    place = room.take("bank", 10);
  }
  EXPECT_NE(place, nullptr);
}

}  // namespace
}  // namespace selfsame::flows
