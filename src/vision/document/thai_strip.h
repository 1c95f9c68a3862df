// SPDX-License-Identifier: Apache-2.0
// A line of a picture as Tesseract likes it: whole, of one size, black on white.
#pragma once

#include <opencv2/core/mat.hpp>
#include <vector>

#include "vision/document/quad.h"
#include "vision/image.h"

namespace selfsame::vision {

/// What is read of a line beyond its box, in heights of it. Vowels and tones stand above and below
/// the letters, where a detector of text hardly looks.
struct Margins {
  float above = 0;  // 0 to 0.6
  float below = 0;  // 0 to 0.4
};

/// Both are words of one row and size, `next` close behind `line` or over its end; of level quads.
[[nodiscard]] bool goes_on(const Quad& line, const Quad& next);

/// A label in small print and the larger value behind it, which detectors take for one line; or the
/// line alone.
/// @param line  in pixels of the picture, in the direction of reading
[[nodiscard]] std::vector<Quad> pieces_of(const PixelView& picture, const Quad& line);

/// Where a part of that strip lies in the picture.
[[nodiscard]] Quad in_picture(const cv::Rect& part, const Quad& box, Margins margins);

/// Grey, one byte a pixel, 72 rows; without the ink of the lines above and below.
[[nodiscard]] cv::Mat thai_strip(const PixelView& picture, const Quad& box, Margins margins);

}  // namespace selfsame::vision
