// SPDX-License-Identifier: Apache-2.0
#include "vision/resize.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <random>

namespace selfsame::vision {
namespace {

cv::Mat some_picture(int type) {
  cv::Mat picture(240, 320, type);
  cv::RNG random(7);
  random.fill(picture, cv::RNG::UNIFORM, 0, 256);
  cv::GaussianBlur(picture, picture, {}, 1.5);
  return picture;
}

struct Apart {
  double most = 0;
  double share = 0;  // of the values
};

Apart apart(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return {256, 1};
  cv::Mat difference;
  cv::absdiff(a, b, difference);
  const cv::Mat values = difference.reshape(1);
  Apart apart;
  cv::minMaxLoc(values, nullptr, &apart.most);
  apart.share = cv::countNonZero(values) / static_cast<double>(values.total());
  return apart;
}

TEST(Resize, ShrinksAsOpenCvDoes) {
  std::minstd_rand random(3);
  const auto draw = [&random](int from, int to) {
    return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1));
  };
  for (const int type : {CV_8UC1, CV_8UC3}) {
    const cv::Mat whole = some_picture(type);
    double share = 0;
    constexpr int kTimes = 100;
    for (int i = 0; i < kTimes; ++i) {
      const cv::Size cut(draw(2, whole.cols), draw(2, whole.rows));
      const cv::Mat part =
          whole(cv::Rect({draw(0, whole.cols - cut.width), draw(0, whole.rows - cut.height)}, cut));
      const cv::Size size(draw(1, cut.width), draw(1, cut.height));
      cv::Mat expected;
      cv::resize(part, expected, size, 0, 0, cv::INTER_AREA);
      const Apart by_size = apart(resized(part, size), expected);
      EXPECT_LE(by_size.most, 1) << cut << " to " << size;
      const double factor = draw(500, 999) / 1000.0;
      cv::resize(part, expected, {}, factor, factor, cv::INTER_AREA);
      const Apart by_factor = apart(resized(part, factor), expected);
      EXPECT_LE(by_factor.most, 1) << cut << " times " << factor;
      share += by_size.share + by_factor.share;
    }
    EXPECT_LT(share / (2 * kTimes), 0.002);
  }
}

TEST(Resize, LeavesWholePixelsAndGrowthToOpenCv) {
  const cv::Mat picture = some_picture(CV_8UC3);
  cv::Mat expected;
  cv::resize(picture, expected, {160, 80}, 0, 0, cv::INTER_AREA);
  EXPECT_EQ(apart(resized(picture, {160, 80}), expected).most, 0);
  cv::resize(picture, expected, {}, 0.25, 0.25, cv::INTER_AREA);
  EXPECT_EQ(apart(resized(picture, 0.25), expected).most, 0);
  cv::resize(picture, expected, {400, 100}, 0, 0, cv::INTER_LINEAR);
  EXPECT_EQ(apart(resized(picture, {400, 100}), expected).most, 0);
  cv::resize(picture, expected, {}, 1.3, 1.3, cv::INTER_LINEAR);
  EXPECT_EQ(apart(resized(picture, 1.3), expected).most, 0);
}

}  // namespace
}  // namespace selfsame::vision
