// SPDX-License-Identifier: Apache-2.0
// Moving pictures of a head from one portrait, for measuring how actions are read: a head turns as
// a relief of the mesh's depth, lids slide over the eyes, the jaw drops. It is a drawing, and no
// measure of how liveness takes a living person.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "core/scores.h"
#include "evaluation/seeded_random.h"
#include "vision/face_landmarker.h"
#include "vision/image.h"

namespace selfsame::evaluation {

/// How a head is held at one moment, against the portrait.
struct FaceMotion {
  core::HeadPose turn;    // good to about 35 degrees
  double eyes_shut = 0;   // 0..1
  double mouth_open = 0;  // gap over the width of the mouth; 0 as in the portrait, 1 wide open
  double sway_x = 0;      // of the head, shares of the face's width
  double sway_y = 0;
};

struct FrameSize {
  int width_px = 480;
  int height_px = 640;
};

/// Immutable and thread-safe.
class PortraitAnimator {
 public:
  /// @param portrait  near-frontal, eyes open, mouth near closed
  /// @param mesh  of the face in it
  /// @param face_share  width of the face over the width of the frame
  /// `invalid_parameter` when the face has no size.
  [[nodiscard]] static Result<PortraitAnimator> create(
      const vision::Image& portrait,
      const vision::FaceLandmarks& mesh,
      FrameSize size,
      double face_share
  );

  /// Without a camera's noise.
  [[nodiscard]] vision::Image render(const FaceMotion& motion) const;

 private:
  struct Scene;
  explicit PortraitAnimator(std::shared_ptr<const Scene> scene) noexcept;
  std::shared_ptr<const Scene> scene_;
};

/// What a hand-held camera adds: jitter, noise, drifting exposure. By seed.
class HandHeldCamera {
 public:
  explicit HandHeldCamera(std::uint64_t seed);
  /// Frames in their order.
  [[nodiscard]] vision::Image see(const vision::Image& scene, double time_s);

 private:
  SeededRandom random_;
  std::vector<double> phase_;
  double noise_ = 0;   // standard deviation, grey levels
  double jitter_ = 0;  // pixels
};

}  // namespace selfsame::evaluation
