// SPDX-License-Identifier: Apache-2.0
#include "vision/decode_image.h"

#include <new>
#include <string_view>
#include <utility>

#include "vision/media/codecs.h"
#include "vision/media/orient.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

bool is_heic_brand(std::string_view brand) noexcept {
  return brand == "heic"sv || brand == "heix"sv || brand == "heim"sv || brand == "heis"sv ||
         brand == "mif1"sv;
}

Result<ImageHeader> read_header_of(ImageFormat format, ByteView encoded) {
  switch (format) {
    case ImageFormat::jpeg:
      return read_jpeg_header(encoded);
    case ImageFormat::png:
      return read_png_header(encoded);
    case ImageFormat::webp:
      return read_webp_header(encoded);
    case ImageFormat::heic:
      return read_heic_header(encoded);
  }
  return fail(Errc::image_undecodable);
}

Result<Image> decode_as(const ImageHeader& header, ByteView encoded, const ImageLimits& limits) {
  switch (header.format) {
    case ImageFormat::jpeg:
      return decode_jpeg(encoded, header, limits);
    case ImageFormat::png:
      return decode_png(encoded);
    case ImageFormat::webp:
      return decode_webp(encoded);
    case ImageFormat::heic:
      return decode_heic(encoded, limits);
  }
  return fail(Errc::image_undecodable);
}

}  // namespace

std::optional<ImageFormat> sniff_image(ByteView encoded) noexcept {
  const std::string_view text = text_of(encoded);
  if (text.starts_with("\xFF\xD8\xFF"sv)) return ImageFormat::jpeg;
  if (text.starts_with("\x89PNG\r\n\x1A\n"sv)) return ImageFormat::png;
  if (text.starts_with("RIFF"sv) && text.size() >= 12 && text.substr(8, 4) == "WEBP"sv)
    return ImageFormat::webp;
  if (text.size() >= 12 && text.substr(4, 4) == "ftyp"sv && is_heic_brand(text.substr(8, 4))) {
    return ImageFormat::heic;
  }
  return std::nullopt;
}

bool is_within(const ImageHeader& header, const ImageLimits& limits) noexcept {
  return header.width_px <= limits.max_side_px && header.height_px <= limits.max_side_px &&
         static_cast<std::int64_t>(header.width_px) * header.height_px <= limits.max_pixels;
}

Result<ImageHeader> read_image_header(ByteView encoded, const ImageLimits& limits) {
  if (encoded.size() > limits.max_bytes) return fail(Errc::image_too_large, "too many bytes");
  const auto format = sniff_image(encoded);
  if (!format) return fail(Errc::image_undecodable, "no picture format that we read");
  return read_header_of(*format, encoded);
}

Result<Image> decode_image(ByteView encoded, const ImageLimits& limits) {
  SELFSAME_TRY(header, read_image_header(encoded, limits));
  if (!is_within(header, limits)) return fail(Errc::image_undecodable, "too many pixels");
  try {
    SELFSAME_TRY(image, decode_as(header, encoded, limits));
    return upright(std::move(image), header.orientation);
  } catch (const std::bad_alloc&) {
    return fail(Errc::image_undecodable, "not enough memory");
  }
}

Image over_white(
    const std::uint8_t* channels,
    std::size_t stride_bytes,
    int width_px,
    int height_px,
    bool red_first
) {
  Image image = blank(width_px, height_px);
  const auto width = static_cast<std::size_t>(width_px);
  for (std::size_t y = 0; y < static_cast<std::size_t>(height_px); ++y) {
    const std::uint8_t* from = channels + y * stride_bytes;
    std::uint8_t* to = image.bgr.data() + y * width * 3;
    for (std::size_t x = 0; x < width; ++x) {
      const unsigned opacity = from[4 * x + 3];
      for (std::size_t c = 0; c < 3; ++c) {
        const unsigned value = from[4 * x + (red_first ? 2 - c : c)];
        to[3 * x + c] =
            static_cast<std::uint8_t>((value * opacity + 255 * (255 - opacity) + 127) / 255);
      }
    }
  }
  return image;
}

}  // namespace selfsame::vision
