// SPDX-License-Identifier: Apache-2.0
// The networks that find and follow a face, without those that judge it.
#pragma once

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/face_detector.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"
#include "vision/face_track.h"
#include "vision/model_cards.h"
#include "vision/network.h"

namespace selfsame::evaluation {

/// Immutable and thread-safe.
class FaceFollower {
 public:
  [[nodiscard]] static Result<FaceFollower> create(
      const vision::ModelCards& cards, const vision::EngineOptions& options
  );
  /// By the landmarks that follow lips.
  [[nodiscard]] static Result<FaceFollower> create_for_lips(
      const vision::ModelCards& cards, const vision::EngineOptions& options
  );

  /// Of the largest face. `not_found` when there is none.
  [[nodiscard]] Result<vision::FaceLandmarks> mesh_of(const vision::Image& image) const;

  /// Of the face through a video. `video_undecodable` and the like; `engine_failed`.
  [[nodiscard]] Result<vision::FaceTrack> track_of(ByteView video) const;

  [[nodiscard]] const vision::FaceDetector& detector() const noexcept { return detector_; }
  [[nodiscard]] const vision::FaceLandmarker& tracker() const noexcept { return tracker_; }

 private:
  [[nodiscard]] static Result<FaceFollower> create_by(
      const std::string& landmarks,
      const vision::ModelCards& cards,
      const vision::EngineOptions& options
  );
  FaceFollower(
      std::unique_ptr<vision::InferenceRuntime> runtime,
      vision::FaceDetector detector,
      vision::FaceLandmarker tracker
  ) noexcept;

  std::unique_ptr<vision::InferenceRuntime> runtime_;
  vision::FaceDetector detector_;
  vision::FaceLandmarker tracker_;
};

}  // namespace selfsame::evaluation
