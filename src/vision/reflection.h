// SPDX-License-Identifier: Apache-2.0
// Does a face answer the colours that the screen shows, as a round living head would?
// Active lighting after Tang et al., "Face Flashing" (NDSS 2018, arXiv 1801.01949), and Liu et al.,
// "Aurora Guard" (arXiv 1902.10311); the algorithm is LIVENESS.md section 5c.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/challenge.h"
#include "core/challenge_evidence.h"
#include "vision/face_landmarker.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// Red, green, blue; linear light, 0..1.
using LinearColour = std::array<float, 3>;

/// What is kept of one picture.
struct ReflectionSample {
  double time_s = 0;
  LinearColour surroundings{};        // beside and above the head
  std::vector<LinearColour> patches;  // of skin, always the same places in the same order
  std::vector<float> facing;  // 0..1: share of the screen's light that each would reflect, by its
                              // slant and its distance
};

/// Collects the pictures of one capture. Keeps patch colours only; not thread-safe.
class ReflectionTrace {
 public:
  static constexpr std::size_t kMostSamples = 600;  // later ones are not kept

  /// Times must rise; a picture that does not, one of a face without surroundings, and one whose
  /// face reaches out of it are passed over.
  void add(const PixelView& picture, const FaceLandmarks& landmarks, double time_s);

  [[nodiscard]] const std::vector<ReflectionSample>& samples() const noexcept { return samples_; }

 private:
  std::vector<ReflectionSample> samples_;
};

/// Always the same answer to the same question: the random other sequences are drawn from a seed
/// made of the challenge. What a device claims can only take away: display times that rise, lie
/// within 0.3 s of the challenge's and shift by less than 0.15 s against each other are used, all
/// others end in `timing_refused`.
/// @param shown_at_s  when the display showed each flash, since the challenge began; empty: as the
///                    challenge says
[[nodiscard]] core::ReflectionEvidence measure_reflection(
    const ReflectionTrace& trace,
    const core::Challenge& challenge,
    std::span<const double> shown_at_s
);

/// What stills show, where a video was taken beside them: both see the same light. Only evidence
/// that answers is changed. Colours that the video did not see are not counted as seen; where it
/// saw all and shows no answer, the stills' answer was put into them: `correlation` is the video's.
/// The wider spread of lags counts.
[[nodiscard]] core::ReflectionEvidence held_against(
    core::ReflectionEvidence stills,
    const core::ReflectionEvidence& video,
    const core::Challenge& challenge
);

}  // namespace selfsame::vision
