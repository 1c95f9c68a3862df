// SPDX-License-Identifier: Apache-2.0
#include "vision/media/orient.h"

#include <opencv2/core.hpp>
#include <utility>

namespace selfsame::vision {
namespace {

cv::Mat mat_of(Image& image) {
  return {image.height_px, image.width_px, CV_8UC3, image.bgr.data()};
}

enum class Mirror : int { none = 2, upside_down = 0, left_right = 1, both = -1 };

Image mirrored(Image image, Mirror mirror) {
  if (mirror == Mirror::none) return image;
  cv::Mat mat = mat_of(image);
  cv::flip(mat, mat, static_cast<int>(mirror));
  return image;
}

Image transposed(Image image, Mirror then) {
  Image turned{image.height_px, image.width_px, {}};
  turned.bgr.resize(image.bgr.size());
  cv::Mat to = mat_of(turned);
  cv::transpose(mat_of(image), to);
  return mirrored(std::move(turned), then);
}

}  // namespace

Image upright(Image image, int exif_orientation) {
  if (image.empty()) return image;
  switch (exif_orientation) {
    case 2:
      return mirrored(std::move(image), Mirror::left_right);
    case 3:
      return mirrored(std::move(image), Mirror::both);
    case 4:
      return mirrored(std::move(image), Mirror::upside_down);
    case 5:
      return transposed(std::move(image), Mirror::none);
    case 6:
      return transposed(std::move(image), Mirror::left_right);
    case 7:
      return transposed(std::move(image), Mirror::both);
    case 8:
      return transposed(std::move(image), Mirror::upside_down);
    default:
      return image;
  }
}

Image turned_clockwise(Image image, int degrees) {
  switch (degrees) {
    case 90:
      return upright(std::move(image), 6);
    case 180:
      return upright(std::move(image), 3);
    case 270:
      return upright(std::move(image), 8);
    default:
      return image;
  }
}

}  // namespace selfsame::vision
