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
  double mean_luma = 0;  // of the face, 0..255; of the whole picture without one
};

struct FaceTrack {
  int width_px = 0;  // of the frames as they were looked at
  int height_px = 0;
  std::vector<TrackedFrame> frames;  // in the order of time
};

/// Follows the largest face of one video: one pass of the mesh a frame, from the place of the frame
/// before; the detector only looks where that is lost. Not thread-safe. Holds references.
class FaceTracker {
 public:
  /// Frames a second that are looked at. Blinks last 100 ms and more.
  static constexpr double kRate_hz = 15;
  /// No challenge lasts longer; what comes later in a video is not looked at.
  static constexpr double kLongest_s = 40;

  FaceTracker(const FaceDetector& detector, const FaceLandmarker& landmarker) noexcept
      : detector_(detector), landmarker_(landmarker) {}

  /// Is a frame of this time due? Times never fall.
  [[nodiscard]] bool wants(double time_s) const noexcept;

  /// @param picture  the frame; all of one size
  /// @return  the face's points, null where there is none. Good until the next call.
  [[nodiscard]] Result<const FaceLandmarks*> add(
      const PixelView& picture, int index, double time_s
  );

  [[nodiscard]] FaceTrack take() &&;

 private:
  [[nodiscard]] Result<std::optional<FaceLandmarks>> find(const PixelView& picture, double time_s);

  const FaceDetector& detector_;
  const FaceLandmarker& landmarker_;
  std::optional<FaceLandmarks> landmarks_;  // of the last frame
  double next_s_ = 0;
  double next_search_s_ = 0;
  FaceTrack track_;
};

}  // namespace selfsame::vision
