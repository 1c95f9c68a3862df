// SPDX-License-Identifier: Apache-2.0
// What is wrong with a photo of a document, whatever it says.
#pragma once

#include <span>
#include <vector>

#include "core/document_step.h"
#include "vision/document/quad.h"
#include "vision/pixels.h"

namespace selfsame::vision {

/// What was measured; thresholds in the .cpp file.
struct PictureMeasures {
  float outside = 0;      // how far the farthest corner is outside the picture, in document widths
  float text_margin = 0;  // from the picture's edge to the nearest line, in heights of that line
  float colour = 0;       // 99th percentile of the distance from the median, in a and b of Lab
  float sharpness = 0;    // fine detail over coarse, 0..
  float highlight = 0;    // largest round blob of light, share of the document; 0: none of any size
  float pattern = 0;      // strongest wave in red against blue, over the median of all waves
  float bridge = 0;  // what lies across the outline: how much less it changes there than it differs
                     // from the rest of that side's border, in Lab; above 0 where there is any
};

/// @param card   where the document is, its top left corner first
/// @param lines  of text, in the direction of reading
[[nodiscard]] PictureMeasures measure_picture(
    const PixelView& picture, const Quad& card, std::span<const Quad> lines
);

/// `incomplete` (cut off, or an edge that fingers cover), `copy` (a grey one; copies in
/// colour are not seen), `recapture` (a screen's pixels beat with the camera's), `glare`, `blur`.
/// Nothing is known of edited pictures. A value that is no number warns.
/// @param card_found  false: `card` is a frame about the text, and may stick out
[[nodiscard]] std::vector<core::DocumentWarning> warnings_of(
    const PictureMeasures& measures, bool card_found
);

}  // namespace selfsame::vision
