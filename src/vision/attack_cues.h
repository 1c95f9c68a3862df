// SPDX-License-Identifier: Apache-2.0
// What kind of presentation attack a refused capture looks like. Best effort, never a verdict.
#pragma once

#include "core/scores.h"
#include "vision/image.h"
#include "vision/pixels.h"

namespace selfsame::vision {

struct AttackCues {
  double chroma_spread =
      0;               // mean distance of the face's Lab a, b to their mean. Colour photos: 5th
                       // percentile 4.5; webcams 5.3 and more; monochrome copies up to 1.9
  bool bezel = false;  // long straight edges on both sides of the face, as of a display
};

/// @param box  of the face, in pixels of `picture`
[[nodiscard]] AttackCues measure_attack_cues(const PixelView& picture, const Box& box);

/// AttackCues::chroma_spread alone, which is cheap; 0 when the box does not touch the picture.
[[nodiscard]] double measure_chroma_spread(const PixelView& picture, const Box& box);

/// Below: the face is in grey or in one tone, as of a copy (LIVENESS.md section 5e). No camera that
/// sees colours gives that.
inline constexpr double kMonochrome = 2.5;

/// Monochrome: `print`. Bezel: `screen_replay`. Else `unsure`.
[[nodiscard]] core::AttackClass attack_class_of(const AttackCues& cues) noexcept;

}  // namespace selfsame::vision
