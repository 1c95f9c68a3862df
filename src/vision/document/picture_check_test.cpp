// SPDX-License-Identifier: Apache-2.0
#include "vision/document/picture_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

using core::DocumentWarning;

constexpr Quad kCard = {Point{200, 200}, Point{1200, 200}, Point{1200, 830}, Point{200, 830}};
const std::vector<Quad> kLines = {
    Quad{Point{300, 300}, Point{700, 300}, Point{700, 340}, Point{300, 340}}
};

/// A pale card with print and a coloured field, on a darker desk.
cv::Mat card() {
  cv::Mat picture(1050, 1400, CV_8UC3, cv::Scalar(70, 90, 110));
  cv::rectangle(picture, cv::Rect(200, 200, 1000, 630), cv::Scalar(225, 215, 205), cv::FILLED);
  cv::rectangle(picture, cv::Rect(900, 300, 220, 280), cv::Scalar(60, 90, 190), cv::FILLED);
  for (int row = 0; row < 8; ++row) {
    const cv::Point at(300, 330 + 60 * row);
    cv::putText(
        picture, "SAMPLE 2749183", at, cv::FONT_HERSHEY_DUPLEX, 1.2, {30, 30, 30}, 2, cv::LINE_AA
    );
  }
  cv::Mat noise(picture.size(), CV_16SC3);
  cv::RNG(7).fill(noise, cv::RNG::NORMAL, 0, 2);
  cv::add(picture, noise, picture, cv::noArray(), CV_8U);
  return picture;
}

std::vector<DocumentWarning> seen(const cv::Mat& picture, const Quad& quad = kCard) {
  return warnings_of(measure_picture(as_view(picture), quad, kLines), true);
}

using Only = std::vector<DocumentWarning>;

TEST(PictureCheck, AGoodPhotoHasNoWarning) {
  EXPECT_EQ(seen(card()), Only{});
}

TEST(PictureCheck, AGreyCopyHasNoColour) {
  cv::Mat grey;
  cv::cvtColor(card(), grey, cv::COLOR_BGR2GRAY);
  cv::cvtColor(grey, grey, cv::COLOR_GRAY2BGR);
  EXPECT_EQ(seen(grey), Only{DocumentWarning::copy});
}

TEST(PictureCheck, ABlurredPhotoHasNoFineDetail) {
  cv::Mat soft;
  cv::GaussianBlur(card(), soft, cv::Size(), 1);
  EXPECT_EQ(seen(soft), Only{}) << "a lens may be a little soft";
  cv::GaussianBlur(card(), soft, cv::Size(), 5);
  EXPECT_EQ(seen(soft), Only{DocumentWarning::blur});
}

TEST(PictureCheck, AReflectionIsABlobOfLight) {
  cv::Mat lit = card();
  cv::ellipse(lit, cv::Point(550, 500), cv::Size(160, 80), 0, 0, 360, cv::Scalar::all(255), -1);
  EXPECT_EQ(seen(lit), Only{DocumentWarning::glare});
  lit = card();
  cv::ellipse(lit, cv::Point(550, 500), cv::Size(50, 25), 0, 0, 360, cv::Scalar::all(255), -1);
  EXPECT_EQ(seen(lit), Only{}) << "a spark covers nothing";
}

TEST(PictureCheck, WhiteWithPrintOnItIsNoReflection) {
  cv::Mat patch = card();
  const cv::Rect white(350, 350, 500, 300);
  cv::rectangle(patch, white, cv::Scalar::all(255), -1);
  EXPECT_EQ(seen(patch), Only{DocumentWarning::glare});
  for (int y = white.y; y < white.br().y; y += 60) {
    const cv::Rect line(white.x + 20, y + 15, white.width - 20, 30);
    cv::rectangle(patch, line, {40, 40, 40}, -1);
  }
  EXPECT_EQ(seen(patch), Only{}) << "a comb of white";
}

