// SPDX-License-Identifier: Apache-2.0
// Where lines of text are (PP-OCR's differentiable binarisation: Liao et al., 2020).
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "vision/document/quad.h"
#include "vision/model_cards.h"
#include "vision/network.h"

namespace selfsame::vision {

struct TextRegion {
  // Along the line: from the first corner to the second goes the longer side, towards the right or,
  // where the line stands, downwards. Whether it reads that way is not known yet.
  Quad quad{};
  float confidence = 0;  // mean P(text) in it
};

/// Immutable and thread-safe.
class TextDetector {
 public:
  /// The network gives one P(text) for each pixel of its input.
  [[nodiscard]] static Result<TextDetector> create(
      std::unique_ptr<Network> network, const DocumentCard& card
  );

  /// Looks at `picture` with a long side of `long_side_px`: larger ones are shrunk, smaller ones
  /// enlarged up to twice. At most kMostRegions, in pixels of `picture`; none is a finding.
  [[nodiscard]] Result<std::vector<TextRegion>> detect(const PixelView& picture, int long_side_px)
      const;

  static constexpr std::size_t kMostRegions = 400;

  [[nodiscard]] const Network& network() const noexcept { return *network_; }

 private:
  std::unique_ptr<Network> network_;
  float pixel_threshold_ = 0;
  float region_threshold_ = 0;
  float enlargement_ = 0;
};

}  // namespace selfsame::vision
