// SPDX-License-Identifier: Apache-2.0
// A short form of `selfsame eval actions`, and the clips of ../shared/evaldata where that is there.
#include "evaluation/action_evaluation.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "evaluation/action_truth.h"
#include "vision/decode_image.h"
#include "vision/test_cards.h"

namespace selfsame::evaluation {
namespace {

class ActionEvaluation : public testing::Test {
 protected:
  void SetUp() override {
    if (!vision::test::networks_are_here()) {
      GTEST_SKIP() << "SKIPPED: no networks; run tools/fetch.py first";
    }
  }
  static const FaceFollower& follower() {
    static const FaceFollower loaded =
        FaceFollower::create(
            vision::test::all_cards(), vision::test::options(vision::Precision::f32)
        )
            .value();
    return loaded;
  }
};

TEST_F(ActionEvaluation, DrawnActionsAreFoundAndOthersRefused) {
  ActionEvaluationRequest request;
  for (const char* file : {"obama3.jpg", "biden.jpg", "astronaut.png"}) {
    const Bytes bytes = vision::test::read_file(vision::test::kFixturesDir + "/" + file);
    request.portraits.push_back(vision::decode_image(bytes).value());
  }
  request.clips = 6;
  std::size_t reported = 0;
  const auto result = evaluate_drawn_actions(follower(), request, [&](std::size_t, std::size_t) {
                        ++reported;
                      }).value();
  EXPECT_EQ(reported, 12U);
  std::size_t found = 0, asked = 0;
  for (const auto& action : result.found) {
    found += action.hits;
    asked += action.trials;
  }
  EXPECT_EQ(asked, 12U);
  EXPECT_GE(found, 9U);
  EXPECT_GE(result.right_accepted.hits, 3U);
  EXPECT_EQ(result.foreign_refused.trials, 6U * 29U);
  EXPECT_EQ(result.foreign_refused.hits, result.foreign_refused.trials);
  EXPECT_EQ(result.everything_refused.hits, result.everything_refused.trials);
  EXPECT_EQ(result.still_unmoved.hits, result.still_unmoved.trials);
  EXPECT_EQ(result.talking_quiet.hits, result.talking_quiet.trials);
}

TEST_F(ActionEvaluation, ClipsOfPeopleAreReadAsKnown) {
  const std::string folder = SELFSAME_SOURCE_DIR "/../shared/evaldata/liveness";
  if (!std::filesystem::exists(folder)) {
    GTEST_SKIP() << "SKIPPED: needs ../shared/evaldata, which is not here; nothing was measured";
  }
  std::ifstream file(SELFSAME_SOURCE_DIR "/tests/actions/liveness_clips.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto truth = read_action_truth(text).value();
  EXPECT_EQ(truth.size(), 7U);
  std::size_t judged = 0;
  for (const char* kind : {"talking", "live"}) {
    const auto clips = read_clip_actions(follower(), folder + "/" + kind).value();
    for (const auto& clip : clips) {
      const auto known = truth.find(std::string(kind) + "/" + clip.file);
      ASSERT_NE(known, truth.end()) << clip.file;
      EXPECT_TRUE(is_as_known(clip.evidence, known->second)) << clip.file;
      ++judged;
    }
  }
  EXPECT_EQ(judged, truth.size());
}

TEST(ActionTruth, ReadsCountsAndRangesAndRefusesTheRest) {
  const auto truth = read_action_truth("# a\n\na/b.mp4 2 0 1-3 # c\n").value();
  ASSERT_EQ(truth.size(), 1U);
  EXPECT_EQ(truth.at("a/b.mp4").blinks.most, 2);
  EXPECT_EQ(truth.at("a/b.mp4").turns.least, 1);
  EXPECT_EQ(truth.at("a/b.mp4").turns.most, 3);
  for (const char* bad : {"f", "f 1", "f 1 2", "f 1 2 3 4", "f -1 0 0", "f 3-1 0 0", "f x 0 0"}) {
    EXPECT_FALSE(read_action_truth(bad).has_value()) << bad;
  }
}

TEST(Proportion, IntervalsHoldTheShare) {
  const auto all = Proportion{.hits = 200, .trials = 200}.interval();
  EXPECT_NEAR(all.low, 0.981, 0.001);
  EXPECT_NEAR(all.high, 1, 1e-9);
  const auto none = Proportion{}.interval();
  EXPECT_EQ(none.low, 0);
  EXPECT_EQ(none.high, 1);
}

}  // namespace
}  // namespace selfsame::evaluation
