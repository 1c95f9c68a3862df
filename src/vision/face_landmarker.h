// SPDX-License-Identifier: Apache-2.0
// The 468 points of a face mesh, and how sure the network is that there is a face under them.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/result.h"
#include "vision/face_engine.h"
#include "vision/network.h"
#include "vision/pixels.h"

namespace selfsame::vision {

struct MeshPoint {
  float x = 0;  // pixels of the picture
  float y = 0;  // pixels of the picture
  float z = 0;  // depth in the same scale; smaller is nearer to the camera
};

/// MediaPipe's face mesh: its numbering of the 468 points, for example 33 and 263 the outer corners
/// of the subject's right and left eye, 1 the nose tip, 13 and 14 the inner lips, 152 the chin.
struct FaceLandmarks {
  std::vector<MeshPoint> points;  // 468
  double presence = 0;  // the network's logit: 1000 LFW faces 23..51 (5th to 95th percentile), worn
                        // masks -5..22, no face about -9
};

inline constexpr std::size_t kMeshPoints = 468;

/// Immutable and thread-safe.
class FaceLandmarker {
 public:
  /// `engine_failed` when the card is not of an upright_square of 468 points with a presence.
  [[nodiscard]] static Result<FaceLandmarker> create(std::unique_ptr<Network> network);

  /// Runs twice: on the square around the detector's box, then on the square around the points
  /// found (what the network was trained on). Points may stick out of the picture. A face that is
  /// not there gives points too: look at `presence`.
  /// @param face  a box of positive size and five landmarks, in pixels of `picture`
  [[nodiscard]] Result<FaceLandmarks> locate(const PixelView& picture, const DetectedFace& face)
      const;

  /// Runs once, on the square around the points of another frame, moved as the detector's points
  /// moved from there; twice, as above, where these do not say how, or no face is under that
  /// square.
  [[nodiscard]] Result<FaceLandmarks> locate_moved(
      const PixelView& picture,
      const DetectedFace& face,
      const DetectedFace& face_there,
      const FaceLandmarks& there
  ) const;

  /// Runs once, on the square around the points of the frame before. Look at `presence`: the face
  /// may have gone.
  [[nodiscard]] Result<FaceLandmarks> follow(const PixelView& picture, const FaceLandmarks& before)
      const;

  /// At or above the card's threshold.
  [[nodiscard]] bool is_present(const FaceLandmarks& landmarks) const noexcept;

  [[nodiscard]] const Network& network() const noexcept { return *network_; }

 private:
  explicit FaceLandmarker(std::unique_ptr<Network> network) noexcept;
  std::unique_ptr<Network> network_;
};

/// Height of the open eye over its width, mean of both eyes (Soukupova and Cech 2016). About 0.3
/// open; the mesh that follows moving faces shows closed eyes as 0.65 to 0.8 of the person's own
/// median, the other one as above 0.95.
[[nodiscard]] double eye_aspect_ratio(const FaceLandmarks& landmarks);

/// Gap between the inner lips over the width of the mouth: 0 closed, above 0.5 wide open; talking
/// reaches 0.5.
[[nodiscard]] double mouth_opening(const FaceLandmarks& landmarks);

}  // namespace selfsame::vision
