// SPDX-License-Identifier: Apache-2.0
// Presentation attack detection: one network, and the weighted list of them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/decision.h"
#include "core/scores.h"
#include "vision/face_engine.h"
#include "vision/model_cards.h"
#include "vision/network.h"
#include "vision/pixels.h"

namespace selfsame::vision {

struct PixelRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// How far the box can be enlarged before it is as wide or as high as the picture. Below 1.45 the
/// picture is cropped too tightly for PAD networks (LIVENESS.md section 2). 0 for an empty box.
[[nodiscard]] double achievable_crop_scale(const Box& box, int width_px, int height_px) noexcept;

/// MiniFASNet's crop: the box enlarged about its centre by `scale` or by what is achievable,
/// whichever is less, then shifted into the picture, never padded. Nothing for an empty box or one
/// that leaves no pixel.
/// @see minivision-ai/Silent-Face-Anti-Spoofing, src/generate_patches.py
[[nodiscard]] std::optional<PixelRect> scaled_crop(
    const Box& box, double scale, int width_px, int height_px
);

/// Immutable and thread-safe.
class PadNetwork {
 public:
  /// `engine_failed` when the card's crop is not scaled_box or its live index is out of range.
  [[nodiscard]] static Result<PadNetwork> create(std::unique_ptr<Network> network);

  /// P(bona fide), 0..1. Crops and resizes (area when shrinking, else bilinear) as the card says.
  /// `engine_failed` when the run fails or the output is no probability.
  [[nodiscard]] Result<double> live_probability(const PixelView& picture, const Box& box) const;

  [[nodiscard]] const Network& network() const noexcept { return *network_; }

 private:
  explicit PadNetwork(std::unique_ptr<Network> network) noexcept;
  std::unique_ptr<Network> network_;
};

struct PadReading {
  core::PadScore score;                // weighted mean over the members in use
  std::vector<double> live_of_member;  // in the order of networks(): those beside come last
};

/// The PAD networks in use, by PadCard. Immutable and thread-safe.
class PadEnsemble {
 public:
  /// Loads the members (without the second opinions when the card switches them off).
  /// `engine_failed` when none is left, a weight is not positive, a card is missing, or no policy
  /// was measured with exactly these networks and weights.
  [[nodiscard]] static Result<PadEnsemble> create(
      const ModelCards& cards, const InferenceRuntime& runtime
  );

  /// Always on the picture as it was captured: never on a tight crop or an aligned face.
  [[nodiscard]] Result<PadReading> score(const PixelView& picture, const Box& box) const;

  [[nodiscard]] const core::PadPolicy& policy() const noexcept { return policy_; }
  [[nodiscard]] std::vector<const Network*> networks() const;
  /// Those that decide.
  [[nodiscard]] std::vector<const PadNetwork*> pad_networks() const;

 private:
  struct Member {
    PadNetwork network;
    double weight = 1;
  };
  std::vector<Member> members_;
  std::vector<PadNetwork> beside_;
  core::PadPolicy policy_;
};

}  // namespace selfsame::vision
