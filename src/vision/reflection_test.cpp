// SPDX-License-Identifier: Apache-2.0
// A drawn egg before a drawn wall, lit by a display. Faces are in evaluation's tests.
#include "vision/reflection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>

namespace selfsame::vision {
namespace {

constexpr int kWidth = 120, kHeight = 160;
constexpr double kCentreX = 60, kCentreY = 80, kHalfWidth = 28, kHalfHeight = 36, kDepth = 30;

core::Challenge draw(unsigned seed) {
  std::mt19937 random(seed);
  return core::draw_challenge({.flashes = 8}, [&random](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  });
}

// 468 points, evenly over the half of the egg that the camera sees.
FaceLandmarks egg() {
  FaceLandmarks mesh;
  mesh.presence = 30;
  const auto at = [](double across, double down) {
    const double rest = std::max(0.0, 1 - across * across - down * down);
    return MeshPoint{
        .x = static_cast<float>(kCentreX + across * kHalfWidth),
        .y = static_cast<float>(kCentreY + down * kHalfHeight),
        .z = static_cast<float>(-kDepth * std::sqrt(rest))
    };
  };
  for (std::size_t i = 0; i < kMeshPoints; ++i) {
    const double radius = 0.9 * std::sqrt((static_cast<double>(i) + 0.5) / kMeshPoints);
    const double angle = static_cast<double>(i) * std::numbers::pi * (3 - std::sqrt(5.0));
    mesh.points.push_back(at(radius * std::cos(angle), radius * std::sin(angle)));
  }
  mesh.points[234] = at(-0.98, 0);
  mesh.points[454] = at(0.98, 0);
  mesh.points[10] = at(0, -0.98);
  mesh.points[152] = at(0, 0.98);
  return mesh;
}

// What the display adds at a place, as a share of the light that is there.
using Surface = std::function<double(double across, double down)>;

double round_surface(double across, double down) {
  return std::sqrt(std::max(0.0, 1 - across * across - down * down));
}
double flat_surface(double across, double down) {
  return across * across + down * down < 1 ? 1 : 0;
}

core::Flash shown_at(const core::Challenge& challenge, double time_s) {
  double begin_s = challenge.flashes_begin_s;
  for (const auto& flash : challenge.flashes) {
    begin_s += flash.duration_ms / 1000.0;
    if (time_s < begin_s) return flash;
  }
  return {};
}

Image picture(const core::Flash& flash, const Surface& surface, std::mt19937& random) {
  constexpr double kReflected = 0.1;
  Image image{.width_px = kWidth, .height_px = kHeight, .bgr = {}};
  std::normal_distribution<double> noise(0, 1.5);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const double across = (x - kCentreX) / kHalfWidth, down = (y - kCentreY) / kHalfHeight;
      const double skin = across * across + down * down < 1 ? 0.3 : 0.2;
      for (const int part : {flash.blue, flash.green, flash.red}) {
        const double light = skin * (1 + kReflected * part / 255.0 * surface(across, down));
        const double value = 255 * std::pow(light, 1 / 2.2) + noise(random);
        image.bgr.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
      }
    }
  }
  return image;
}

constexpr double kLag_s = 0.12;

// Pictures at these shares of each flash, so late.
ReflectionTrace take(
    const core::Challenge& challenge,
    const Surface& surface,
    const std::vector<double>& shares = {0.2, 0.5, 0.8},
    double lag_s = kLag_s
) {
  std::mt19937 random(7);
  ReflectionTrace trace;
  const auto mesh = egg();
  double begin_s = challenge.flashes_begin_s;
  for (const auto& flash : challenge.flashes) {
    const double duration_s = flash.duration_ms / 1000.0;
    for (const double share : shares) {
      const double time_s = begin_s + share * duration_s + lag_s;
      const auto shown = shown_at(challenge, time_s - lag_s);
      trace.add(view_of(picture(shown, surface, random)), mesh, time_s);
    }
    begin_s += duration_s;
  }
  return trace;
}

