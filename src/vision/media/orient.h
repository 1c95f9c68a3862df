// SPDX-License-Identifier: Apache-2.0
// Turns and mirrors of whole pictures.
#pragma once

#include "vision/image.h"

namespace selfsame::vision {

/// Undoes EXIF orientation 1..8, so that the picture stands upright. Other values change nothing.
[[nodiscard]] Image upright(Image image, int exif_orientation);

/// Turned clockwise by 0, 90, 180 or 270 degrees; other values change nothing.
[[nodiscard]] Image turned_clockwise(Image image, int degrees);

}  // namespace selfsame::vision
