// SPDX-License-Identifier: Apache-2.0
// Pictures made smaller or larger, for .cpp files of this room only.
#pragma once

#include <opencv2/core.hpp>

namespace selfsame::vision {

/// By area where neither side grows, else between pixels.
[[nodiscard]] cv::Mat resized(const cv::Mat& picture, cv::Size size);

/// Both sides times the factor (above 0), rounded, and one pixel at least.
[[nodiscard]] cv::Mat resized(const cv::Mat& picture, double factor);

}  // namespace selfsame::vision
