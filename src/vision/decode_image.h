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
  // A progressive JPEG costs one pass over the whole picture for each of its scans (10 are usual).
  int max_jpeg_scans = 100;
  std::int64_t max_jpeg_work = 1'000'000'000;  // scans x pixels
  // A HEIC picture is made of tiles that may each be decoded: tiles x pixels of the largest.
  std::int64_t max_heic_work = 1'000'000'000;
  // A larger JPEG is decoded at 1/2, 1/4 or 1/8: the smallest whose long side is this or more. 0:
  // never.
  int full_decode_side_px = 1600;
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

/// Of the limits only max_bytes is looked at (`image_too_large`), so that a caller can say more
/// about a picture of the wrong size than that it cannot be read.
[[nodiscard]] Result<ImageHeader> read_image_header(
    ByteView encoded, const ImageLimits& limits = {}
);

/// Sides and pixels.
[[nodiscard]] bool is_within(const ImageHeader& header, const ImageLimits& limits) noexcept;

/// JPEG (grey, YCbCr, RGB, CMYK, YCCK; baseline and progressive), PNG (all kinds, 16 bit cut to 8),
/// WebP (no animation), HEIC. Transparent pixels are laid over white.
/// Turned upright by EXIF. `image_too_large`: over max_bytes; `image_undecodable`: everything else,
/// other limits and truncated data included. Padding between two JPEG segments is the only
/// damage that is borne.
[[nodiscard]] Result<Image> decode_image(ByteView encoded, const ImageLimits& limits = {});

/// Baseline JPEG, 4:2:0, `quality` 0..100 (clamped). An empty image gives no bytes.
[[nodiscard]] Bytes encode_jpeg(const Image& image, int quality);

}  // namespace selfsame::vision
