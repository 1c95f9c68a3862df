// SPDX-License-Identifier: Apache-2.0
// Drawn cards of low contrast on printed paper, by seed.
#include "vision/document/card_finder.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <random>
#include <vector>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

constexpr int kWidth_px = 800;
constexpr int kHeight_px = 600;

struct Scene {
  cv::Mat picture;
  Quad card{};
  std::vector<TextRegion> text;
};

void add_noise(cv::Mat& picture, int seed) {
  cv::Mat noise(picture.size(), CV_16SC3);
  cv::RNG(static_cast<std::uint64_t>(seed) + 1).fill(noise, cv::RNG::NORMAL, 0, 1);
  cv::Mat sum;
  cv::add(picture, noise, sum, cv::noArray(), CV_16SC3);
  sum.convertTo(picture, CV_8UC3);
}

/// Sheets of dashes that lie across one another, as printed paper looks from afar.
cv::Mat desk(std::mt19937& random) {
  std::uniform_real_distribution<float> any(0, 1);
  cv::Mat picture(kHeight_px, kWidth_px, CV_8UC3, cv::Scalar(90, 110, 120));
  for (int sheet = 0; sheet < 3; ++sheet) {
    cv::Mat paper(500, 360, CV_8UC3, cv::Scalar::all(250 - 6 * sheet));
    for (int y = 40; y < 460; y += 16) {
      for (int x = 30; x < 320; x += 34)
        cv::rectangle(paper, cv::Rect(x, y, 26, 5), cv::Scalar::all(50), cv::FILLED);
    }
    const auto centre = cv::Point2f(180, 250);
    cv::Mat turn = cv::getRotationMatrix2D(centre, static_cast<double>(360 * any(random)), 1);
    turn.at<double>(0, 2) += static_cast<double>(any(random)) * kWidth_px - 180;
    turn.at<double>(1, 2) += static_cast<double>(any(random)) * kHeight_px - 250;
    cv::warpAffine(paper, picture, turn, picture.size(), cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
  }
  return picture;
}

/// A card little darker than paper, turned by any angle, its far side shorter.
Scene scene(int seed) {
  constexpr float kCardWidth = 380;
  constexpr float kCardHeight = 240;
  std::mt19937 random(static_cast<unsigned>(seed));
  std::uniform_real_distribution<float> any(0, 1);
  Scene made{desk(random), {}, {}};
  const float angle = any(random) * static_cast<float>(2 * CV_PI);
  const float shorter = 0.02F + 0.05F * any(random);
  const auto placed = [&](float x, float y) {
    const float across = (x - kCardWidth / 2) * (1 - shorter * (kCardHeight / 2 - y) / kCardHeight);
    const float up = y - kCardHeight / 2;
    return Point{
        kWidth_px / 2.0F + across * std::cos(angle) - up * std::sin(angle),
        kHeight_px / 2.0F + across * std::sin(angle) + up * std::cos(angle)
    };
  };
  made.card = {
      placed(0, 0), placed(kCardWidth, 0), placed(kCardWidth, kCardHeight), placed(0, kCardHeight)
  };
  cv::Mat card(
      static_cast<int>(kCardHeight),
      static_cast<int>(kCardWidth),
      CV_8UC3,
      cv::Scalar(205, 212, 208)
  );
  for (int row = 0; row < 5; ++row) {
    const float y = 40 + 34.0F * static_cast<float>(row);
    const float end = 230 + 100 * any(random);
    for (int x = 120; x < static_cast<int>(end); x += 12)
      cv::rectangle(card, cv::Rect(x, static_cast<int>(y), 8, 14), cv::Scalar::all(60), 2);
    made.text.push_back(
        {{placed(118, y - 2), placed(end, y - 2), placed(end, y + 17), placed(118, y + 17)}, 0.9F}
    );
  }
  const auto corner = [&](std::size_t i) {
    return cv::Point2f(made.card.at(i).x, made.card.at(i).y);
  };
  const std::array<cv::Point2f, 4> from = {
      cv::Point2f(0, 0),
      cv::Point2f(kCardWidth, 0),
      cv::Point2f(kCardWidth, kCardHeight),
      cv::Point2f(0, kCardHeight)
  };
  const std::array<cv::Point2f, 4> to = {corner(0), corner(1), corner(2), corner(3)};
  cv::warpPerspective(
      card,
      made.picture,
      cv::getPerspectiveTransform(from.data(), to.data()),
      made.picture.size(),
      cv::INTER_LINEAR,
      cv::BORDER_TRANSPARENT
  );
  add_noise(made.picture, seed);
  return made;
}

/// The furthest of the true corners from the found one nearest to it.
float error_px(const Quad& found, const Quad& truth) {
  float worst = 0;
  for (const Point corner : truth) {
    float nearest = 1e9F;
    for (const Point p : found) nearest = std::min(nearest, distance(p, corner));
    worst = std::max(worst, nearest);
  }
  return worst;
}

TEST(CardFinder, FindsACardOnPrintedPaper) {
  constexpr int kScenes = 20;
  int right = 0;
  for (int seed = 0; seed < kScenes; ++seed) {
    const Scene made = scene(seed);
    const auto found = find_card(as_view(made.picture), made.text);
    if (found && found->confidence >= 0.3F && error_px(found->quad, made.card) < 8) ++right;
  }
  EXPECT_GE(right, kScenes * 85 / 100);
}

TEST(CardFinder, IsLessSureWhereThereIsNone) {
  constexpr int kScenes = 8;
  int sure = 0;
  for (int seed = 0; seed < kScenes; ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    cv::Mat picture = desk(random);
    add_noise(picture, seed);
    const auto found = find_card(as_view(picture), scene(seed).text);
    const auto with_card = find_card(as_view(scene(seed).picture), scene(seed).text);
    ASSERT_TRUE(with_card);
    if (found && found->confidence >= with_card->confidence) ++sure;
  }
  EXPECT_EQ(sure, 0);
}

TEST(CardFinder, FindsNothingWithoutText) {
  EXPECT_FALSE(find_card(as_view(scene(1).picture), {}));
}

}  // namespace
}  // namespace selfsame::vision
