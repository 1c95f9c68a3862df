// SPDX-License-Identifier: Apache-2.0
// Do these lips make this sound? Only by rhythm: another utterance with the same rhythm cannot be
// told (LIVENESS.md section 5d).
#pragma once

#include "core/challenge.h"
#include "vision/face_track.h"
#include "vision/loudness.h"

namespace selfsame::vision {

/// Everything NaN where the mouth was not seen well enough: less than a second of it, or with gaps
/// of more than a quarter of a second.
struct LipMotion {
  double movement = 0;  // mean of the faster half of the mouth's speeds, over that of still lips
  double range = 0;     // 95th less 5th percentile of mouth_opening()
  double sync = 0;   // correlation of lips and loudness at the best lag of 0.2 s or less, less the
                     // best at any other lag up to 1.2 s
  double lag_s = 0;  // of that best: sound after lips
};

/// @param window         since the first frame of the video
/// @param sound_start_s  where the loudness begins, since the first frame
[[nodiscard]] LipMotion measure_lips(
    const FaceTrack& track,
    const Loudness& loudness,
    double sound_start_s,
    const core::TimeWindow& window
);

}  // namespace selfsame::vision
