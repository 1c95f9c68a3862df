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
  float confidence = 0;  // 0..1: how clear its edges are, how like a card's, and what text agrees
};

/// The four edges that are most like a card's (ISO/IEC 7810 ID-1, ID-2, ID-3) seen by a camera and
/// hold the text. Nothing where there is no text or no such edges. Corners may lie outside.
[[nodiscard]] std::optional<FoundCard> find_card(
    const PixelView& picture, std::span<const TextRegion> text
);

}  // namespace selfsame::vision
