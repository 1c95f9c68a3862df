// SPDX-License-Identifier: Apache-2.0
// A still photo as one side of a comparison: upright, one face, good enough, templates.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "vision/decode_image.h"
#include "vision/face_detector.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"
#include "vision/face_recogniser.h"

namespace selfsame::vision {

/// A picture with a shorter side than this is `wrong_size`: a face in it is smaller still.
inline constexpr int kMinPictureSide_px = 64;

/// A face box with a shorter side than this is `wrong_size`: its eyes are about 16 px apart, and
/// the 112x112 crop, where they are 35 px apart, would be mostly invented.
inline constexpr float kMinFaceSide_px = 40;

/// Another face counts as a second person when the detector is this sure of it and it is at least
/// this share of the largest face's height. Somebody four times as far away as the subject is a
/// passer-by or a picture on the wall; a weaker detection is more often a pattern than a person.
inline constexpr float kSecondFaceConfidence = 0.7F;
inline constexpr float kSecondFaceHeightShare = 0.25F;

/// A head turned further than this is `poor_quality`: the far eye or the mouth is hidden, and the
/// comparator was not calibrated on such faces.
inline constexpr double kMostYaw_deg = 60;
inline constexpr double kMostPitch_deg = 45;

/// Immutable and thread-safe. Refers to its parts; does not own them.
class PhotoReader {
 public:
  PhotoReader(
      const FaceDetector& detector,
      const FaceLandmarker& landmarker,
      const FaceComparator& comparator
  ) noexcept
      : detector_(detector), landmarker_(landmarker), comparator_(comparator) {}

  /// FaceEngine::read_photo. A picture over ImageLimits in pixels is `wrong_size`; coordinates are
  /// those of the picture as uploaded, turned upright, even where a large JPEG was decoded smaller.
  [[nodiscard]] Result<FacePhoto> read(ByteView encoded, const PhotoOptions& options) const;

  /// FaceEngine::read_image.
  [[nodiscard]] Result<FacePhoto> read(const Image& image, const PhotoOptions& options) const;

 private:
  // Pose, quality and the defect that they show, of the largest face.
  [[nodiscard]] Result<void> judge(FacePhoto& photo, const Image& picture, bool require_quality)
      const;

  const FaceDetector& detector_;
  const FaceLandmarker& landmarker_;
  const FaceComparator& comparator_;
};

/// Several faces by the rule above. `faces` largest first.
[[nodiscard]] bool shows_several_persons(const std::vector<DetectedFace>& faces) noexcept;

}  // namespace selfsame::vision
