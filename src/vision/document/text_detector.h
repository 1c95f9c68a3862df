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

/// Immutable and thread-safe. Two networks, each of one size of input: a size costs 40 MB and half
/// a second when it is compiled, and photos come in all of them.
class TextDetector {
 public:
  /// The networks give one P(text) for each pixel of their input, whose size their cards say.
  [[nodiscard]] static Result<TextDetector> create(
      std::unique_ptr<Network> overview, std::unique_ptr<Network> flat, const DocumentCard& card
  );

  /// In the whole picture, shrunk into the overview's input or enlarged up to twice, on its side
  /// where it stands. At most kMostRegions, in pixels of `picture`; none is a finding.
  [[nodiscard]] Result<std::vector<TextRegion>> look_over(const PixelView& picture) const;

  /// In a straightened document, as large as it is: as wide as flat_width_px() and at most as high
  /// as flat_height_most_px(). Otherwise the same.
  [[nodiscard]] Result<std::vector<TextRegion>> detect(const PixelView& flat) const;

  [[nodiscard]] int flat_width_px() const noexcept;
  [[nodiscard]] int flat_height_most_px() const noexcept;
  /// Higher documents cost two looks.
  [[nodiscard]] int flat_height_of_one_look_px() const noexcept;

  static constexpr std::size_t kMostRegions = 400;

  [[nodiscard]] const Network& network() const noexcept { return *overview_; }

 private:
  std::unique_ptr<Network> overview_;
  std::unique_ptr<Network> flat_;
  float pixel_threshold_ = 0;
  float region_threshold_ = 0;
  float enlargement_ = 0;
};

}  // namespace selfsame::vision
