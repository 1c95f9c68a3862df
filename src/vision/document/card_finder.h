// SPDX-License-Identifier: Apache-2.0
// A card or a page in a photo.
#pragma once

#include <optional>
#include <span>

#include "vision/document/quad.h"
#include "vision/document/text_detector.h"
#include "vision/pixels.h"

namespace selfsame::vision {

struct FoundCard {
  Quad quad{};           // clockwise; which corner is the first one says nothing
  float confidence = 0;  // 0..1: how like a card its outline is, and how much of the text it holds
};

/// The outline that is most like a card's (ISO/IEC 7810 ID-1, ID-2, ID-3) and holds the text.
/// Nothing where no outline has four corners.
[[nodiscard]] std::optional<FoundCard> find_card(
    const PixelView& picture, std::span<const TextRegion> text
);

}  // namespace selfsame::vision
