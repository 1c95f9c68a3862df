// SPDX-License-Identifier: Apache-2.0
// OpenCV's window into our pixels. For .cpp files of this room only.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>

#include "vision/pixels.h"

namespace selfsame::vision {

/// Shares the pixels and must not outlive them. Read only, although OpenCV's type cannot say so.
[[nodiscard]] inline cv::Mat as_mat(const PixelView& view) {
  return {
      view.height_px, view.width_px, CV_8UC3, const_cast<std::uint8_t*>(view.bgr), view.stride_bytes
  };
}

/// Shares the pixels of an 8-bit BGR matrix.
[[nodiscard]] inline PixelView as_view(const cv::Mat& mat) {
  return {mat.data, mat.cols, mat.rows, mat.step[0]};
}

}  // namespace selfsame::vision
