// SPDX-License-Identifier: Apache-2.0
#include "evaluation/sync_evaluation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "vision/decode_sound.h"
#include "vision/test_cards.h"

namespace selfsame::evaluation {
namespace {

TEST(ShiftedSound, KeepsItsLengthAndIsSilentWhereNothingIsLeft) {
  std::vector<std::int16_t> samples(2 * vision::kSoundRate_hz, 7);
  samples[0] = 1;
  const std::size_t half = vision::kSoundRate_hz / 2;
  const auto late = shifted(samples, 0.5);
  ASSERT_EQ(late.size(), samples.size());
  EXPECT_EQ(late[half - 1], 0);
  EXPECT_EQ(late[half], 1);
  EXPECT_EQ(late.back(), 7);
  const auto early = shifted(samples, -0.5);
  ASSERT_EQ(early.size(), samples.size());
  EXPECT_EQ(early[0], 7);
  EXPECT_EQ(early[samples.size() - half - 1], 7);
  EXPECT_EQ(early[samples.size() - half], 0);
  EXPECT_EQ(shifted(samples, 0), samples);
  EXPECT_EQ(shifted(samples, 3), std::vector<std::int16_t>(samples.size(), 0));
}

TEST(SyncEvaluation, TellsSoundThatIsMovedFromSoundThatIsNot) {
  const std::string talking = SELFSAME_SOURCE_DIR "/../shared/evaldata/liveness/talking";
  if (!vision::test::networks_are_here()) {
    GTEST_SKIP() << "SKIPPED: no networks; run tools/fetch.py first";
  }
  if (!std::filesystem::exists(talking)) {
    GTEST_SKIP() << "SKIPPED: needs ../shared/evaldata, which is not here; nothing was measured";
  }
  const auto follower = FaceFollower::create_for_lips(
                            vision::test::all_cards(), vision::test::options(vision::Precision::f32)
  )
                            .value();
  const auto rows = evaluate_sync(follower, talking).value();
  ASSERT_EQ(rows.size(), kSoundShifts_s.size());
  for (const auto& row : rows) {
    EXPECT_EQ(row.clips, 5U);
    if (row.shift_s == 0) {
      EXPECT_GE(row.answered, 3U);  // of so few and so short ones, in either precision
    } else {
      EXPECT_EQ(row.refused.at("lips_out_of_step"), row.clips) << row.shift_s;
    }
  }
}

TEST(SyncEvaluation, NeedsClipsWithSound) {
  if (!vision::test::networks_are_here()) {
    GTEST_SKIP() << "SKIPPED: no networks; run tools/fetch.py first";
  }
  const auto follower = FaceFollower::create_for_lips(
                            vision::test::all_cards(), vision::test::options(vision::Precision::f32)
  )
                            .value();
  EXPECT_EQ(evaluate_sync(follower, "nowhere").error().code, Errc::not_found);
}

}  // namespace
}  // namespace selfsame::evaluation
