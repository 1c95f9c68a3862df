// SPDX-License-Identifier: Apache-2.0
#include "vision/attack_cues.h"

#include <gtest/gtest.h>

#include "vision/drawn_attack.h"
#include "vision/liveness_test_parts.h"

namespace selfsame::vision {
namespace {

using AttackCuesOf = test::WithNetworks;

AttackCues cues_in(const Image& image) {
  return measure_attack_cues(view_of(image), test::face_in(image).box);
}

TEST_F(AttackCuesOf, GreyCopiesAreCalledPrint) {
  for (const auto& file : test::kPortraits) {
    const auto portrait = test::fixture(file);
    EXPECT_GT(cues_in(portrait).chroma_spread, 4) << file;
    EXPECT_EQ(attack_class_of(cues_in(test::in_grey(portrait))), core::AttackClass::print) << file;
  }
}

TEST_F(AttackCuesOf, MostDevicesAreCalledScreens) {
  int called = 0;
  for (const auto& file : test::kPortraits) {
    const auto drawn = draw_attack(test::fixture(file), DrawnAttack::screen);
    called += attack_class_of(cues_in(drawn)) == core::AttackClass::screen_replay ? 1 : 0;
  }
  EXPECT_GE(called, 2);
}

TEST_F(AttackCuesOf, NothingInParticularIsUnsure) {
  const AttackCues colourful{.chroma_spread = 8, .bezel = false};
  EXPECT_EQ(attack_class_of(colourful), core::AttackClass::unsure);
}

}  // namespace
}  // namespace selfsame::vision
