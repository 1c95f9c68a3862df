// SPDX-License-Identifier: Apache-2.0
// Faces and their five points (YuNet).
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "vision/face_engine.h"
#include "vision/network.h"

namespace selfsame::vision {

/// Immutable and thread-safe.
class FaceDetector {
 public:
  /// The network must have YuNet's twelve outputs (cls_, obj_, bbox_, kps_ x 8, 16, 32).
  [[nodiscard]] static Result<FaceDetector> create(std::unique_ptr<Network> network);

  /// One pass over `picture`, shrunk (never enlarged) so that its long side is at most
  /// `long_side_px`. Faces with the card's confidence or more, overlaps removed (IoU > 0.3), the
  /// largest first, in pixels of `picture`. An empty list is a finding, not an error.
  [[nodiscard]] Result<std::vector<DetectedFace>> detect(
      const PixelView& picture, int long_side_px = 640
  ) const;

  /// As detect(), coarse to fine: see the rules in the code. Where one face is large and clear,
  /// others less than a fifth as high may be missing.
  [[nodiscard]] Result<std::vector<DetectedFace>> find_near(const PixelView& picture) const;

  /// As find_near(), and far-off faces in big pictures where that finds nothing.
  [[nodiscard]] Result<std::vector<DetectedFace>> find(const PixelView& picture) const;

  [[nodiscard]] const Network& network() const noexcept { return *network_; }

 private:
  struct Scale {  // one of the three strides
    int stride_px = 0;
    std::size_t cls = 0, obj = 0, bbox = 0, kps = 0;  // output indices
  };

  [[nodiscard]] float card_threshold() const noexcept;
  [[nodiscard]] Result<std::vector<DetectedFace>> detect(
      const PixelView& picture, int long_side_px, float threshold
  ) const;
  // Cells at or above the threshold, in pixels of the padded input, overlaps included.
  [[nodiscard]] std::vector<DetectedFace> candidates(
      const Outputs& outputs, int width_px, int height_px, float threshold
  ) const;

  std::unique_ptr<Network> network_;
  std::vector<Scale> scales_;
};

}  // namespace selfsame::vision
