// SPDX-License-Identifier: Apache-2.0
#include "core/challenge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace selfsame::core {
namespace {

DrawBelow drawing(std::uint32_t seed) {
  return [random = std::mt19937(seed)](std::uint32_t bound) mutable {
    return static_cast<std::uint32_t>(random() % bound);
  };
}

constexpr int kDraws = 600;

TEST(ChallengeDraw, ActionsNeverRepeatAndComeInEveryOrder) {
  const ChallengePlan plan{.actions = 2};
  std::map<std::vector<FaceAction>, int> seen;
  const DrawBelow draw = drawing(1);
  for (int i = 0; i < kDraws; ++i) {
    std::vector<FaceAction> list;
    for (const auto& prompt : draw_challenge(plan, draw).actions) list.push_back(prompt.action);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_NE(list[0], list[1]);
    ++seen[list];
  }
  EXPECT_EQ(seen.size(), 30U);  // 6 times 5
  for (const auto& [list, count] : seen) EXPECT_LT(count, 3 * kDraws / 30);
}

TEST(ChallengeDraw, WindowsFollowEachOtherWithinTheRecording) {
  const Challenge challenge = draw_challenge({.actions = 3, .flashes = 8, .digits = 4}, drawing(2));
  double before_s = 0.5;  // a lead-in for the baseline
  for (const auto& prompt : challenge.actions) {
    ASSERT_TRUE(prompt.window);
    EXPECT_GE(prompt.window->begin_s, before_s);
    EXPECT_GE(prompt.window->end_s - prompt.window->begin_s, 2);
    before_s = prompt.window->end_s;
  }
  EXPECT_GE(challenge.flashes_begin_s, before_s);
  double lit_s = 0;
  for (const auto& flash : challenge.flashes) lit_s += flash.duration_ms / 1000.0;
  ASSERT_TRUE(challenge.speech);
  EXPECT_GE(challenge.speech->begin_s, challenge.flashes_begin_s + lit_s - 1e-9);
  EXPECT_GE(challenge.duration_s, challenge.speech->end_s);
}

TEST(ChallengeDraw, TakesWhatIsAllowed) {
  const ChallengePlan plan{.actions = 3, .allowed = {FaceAction::nod, FaceAction::blink}};
  const Challenge challenge = draw_challenge(plan, drawing(3));
  EXPECT_EQ(challenge.actions.size(), 2U);
  for (const auto& prompt : challenge.actions) {
    EXPECT_NE(std::ranges::find(plan.allowed, prompt.action), plan.allowed.end());
  }
  EXPECT_TRUE(draw_challenge({.actions = 2, .allowed = {}}, drawing(3)).actions.empty());
}

TEST(ChallengeDraw, NoColourTwiceInARowAndOneDark) {
  const DrawBelow draw = drawing(4);
  for (int i = 0; i < kDraws; ++i) {
    const Challenge challenge = draw_challenge({.flashes = 8}, draw);
    ASSERT_EQ(challenge.flashes.size(), 8U);
    int dark = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      const Flash& flash = challenge.flashes[k];
      EXPECT_GE(flash.duration_ms, 400);
      EXPECT_LE(flash.duration_ms, 600);
      dark += flash.red + flash.green + flash.blue == 0 ? 1 : 0;
      if (k == 0) continue;
      const Flash& last = challenge.flashes[k - 1];
      EXPECT_FALSE(flash.red == last.red && flash.green == last.green && flash.blue == last.blue);
    }
    EXPECT_EQ(dark, 1);
  }
}

TEST(ChallengeDraw, DigitsAreAnyDigits) {
  std::set<char> seen;
  const DrawBelow draw = drawing(5);
  for (int i = 0; i < kDraws; ++i) {
    const Challenge challenge = draw_challenge({.digits = 6}, draw);
    ASSERT_EQ(challenge.digits.size(), 6U);
    seen.insert(challenge.digits.begin(), challenge.digits.end());
  }
  EXPECT_EQ(seen, std::set<char>({'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}));
}

TEST(ChallengeDraw, NothingAskedForIsSilent) {
  const Challenge challenge = draw_challenge({}, drawing(6));
  EXPECT_EQ(challenge.modes(), std::vector<LivenessMode>{LivenessMode::silent});
  EXPECT_GE(challenge.duration_s, 2);
}

}  // namespace
}  // namespace selfsame::core
