// SPDX-License-Identifier: Apache-2.0
// Encoded pictures of strangers to pixels, and back to JPEG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/image.h"

namespace selfsame::vision {

enum class ImageFormat : std::uint8_t { jpeg, png, webp, heic };

/// Checked on the header, before a pixel is decoded.
struct ImageLimits {
  std::size_t max_bytes = 16U << 20;
  std::int64_t max_pixels = 50'000'000;  // width x height
  int max_side_px = 16384;
  int max_jpeg_scans = 100;  // progressive JPEG: each scan costs a pass over the whole picture
  int full_decode_side_px = 2560;  // a JPEG with a longer side is decoded at 1/2, 1/4 or 1/8, the
                                   // smallest that keeps its long side at or above this; 0: never
};

/// By the first bytes; a declared type or a file name is never looked at.
[[nodiscard]] std::optional<ImageFormat> sniff_image(ByteView encoded) noexcept;

/// Size in the file, before orientation and scaling. Cheap: reads the header only.
struct ImageHeader {
  ImageFormat format{};
  int width_px = 0;
  int height_px = 0;
  int orientation = 1;  // EXIF 1..8; 1 for HEIC, whose transforms its decoder applies
};
[[nodiscard]] Result<ImageHeader> read_image_header(
    ByteView encoded, const ImageLimits& limits = {}
);

/// JPEG (grey, YCbCr, RGB, CMYK, YCCK; baseline and progressive), PNG (all kinds, 16 bit cut to 8),
/// WebP (first frame of an animation is refused), HEIC. Transparent pixels are laid over white.
/// Turned upright by EXIF. `image_too_large`: over a limit; `image_undecodable`: everything else,
/// truncated data included.
[[nodiscard]] Result<Image> decode_image(ByteView encoded, const ImageLimits& limits = {});

/// Baseline JPEG, 4:2:0, `quality` 0..100 (clamped). An empty image gives no bytes.
[[nodiscard]] Bytes encode_jpeg(const Image& image, int quality);

}  // namespace selfsame::vision
