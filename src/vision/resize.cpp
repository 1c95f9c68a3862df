// SPDX-License-Identifier: Apache-2.0
#include "vision/resize.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace selfsame::vision {

cv::Mat resized(const cv::Mat& picture, cv::Size size) {
  const bool shrinks = size.width <= picture.cols && size.height <= picture.rows;
  cv::Mat result;
  cv::resize(picture, result, size, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

cv::Mat resized(const cv::Mat& picture, double factor) {
  const auto side = [factor](int px) { return std::max(1, cvRound(px * factor)); };
  return resized(picture, cv::Size(side(picture.cols), side(picture.rows)));
}

}  // namespace selfsame::vision
