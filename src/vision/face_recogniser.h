// SPDX-License-Identifier: Apache-2.0
// Templates and their comparison: a list of recognition networks with weights.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "core/scores.h"
#include "vision/face_engine.h"
#include "vision/network.h"

namespace selfsame::vision {

/// Immutable and thread-safe.
class FaceComparator {
 public:
  /// Loads the comparator's networks.
  [[nodiscard]] static Result<FaceComparator> create(
      const ModelCards& cards, const InferenceRuntime& runtime
  );

  /// One unit-norm template per network, of the face with these five points.
  [[nodiscard]] Result<FaceTemplates> templates_of(
      const PixelView& picture, const DetectedFace& face
  ) const;

  /// Weighted mean of cosines. `engine_failed` when the two sides do not fit the networks.
  [[nodiscard]] Result<core::SimilarityScore> compare(
      const FaceTemplates& a, const FaceTemplates& b
  ) const;

  [[nodiscard]] std::vector<const Network*> networks() const;

 private:
  struct Member {
    std::unique_ptr<Network> network;
    double weight = 1;
    bool flip = false;
  };
  std::vector<Member> members_;
};

}  // namespace selfsame::vision
