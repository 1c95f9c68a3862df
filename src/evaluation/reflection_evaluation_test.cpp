// SPDX-License-Identifier: Apache-2.0
// The simulator against the measuring, on three portraits: a short form of `selfsame eval
// reflection`.
#include "evaluation/reflection_evaluation.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <utility>

#include "core/challenge.h"
#include "vision/network.h"
#include "vision/reflection.h"
#include "vision/test_cards.h"

namespace selfsame::evaluation {
namespace {

using core::Outcome;

struct Parts {
  std::unique_ptr<vision::InferenceRuntime> runtime;
  vision::FaceDetector detector;
  vision::FaceLandmarker landmarker;
  std::vector<Portrait> portraits;
};

const Parts& parts() {
  static const Parts loaded = [] {
    auto runtime =
        vision::InferenceRuntime::create(vision::test::options(vision::Precision::f32)).value();
    auto detector =
        vision::FaceDetector::create(runtime->load(vision::test::yunet_card()).value()).value();
    auto landmarker =
        vision::FaceLandmarker::create(runtime->load(vision::test::mesh_card()).value()).value();
    auto portraits = find_portraits(detector, vision::test::kFixturesDir, 4).value();
    return Parts{
        std::move(runtime), std::move(detector), std::move(landmarker), std::move(portraits)
    };
  }();
  return loaded;
}

core::Challenge draw(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return core::draw_challenge({.flashes = 8}, [&random](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  });
}

vision::ReflectionTrace taken(
    std::size_t person, const FlashScene& scene, const core::Challenge& challenge
) {
  const auto& portrait = parts().portraits[person];
  const auto capture =
      simulate_capture(portrait.image, portrait.face, scene, challenge, challenge, 0).value();
  vision::ReflectionTrace trace;
  for (const auto& picture : capture.pictures) {
    const auto view = vision::view_of(picture.image);
    const auto faces = parts().detector.detect(view).value();
    if (faces.empty()) continue;
    trace.add(view, parts().landmarker.locate(view, faces.front()).value(), picture.time_s);
  }
  return trace;
}

std::optional<Outcome> fault(
    std::size_t person, const FlashScene& scene, const core::Challenge& challenge
) {
  const auto evidence = vision::measure_reflection(taken(person, scene, challenge), challenge, {});
  return core::fault_of_reflection(evidence, challenge);
}

class ReflectionSimulation : public testing::Test {
 protected:
  void SetUp() override {
    if (!vision::test::networks_are_here()) {
      GTEST_SKIP() << "SKIPPED: no networks; run tools/fetch.py first";
    }
  }
};

TEST_F(ReflectionSimulation, LiveIsAcceptedAndFlatIsNot) {
  ASSERT_GE(parts().portraits.size(), 3U);
  int live = 0, flat = 0;
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto challenge = draw(seed);
    FlashScene scene{.reflected = 0.15, .seed = seed};
    live += fault(seed % 3, scene, challenge) ? 0 : 1;
    scene.subject = seed % 2 == 0 ? FlashSubject::print : FlashSubject::screen;
    flat += fault(seed % 3, scene, challenge) ? 0 : 1;
  }
  EXPECT_GE(live, 3);
  EXPECT_EQ(flat, 0);
}

TEST_F(ReflectionSimulation, OtherChallengesAreRefused) {
  const auto answered = draw(100);
  const auto trace = taken(0, {.reflected = 0.15, .seed = 3}, answered);
  EXPECT_GT(vision::measure_reflection(trace, answered, {}).correlation, 0.9);
  int refused = 0;
  for (std::uint64_t seed = 101; seed < 201; ++seed) {
    const auto challenge = draw(seed);
    const auto evidence = vision::measure_reflection(trace, challenge, {});
    refused += core::fault_of_reflection(evidence, challenge) ? 1 : 0;
  }
  EXPECT_EQ(refused, 100);
}

TEST_F(ReflectionSimulation, OutshoneScreenIsTooBright) {
  const auto challenge = draw(7);
  EXPECT_EQ(
      fault(1, {.subject = FlashSubject::nothing, .seed = 5}, challenge),
      Outcome::reflection_too_bright
  );
}

TEST(ReflectionEvaluation, ExactIntervalsAreThoseOfTheTables) {
  const auto none = exact_interval(0, 2000, 0.95);
  EXPECT_DOUBLE_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.00184, 1e-5);
  const auto some = exact_interval(8, 10, 0.95);
  EXPECT_NEAR(some.low, 0.4439, 1e-4);
  EXPECT_NEAR(some.high, 0.9748, 1e-4);
  EXPECT_DOUBLE_EQ(exact_interval(10, 10, 0.95).high, 1);
}

}  // namespace
}  // namespace selfsame::evaluation
