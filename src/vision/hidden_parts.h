// SPDX-License-Identifier: Apache-2.0
// Are the eyes or the mouth hidden, by sunglasses, a hand, a scarf?
#pragma once

#include <cstdint>
#include <optional>

#include "vision/face_regions.h"

namespace selfsame::vision {

/// Logarithms of ratios; "contrast" is the luma's spread.
struct HiddenCues {
  double presence = 0;           // FaceLandmarks::presence
  double eye_contrast = 0;       // over the cheeks' contrast
  double eye_light = 0;          // over the cheeks'
  double eye_band_light = 0;     // from brow to lower lid, over the cheeks'
  double eye_band_contrast = 0;  // over the cheeks'
  double lip_contrast = 0;       // over the eyes'
  double lip_light = 0;          // over the muzzle's
  double muzzle_contrast = 0;    // over the eyes'
  double nostril_contrast = 0;   // over the eyes'
  double muzzle_colour = 0;      // Lab a, b: distance to the forehead
};

/// Nothing when a region lies outside the picture or is smaller than a few pixels.
[[nodiscard]] std::optional<HiddenCues> measure_hidden_cues(const FaceCanvas& canvas);

/// Logistic regressions; more is likelier. NaN cues give NaN, which is no finding.
struct HiddenEvidence {
  double dark_glasses = 0;
  double eyes_covered = 0;
  double mouth_covered = 0;
  double nose_covered = 0;  // of a face whose mouth is: as a face mask does
};
[[nodiscard]] HiddenEvidence hidden_evidence(const HiddenCues& cues) noexcept;

enum class HiddenPart : std::uint8_t { none, eyes, mouth, mask };

/// @param mask_evidence  vision::mask_evidence()
/// @param hidden  medians over the frames of a video
[[nodiscard]] HiddenPart hidden_part(double mask_evidence, const HiddenEvidence& hidden) noexcept;

}  // namespace selfsame::vision