std::vector<double> planned_times(const core::Challenge& challenge) {
  std::vector<double> times_s{challenge.flashes_begin_s};
  for (std::size_t i = 0; i + 1 < challenge.flashes.size(); ++i) {
    times_s.push_back(times_s.back() + challenge.flashes[i].duration_ms / 1000.0);
  }
  return times_s;
}

TEST(Reflection, RoundFaceAnswers) {
  const auto challenge = draw(1);
  const auto evidence = measure_reflection(take(challenge, round_surface), challenge, {});
  EXPECT_EQ(evidence.samples, 24);
  EXPECT_EQ(evidence.flashes_seen, 8);
  EXPECT_GT(evidence.correlation, 0.95);
  EXPECT_DOUBLE_EQ(evidence.rank, 1);
  EXPECT_NEAR(evidence.lag_s, 0.12, 0.1);  // three pictures a flash leave that open
  EXPECT_LT(evidence.lag_spread_s, 0.05);
  EXPECT_GT(evidence.relief, 0.6);
  EXPECT_GT(evidence.relief_correlation, 0.6);
  EXPECT_EQ(core::fault_of_reflection(evidence, challenge), std::nullopt);
}

TEST(Reflection, FlatFaceAnswersEverywhereAlike) {
  const auto challenge = draw(1);
  const auto evidence = measure_reflection(take(challenge, flat_surface), challenge, {});
  EXPECT_GT(evidence.correlation, 0.95);
  EXPECT_LT(evidence.relief, 0.2);
  EXPECT_EQ(core::fault_of_reflection(evidence, challenge), core::Outcome::reflection_flat);
}

TEST(Reflection, AnswerToAnotherChallengeIsAMismatch) {
  const auto trace = take(draw(1), round_surface);
  int refused = 0;
  for (unsigned seed = 2; seed < 102; ++seed) {
    const auto challenge = draw(seed);
    const auto evidence = measure_reflection(trace, challenge, {});
    refused += core::fault_of_reflection(evidence, challenge).has_value() ? 1 : 0;
  }
  EXPECT_EQ(refused, 100);
}

TEST(Reflection, NoAnswerInGoodLightIsTooBright) {
  const auto challenge = draw(1);
  const auto dead = [](double, double) { return 0.0; };
  const auto evidence = measure_reflection(take(challenge, dead), challenge, {});
  EXPECT_TRUE(evidence.too_bright);
  EXPECT_EQ(core::fault_of_reflection(evidence, challenge), core::Outcome::reflection_too_bright);
}

TEST(Reflection, TheSameQuestionHasTheSameAnswer) {
  const auto challenge = draw(3);
  const auto trace = take(challenge, round_surface);
  const auto first = measure_reflection(trace, challenge, {});
  const auto second = measure_reflection(trace, challenge, {});
  EXPECT_EQ(first.rank, second.rank);
  EXPECT_EQ(first.correlation, second.correlation);
}

TEST(Reflection, ClaimedTimesMustBeNearTheChallenge) {
  const auto challenge = draw(4);
  const auto trace = take(challenge, round_surface);
  const auto planned = planned_times(challenge);
  EXPECT_FALSE(measure_reflection(trace, challenge, planned).timing_refused);

  std::vector<std::vector<double>> lies(6, planned);
  for (double& time_s : lies[0]) time_s += 0.31;
  lies[1][3] += 0.2;        // against the others
  lies[2][3] = lies[2][2];  // does not rise
  lies[3].pop_back();       // one is missing
  lies[4][5] = std::numeric_limits<double>::quiet_NaN();
  std::ranges::reverse(lies[5]);
  for (const auto& lie : lies) {
    const auto evidence = measure_reflection(trace, challenge, lie);
    EXPECT_TRUE(evidence.timing_refused);
    EXPECT_TRUE(core::fault_of_reflection(evidence, challenge).has_value());
  }
}

