// SPDX-License-Identifier: Apache-2.0
// Four-sided regions of a picture, and looking at them straight.
#pragma once

#include <array>

#include "base/result.h"
#include "vision/image.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// Top left, top right, bottom right, bottom left of what is in it, in pixels of the picture. May
/// stick out of it.
using Quad = std::array<Point, 4>;

[[nodiscard]] float distance(Point a, Point b) noexcept;
[[nodiscard]] Point centre_of(const Quad& quad) noexcept;
/// Means of the two opposite sides.
[[nodiscard]] float width_of(const Quad& quad) noexcept;
[[nodiscard]] float height_of(const Quad& quad) noexcept;
/// 0 where its sides cross or it has no area.
[[nodiscard]] float area_of(const Quad& quad) noexcept;

/// The same region, what is in it turned by `quarters` x 90 degrees clockwise.
[[nodiscard]] Quad turned(const Quad& quad, int quarters) noexcept;

/// A projective map of the plane, row-major 3x3.
class Homography {
 public:
  /// Takes the corners of `quad` to those of the rectangle (0,0)-(width,height).
  [[nodiscard]] static Homography to_rectangle(const Quad& quad, float width, float height);
  [[nodiscard]] static Homography from_rectangle(float width, float height, const Quad& quad);

  [[nodiscard]] Point map(Point p) const noexcept;
  [[nodiscard]] Quad map(const Quad& quad) const noexcept;

 private:
  std::array<double, 9> m_{};
};

/// The region, straightened; outside the picture its edge goes on. `width_px`, `height_px` at most
/// 8192.
[[nodiscard]] Image straightened(
    const PixelView& picture, const Quad& quad, int width_px, int height_px
);

}  // namespace selfsame::vision
