// SPDX-License-Identifier: Apache-2.0
// One picture format each: its header, and its pixels as they lie in the file (not yet upright).
// Every read_* looks at the header only; every decode_* is called after the limits were checked on
// it. All answer `image_undecodable` on damaged or truncated bytes.
#pragma once

#include "base/result.h"
#include "vision/decode_image.h"

namespace selfsame::vision {

/// Also: `image_undecodable` when the picture does not end in an end-of-image marker.
[[nodiscard]] Result<ImageHeader> read_jpeg_header(ByteView encoded);
[[nodiscard]] Result<Image> decode_jpeg(
    ByteView encoded, const ImageHeader& header, const ImageLimits& limits
);

[[nodiscard]] Result<ImageHeader> read_png_header(ByteView encoded);
[[nodiscard]] Result<Image> decode_png(ByteView encoded);

[[nodiscard]] Result<ImageHeader> read_webp_header(ByteView encoded);
[[nodiscard]] Result<Image> decode_webp(ByteView encoded);

[[nodiscard]] Result<ImageHeader> read_heic_header(ByteView encoded);
[[nodiscard]] Result<Image> decode_heic(ByteView encoded, const ImageLimits& limits);

/// The picture of four channels (the fourth is opacity) over white.
/// @param channels  bytes B, G, R, A or R, G, B, A
[[nodiscard]] Image over_white(
    const std::uint8_t* channels,
    std::size_t stride_bytes,
    int width_px,
    int height_px,
    bool red_first
);

[[nodiscard]] inline Image blank(int width_px, int height_px) {
  return {
      width_px,
      height_px,
      std::vector<std::uint8_t>(
          static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) * 3
      )
  };
}

}  // namespace selfsame::vision
