// SPDX-License-Identifier: Apache-2.0
// A window into somebody else's pixels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vision/image.h"

namespace selfsame::vision {

/// BGR, 8 bit, interleaved; does not own. A row starts stride_bytes after the previous one.
struct PixelView {
  const std::uint8_t* bgr = nullptr;
  int width_px = 0;
  int height_px = 0;
  std::size_t stride_bytes = 0;
};

[[nodiscard]] inline PixelView view_of(const Image& image) noexcept {
  return {
      image.bgr.data(),
      image.width_px,
      image.height_px,
      static_cast<std::size_t>(image.width_px) * 3
  };
}

}  // namespace selfsame::vision
