// SPDX-License-Identifier: Apache-2.0
// Parts of a face as regions between mesh points. For .cpp files of this room only.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <opencv2/core.hpp>
#include <optional>
#include <span>
#include <vector>

#include "vision/face_landmarker.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// Mesh points whose convex hull is the region.
using Region = std::span<const std::size_t>;

inline constexpr auto kForehead =
    std::to_array<std::size_t>({109, 10, 338, 297, 337, 151, 108, 69, 66, 9, 296, 299});
inline constexpr auto kMuzzle =
    std::to_array<std::size_t>({2,   326, 423, 425, 427, 434, 430, 431, 262, 428,
                                199, 208, 32,  211, 210, 214, 207, 205, 203, 97});
inline constexpr auto kLips =
    std::to_array<std::size_t>({61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91});
inline constexpr auto kRightEye = std::to_array<std::size_t>(
    {33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246}
);
inline constexpr auto kLeftEye = std::to_array<std::size_t>(
    {263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466}
);
/// From the brow to below the lower lid.
inline constexpr auto kRightEyeBand = std::to_array<std::size_t>(
    {70, 63, 105, 66, 107, 193, 122, 196, 126, 100, 120, 119, 118, 117, 111, 143}
);
inline constexpr auto kLeftEyeBand = std::to_array<std::size_t>(
    {300, 293, 334, 296, 336, 417, 351, 419, 355, 329, 349, 348, 347, 346, 340, 372}
);
inline constexpr auto kRightCheek =
    std::to_array<std::size_t>({117, 118, 101, 36, 205, 187, 123, 50});
inline constexpr auto kLeftCheek =
    std::to_array<std::size_t>({346, 347, 330, 266, 425, 411, 352, 280});
inline constexpr auto kNostrils =
    std::to_array<std::size_t>({48, 115, 4, 344, 278, 327, 326, 2, 97, 98});

/// The face cut out and at most 112 px wide, with its mesh.
struct FaceCanvas {
  cv::Mat lab;   // 8 bit each
  cv::Mat grey;  // luma
  std::vector<cv::Point> points;
  double presence = 0;  // FaceLandmarks::presence
};

/// Nothing when less than two pixels of the face are in the picture.
[[nodiscard]] std::optional<FaceCanvas> canvas_of(
    const PixelView& picture, const FaceLandmarks& landmarks
);

/// 255 inside any of the regions.
[[nodiscard]] cv::Mat region_of(const FaceCanvas& canvas, std::initializer_list<Region> regions);

/// Too few pixels say nothing.
inline constexpr int kEnoughPixels = 8;

}  // namespace selfsame::vision
