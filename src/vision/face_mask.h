// SPDX-License-Identifier: Apache-2.0
// Is a medical or cloth mask worn over the mouth?
#pragma once

#include <optional>

#include "vision/face_regions.h"

namespace selfsame::vision {

struct MaskCues {
  double presence = 0;         // FaceLandmarks::presence, which falls when the mouth is hidden
  double lip_contrast = 0;     // ln of the luma's spread on the lips over that on the eyes
  double colour_distance = 0;  // Lab a, b: lower face to forehead
};

/// Nothing when the regions lie outside the picture or are smaller than a few pixels.
[[nodiscard]] std::optional<MaskCues> measure_mask_cues(const FaceCanvas& canvas);

/// Logistic regression over the three cues: above 0 a mask is likelier than not.
[[nodiscard]] double mask_evidence(const MaskCues& cues) noexcept;

/// At or above: a mask is worn.
inline constexpr double kMaskWorn = 0.5;

}  // namespace selfsame::vision
