// SPDX-License-Identifier: Apache-2.0
// The 112x112 crop that face recognisers are trained on.
#pragma once

#include <array>
#include <span>

#include "vision/image.h"
#include "vision/pixels.h"

namespace selfsame::vision {

inline constexpr int kAlignedSide_px = 112;

/// x' = a x - b y + tx, y' = b x + a y + ty.
struct Similarity {
  double a = 1, b = 0, tx = 0, ty = 0;
};

/// Least squares, closed form. Points that all coincide give the identity.
[[nodiscard]] Similarity similarity_between(
    std::span<const Point, 5> from, std::span<const Point, 5> to
) noexcept;

/// Of five points to the ArcFace template. Points in the order of DetectedFace::landmarks.
/// @see Deng et al., ArcFace (CVPR 2019); template as in InsightFace, coordinates in the code
[[nodiscard]] Similarity similarity_to_template(std::span<const Point, 5> landmarks) noexcept;

/// Bilinear warp; what lies outside the picture is black. `landmarks` holds five points.
[[nodiscard]] Image align_face(const PixelView& picture, std::span<const Point> landmarks);

}  // namespace selfsame::vision
