// SPDX-License-Identifier: Apache-2.0
// Pictures made smaller or larger, for .cpp files of this room only.
#pragma once

#include <opencv2/core.hpp>

namespace selfsame::vision {

/// What cv::resize makes: with INTER_AREA where neither side grows, else with INTER_LINEAR. Takes a
/// third of the time where areas are no whole pixels, because rows are added up before columns;
/// sums are rounded in another order, so that one value in some thousands is off by one.
/// @param picture  8 bit, one channel or three
[[nodiscard]] cv::Mat resized(const cv::Mat& picture, cv::Size size);

/// Both sides times the factor (above 0), rounded, and one pixel at least.
[[nodiscard]] cv::Mat resized(const cv::Mat& picture, double factor);

}  // namespace selfsame::vision
