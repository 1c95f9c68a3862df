// SPDX-License-Identifier: Apache-2.0
// Face image quality after ISO/IEC 29794-5, by measures of our own (names as OFIQ has them).
#pragma once

#include <optional>

#include "core/scores.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"

namespace selfsame::vision {

/// What is measured on the pixels, before it is mapped to 0..100. The face is looked at in one size
/// (112 px long side), so a big soft face counts as soft.
struct RawQuality {
  double inter_eye_distance_px = 0;
  double sharpness = 0;   // variance of the Laplacian over the variance of the luma + 20. LFW: 1st
                          // percentile .026, median .10; sharp portraits .3 to .6
  double mean_luma = 0;   // 0..255, of the inner face. A usable dark webcam: 42
  double dark_share = 0;  // of pixels below 25
  double bright_share = 0;  // of pixels above 245
};

/// NaN everywhere when the box does not touch the picture.
[[nodiscard]] RawQuality measure_raw_quality(const Image& image, const DetectedFace& face);

/// All components that can be measured. `unoccluded` needs landmarks, `pose` needs a pose. A NaN
/// measure becomes 0, never 100.
[[nodiscard]] core::QualityMeasures measure_quality(
    const Image& image,
    const DetectedFace& face,
    const std::optional<core::HeadPose>& pose,
    const FaceLandmarks* landmarks = nullptr
);

/// The least sharpness and the range of light in which a face can still be judged.
/// Blur of 2 % of the face's width: .011 to .016; of 4 % and more, coded as video: up to .023.
inline constexpr double kLeastRawSharpness = 0.024;
inline constexpr double kLeastMeanLuma = 25;
inline constexpr double kMostMeanLuma = 235;
inline constexpr double kMostBrightShare = 0.4;
[[nodiscard]] bool is_sharp_enough(const RawQuality& quality) noexcept;
[[nodiscard]] bool is_well_exposed(const RawQuality& quality) noexcept;

}  // namespace selfsame::vision