TEST(PictureCheck, WhitePaperIsNoReflection) {
  cv::Mat scan(1050, 1400, CV_8UC3, cv::Scalar::all(255));
  card()(cv::Rect(880, 280, 260, 320)).copyTo(scan(cv::Rect(880, 280, 260, 320)));
  cv::putText(scan, "SAMPLE", {300, 400}, cv::FONT_HERSHEY_DUPLEX, 3, {30, 30, 30}, 3, cv::LINE_AA);
  EXPECT_EQ(seen(scan), Only{});
}

/// Red, green and blue lie side by side on a screen.
TEST(PictureCheck, AScreenHasColouredStripes) {
  cv::Mat screen = card();
  constexpr double kPeriod_px = 7.3;
  for (auto it = screen.begin<cv::Vec3b>(); it != screen.end<cv::Vec3b>(); ++it) {
    for (int c = 0; c < 3; ++c) {
      const double phase = 2 * CV_PI * (it.pos().x / kPeriod_px + c / 3.0);
      (*it)[c] = cv::saturate_cast<std::uint8_t>((*it)[c] * (0.85 + 0.15 * std::cos(phase)));
    }
  }
  EXPECT_EQ(seen(screen), Only{DocumentWarning::recapture});
}

TEST(PictureCheck, ACornerOutsideIsIncomplete) {
  Quad quad = kCard;
  quad[0] = {-60, 200};
  const auto measures = measure_picture(as_view(card()), quad, kLines);
  const auto holds = [&](bool card_found) {
    const auto warnings = warnings_of(measures, card_found);
    return std::ranges::find(warnings, DocumentWarning::incomplete) != warnings.end();
  };
  EXPECT_TRUE(holds(true));
  EXPECT_FALSE(holds(false)) << "a frame about the text is no edge";
}

TEST(PictureCheck, WhatLiesAcrossAnEdgeIsSeenInAnyColour) {
  for (const cv::Scalar& colour :
       {cv::Scalar(130, 165, 215), cv::Scalar(40, 55, 85), cv::Scalar(190, 120, 50)}) {
    cv::Mat held = card();
    cv::line(held, {500, 1050}, {500, 800}, colour, 120);
    EXPECT_EQ(seen(held), Only{DocumentWarning::incomplete}) << colour;
  }
}

TEST(PictureCheck, WhatLiesAcrossAnEdgeIsSeenOnEverySide) {
  for (std::size_t side = 0; side < 4; ++side) {
    const Point a = kCard.at(side);
    const Point b = kCard.at((side + 1) % 4);
    const Point middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
    const Point inward{(b.y - a.y) / -4, (b.x - a.x) / 4};
    cv::Mat held = card();
    cv::line(
        held,
        {cvRound(middle.x - inward.x), cvRound(middle.y - inward.y)},
        {cvRound(middle.x + inward.x / 4), cvRound(middle.y + inward.y / 4)},
        cv::Scalar(130, 165, 215),
        120
    );
    EXPECT_EQ(seen(held), Only{DocumentWarning::incomplete}) << "side " << side;
  }
}

TEST(PictureCheck, AShadowAcrossAnEdgeCoversNothing) {
  cv::Mat shaded = card();
  cv::Mat strip = shaded(cv::Rect(440, 0, 120, 1050));
  strip *= 0.6;
  EXPECT_EQ(seen(shaded), Only{});
}

TEST(PictureCheck, TextThatRunsOutIsIncomplete) {
  const std::vector<Quad> lines = {
      Quad{Point{10, 300}, Point{700, 300}, Point{700, 340}, Point{10, 340}}
  };
  EXPECT_EQ(
      warnings_of(measure_picture(as_view(card()), kCard, lines), false),
      Only{DocumentWarning::incomplete}
  );
}

TEST(PictureCheck, WhatIsNoNumberWarns) {
  const float none = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(warnings_of({none, none, none, none, none, none, none}, true).size(), 5U);
}

TEST(PictureCheck, TakesPicturesThatAreHardlyThere) {
  const cv::Mat dot(1, 1, CV_8UC3, cv::Scalar::all(9));
  const Quad quad = {Point{0, 0}, Point{1, 0}, Point{1, 1}, Point{0, 1}};
  EXPECT_FALSE(warnings_of(measure_picture(as_view(dot), quad, {}), false).empty());
}

}  // namespace
}  // namespace selfsame::vision
