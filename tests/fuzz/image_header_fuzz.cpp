// SPDX-License-Identifier: Apache-2.0
// Strangers' pictures: type, header, EXIF, limits, pixels.
#include <cstdlib>

#include "vision/decode_image.h"
#include "vision/media/exif.h"
#include "vision/photo_origin.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const ByteView bytes(data, size);
  static_cast<void>(vision::exif_orientation(bytes));
  static_cast<void>(vision::exif_text(bytes, vision::kExifMake));
  static_cast<void>(vision::read_photo_origin(bytes));
  vision::ImageLimits limits;
  limits.max_pixels = 1 << 18;
  limits.max_side_px = 2048;
  limits.max_jpeg_work = 1 << 22;
  const auto image = vision::decode_image(bytes, limits);
  if (!image) return 0;
  const auto pixels =
      static_cast<std::size_t>(image->width_px) * static_cast<std::size_t>(image->height_px);
  if (pixels < 1 || image->bgr.size() != pixels * 3) std::abort();
  return 0;
}
