// SPDX-License-Identifier: Apache-2.0
// One face through a video: where it looks, its eyes and its mouth, frame by frame.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "core/scores.h"
#include "vision/face_detector.h"
#include "vision/face_landmarker.h"
#include "vision/image.h"

namespace selfsame::vision {

/// What was seen of the face in one frame. Without a face the rest is empty or NaN.
struct TrackedFrame {
  int index = 0;      // of the decoded frames
  double time_s = 0;  // since the first frame
  bool has_face = false;
  Box box;               // around the landmarks, in pixels of the frame as it was looked at
  core::HeadPose pose;   // NaN without a face
  double eyes = 0;       // eye_aspect_ratio()
  double mouth = 0;      // mouth_opening()
  double mean_luma = 0;  // of the face, 0..255
};

struct FaceTrack {
  int width_px = 0;  // of the frames as they were looked at
  int height_px = 0;
  std::vector<TrackedFrame> frames;  // in the order of time
};

}  // namespace selfsame::vision
