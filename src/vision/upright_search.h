// SPDX-License-Identifier: Apache-2.0
// Which way up a photo is, when its maker did not say.
#pragma once

#include <vector>

#include "base/result.h"
#include "vision/face_detector.h"
#include "vision/face_engine.h"
#include "vision/image.h"

namespace selfsame::vision {

struct UprightFaces {
  int rotation_deg = 0;             // clockwise turn of the picture after which the faces stand
  std::vector<DetectedFace> faces;  // in pixels of the turned picture, largest first
};

/// Looks for faces upright; where none stands there and `search` is set, also after a turn of 90,
/// 180 and 270 degrees, and takes the turn whose largest face the detector is surest of.
[[nodiscard]] Result<UprightFaces> find_upright(
    const FaceDetector& detector, const Image& image, bool search
);

/// How far the line between the eyes is turned from level, -180..180, more is clockwise.
[[nodiscard]] double roll_of(const DetectedFace& face) noexcept;

}  // namespace selfsame::vision
