// SPDX-License-Identifier: Apache-2.0
// What a person did before the camera, read from the face's track (LIVENESS.md section 5b).
#pragma once

#include <optional>

#include "core/challenge_evidence.h"
#include "vision/face_track.h"

namespace selfsame::vision {

/// How the face stands in the picture, by medians and shares over the frames. Nothing: well.
[[nodiscard]] std::optional<core::FramingFault> framing_fault_of(const FaceTrack& track);

/// Every action seen, by its begin. A head turned and turned back is a turn; turned to and fro, a
/// shake and no turn. Eyes that are shut for 40 to 800 ms have blinked. A mouth counts as open
/// wider or longer than talking opens it, and a head that goes back with it does not nod. What is
/// done by half is seen, but not `clear`. Frames without a face, and a face that changes its size, show
/// nothing.
/// @param mirrored  the pictures are mirror images, as of some front cameras
[[nodiscard]] core::ActionEvidence measure_actions(const FaceTrack& track, bool mirrored);

}  // namespace selfsame::vision
