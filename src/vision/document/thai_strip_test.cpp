// SPDX-License-Identifier: Apache-2.0
#include "vision/document/thai_strip.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "vision/mat_view.h"

namespace selfsame::vision {
namespace {

Quad box(float left, float top, float right, float bottom) {
  return {Point{left, top}, Point{right, top}, Point{right, bottom}, Point{left, bottom}};
}

struct Print {
  cv::Mat mat{cv::Mat(120, 600, CV_8UC3, cv::Scalar::all(230))};

  Print& write(const char* text, int left_px, int bottom_px, double size) {
    const cv::Point at(left_px, bottom_px);
    cv::putText(mat, text, at, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar::all(20), 2, cv::LINE_AA);
    return *this;
  }
};

TEST(ThaiStrip, ALabelInSmallPrintAndItsValueAreTwoPieces) {
  Print print;
  print.write("NAMEOFHOLDER", 20, 70, 0.6).write("SOMCHAI", 200, 75, 1.2);
  const auto pieces = pieces_of(as_view(print.mat), box(15, 40, 400, 85));
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_NEAR(pieces[0][1].x, 185, 15);  // between the two
  EXPECT_LT(height_of(pieces[0]), 0.7F * height_of(pieces[1]));
}

TEST(ThaiStrip, ALabelEndsWhereThePrintGrowsAndNotAtTheWidestGap) {
  Print print;
  print.write("NAMEOFHOLDER", 20, 70, 0.6).write("SOM", 192, 75, 1.2).write("CHAI", 310, 75, 1.2);
  const auto pieces = pieces_of(as_view(print.mat), box(15, 40, 430, 85));
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_LT(pieces[0][1].x, 210);
}

TEST(ThaiStrip, ALineOfOneSizeIsOnePiece) {
  Print print;
  print.write("SOMCHAI SAITHONG", 20, 75, 1.2);
  const Quad line = box(15, 40, 400, 85);
  EXPECT_EQ(pieces_of(as_view(print.mat), line).size(), 1U);
  EXPECT_EQ(pieces_of(as_view(Print{}.mat), line).size(), 1U);  // nothing is written
}

TEST(ThaiStrip, WordsOfARowGoOnAndColumnsDoNot) {
  const Quad word = box(100, 100, 200, 130);
  EXPECT_TRUE(goes_on(word, box(210, 98, 300, 128)));
  EXPECT_TRUE(goes_on(word, box(195, 98, 300, 128)));   // frames overlap
  EXPECT_FALSE(goes_on(word, box(230, 98, 300, 128)));  // another column
  EXPECT_FALSE(goes_on(word, box(205, 120, 300, 150)));
  EXPECT_FALSE(goes_on(word, box(210, 90, 300, 135)));  // a label's value
  EXPECT_FALSE(goes_on(word, box(40, 98, 90, 128)));
}

/// Share of dark pixels in the uppermost sixth.
double ink_above(const cv::Mat& strip) {
  return cv::countNonZero(strip.rowRange(8, strip.rows / 6) < 128);
}

TEST(ThaiStrip, MarksAboveAreSeenAndOtherLinesAreNot) {
  const Quad line = box(15, 50, 400, 85);
  const Margins margins{0.5F, 0.1F};
  Print neighbours;
  neighbours.write("SOMCHAI", 20, 80, 0.9).write("ABOVE", 20, 42, 1.0);
  EXPECT_EQ(ink_above(thai_strip(as_view(neighbours.mat), line, margins)), 0);
  Print letters;  // of another line, wholly within what is seen
  letters.write("SOMCHAI", 20, 80, 0.9).write("ABOVE", 20, 46, 0.6);
  EXPECT_EQ(ink_above(thai_strip(as_view(letters.mat), line, margins)), 0);
  Print marked;
  marked.write("SOMCHAI", 20, 80, 0.9);
  cv::line(marked.mat, {60, 37}, {80, 37}, cv::Scalar::all(20), 4);
  EXPECT_GT(ink_above(thai_strip(as_view(marked.mat), line, margins)), 0);
}

TEST(ThaiStrip, APartOfTheStripIsFoundInThePicture) {
  const Quad line = box(15, 50, 400, 85);
  const Margins margins{0.35F, 0.15F};
  const cv::Mat strip = thai_strip(as_view(Print().write("8", 200, 80, 0.9).mat), line, margins);
  const cv::Rect ink = cv::boundingRect(strip < 128);
  const Quad found = in_picture(ink, line, margins);
  EXPECT_NEAR(found[0].x, 201, 3);
  EXPECT_NEAR(found[0].y, 60, 3);
  EXPECT_NEAR(found[2].x, 216, 3);
  EXPECT_NEAR(found[2].y, 81, 3);
}

}  // namespace
}  // namespace selfsame::vision
