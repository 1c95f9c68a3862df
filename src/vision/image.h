// SPDX-License-Identifier: Apache-2.0
// Decoded pixels.
#pragma once

#include <cstdint>
#include <vector>

namespace selfsame::vision {

/// BGR, 8 bit, interleaved ("BGRBGR..."), rows top to bottom without padding, upright (EXIF
/// orientation and container rotation applied).
struct Image {
  int width_px = 0;
  int height_px = 0;
  std::vector<std::uint8_t> bgr;

  [[nodiscard]] bool empty() const noexcept { return bgr.empty(); }
};

struct Point {
  float x = 0;
  float y = 0;
};

/// Pixels of the image it was found in; may stick out of it.
struct Box {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

}  // namespace selfsame::vision