TEST(Reflection, FlashThatNobodySawDoesNotCount) {
  const auto challenge = draw(5);
  const auto trace = take(challenge, round_surface);
  ReflectionTrace gappy;
  std::mt19937 random(7);
  const auto planned = planned_times(challenge);
  for (const auto& sample : trace.samples()) {
    if (sample.time_s > planned[3] && sample.time_s < planned[4] + 0.12) continue;
    const auto shown = shown_at(challenge, sample.time_s - 0.12);
    gappy.add(view_of(picture(shown, round_surface, random)), egg(), sample.time_s);
  }
  const auto evidence = measure_reflection(gappy, challenge, {});
  EXPECT_LT(evidence.flashes_seen, 8);
  EXPECT_TRUE(core::fault_of_reflection(evidence, challenge).has_value());
}

TEST(Reflection, StillsAreHeldAgainstTheVideo) {
  const auto challenge = draw(1);
  const std::vector<double> dense = {0.1, 0.25, 0.4, 0.55, 0.7, 0.85};
  const auto stills = measure_reflection(take(challenge, round_surface), challenge, {});
  const auto fault_beside = [&](const ReflectionTrace& trace) {
    const auto video = measure_reflection(trace, challenge, {});
    return core::fault_of_reflection(held_against(stills, video, challenge), challenge);
  };
  EXPECT_EQ(fault_beside(take(challenge, round_surface, dense)), std::nullopt);
  const auto dead = [](double, double) { return 0.0; };
  EXPECT_EQ(fault_beside(take(challenge, dead, dense)), core::Outcome::reflection_mismatch);
  EXPECT_EQ(fault_beside({}), core::Outcome::reflection_too_weak);  // it ended before
  auto video = measure_reflection(take(challenge, round_surface, dense), challenge, {});
  video.lag_spread_s = 0.2;
  EXPECT_EQ(held_against(stills, video, challenge).lag_spread_s, 0.2) << "a flash came late";
}

TEST(Reflection, AnAnswerThatComesLateThroughoutIsNone) {
  const auto challenge = draw(1);
  const std::vector<double> dense = {0.1, 0.25, 0.4, 0.55, 0.7, 0.85};
  const auto late = measure_reflection(take(challenge, round_surface, dense, 0.34), challenge, {});
  EXPECT_GT(late.correlation, 0.95);
  EXPECT_NEAR(late.lag_s, 0.34, 0.08);
  EXPECT_EQ(core::fault_of_reflection(late, challenge), core::Outcome::reflection_too_weak);
}

// One picture just before each change says nothing of when the answer to it came.
TEST(Reflection, LagsThatNobodySawAreNotEqual) {
  const auto challenge = draw(1);
  const auto evidence = measure_reflection(take(challenge, round_surface, {0.92}), challenge, {});
  EXPECT_EQ(evidence.flashes_seen, 8);
  EXPECT_GT(evidence.correlation, 0.95);
  EXPECT_TRUE(std::isnan(evidence.lag_spread_s));
  EXPECT_EQ(core::fault_of_reflection(evidence, challenge), core::Outcome::reflection_too_weak);
}

TEST(Reflection, TakesOnlyWhatCanBeUsed) {
  const auto challenge = draw(6);
  EXPECT_EQ(measure_reflection({}, challenge, {}).samples, 0);
  EXPECT_TRUE(
      core::fault_of_reflection(measure_reflection({}, challenge, {}), challenge).has_value()
  );
  std::mt19937 random(1);
  const Image image = picture({}, round_surface, random);
  ReflectionTrace trace;
  trace.add(view_of(image), egg(), 1);
  trace.add(view_of(image), egg(), 1);  // the same time
  trace.add(view_of(image), egg(), std::numeric_limits<double>::quiet_NaN());
  trace.add(view_of(image), {}, 2);  // no mesh
  auto outside = egg();
  for (auto& point : outside.points) point.x += kWidth / 2.0F;
  trace.add(view_of(image), outside, 3);
  EXPECT_EQ(trace.samples().size(), 1U);
}

}  // namespace
}  // namespace selfsame::vision
