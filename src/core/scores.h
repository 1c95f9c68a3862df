// SPDX-License-Identifier: Apache-2.0
// What a measurement yields, in the field's words (ISO/IEC 2382-37, 30107-1, 29794-5).
#pragma once

#include <cstdint>
#include <optional>

namespace selfsame::core {

/// Cosine of two unit-norm templates, or the weighted mean over the comparator's networks.
/// -1..1, more is more alike. Not a probability.
struct SimilarityScore {
  double cosine = 0;
};

/// Presentation attack detection: 0..1, more is more like a bona fide presentation.
struct PadScore {
  double value = 0;
};

/// What kind of presentation attack the capture looks like. `none` only beside a bona fide verdict.
/// The numbers are stored: do not change them.
enum class AttackClass : std::uint8_t {
  none = 0,
  print = 1,          // paper, also a monochrome copy
  screen_replay = 2,  // photo or video on a display
  mask = 3,           // worn artefact of a face (not a medical mask, which is a capture defect)
  synthetic = 4,      // generated or manipulated face
  injected = 5,       // cut, spliced, frozen or swapped video: not one continuous capture
  unsure = 6,         // attack, kind not told apart
};

[[nodiscard]] const char* name_of(AttackClass attack_class) noexcept;

/// Why a sample cannot be judged. Measured, so it is a finding and not an error.
/// The numbers are stored: do not change them.
enum class CaptureDefect : std::uint8_t {
  no_face = 1,
  several_faces = 2,
  wrong_size = 3,     // picture or face too small, or picture too large, to be compared
  poor_quality = 4,   // blurred, dark, over-exposed, turned away, or hidden
  mask_worn = 5,      // a face mask (medical, cloth) covers the mouth
  too_close = 6,      // the picture is cropped too tightly around the face to judge liveness
  too_short = 7,      // video shorter than the minimum duration
  undecodable = 8,    // video bytes that no decoder of ours can read, or over a limit
  eyes_hidden = 9,    // sunglasses, a hand, hair
  mouth_hidden = 10,  // a hand, a scarf, a cup: the nose is seen; mask_worn covers it
};

[[nodiscard]] const char* name_of(CaptureDefect defect) noexcept;

/// Face image quality components, after ISO/IEC 29794-5. Unified scores are 0..100, more is better;
/// absent where the component could not be measured.
struct QualityMeasures {
  std::optional<double> inter_eye_distance_px;  // raw
  std::optional<double> sharpness;              // unified
  std::optional<double> exposure;               // unified: neither under- nor over-exposed
  std::optional<double> pose;                   // unified: 100 is frontal
  std::optional<double> unoccluded;             // unified: 100 is fully visible
  std::optional<double> unified_quality_score;  // the least of the above
};

/// Degrees. Yaw > 0: the subject looks to the left of the picture; pitch > 0: down; roll > 0: the
/// head leans clockwise in the picture.
struct HeadPose {
  double yaw_deg = 0;
  double pitch_deg = 0;
  double roll_deg = 0;
};

}  // namespace selfsame::core
