// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <string_view>

#include "vision/media/codecs.h"
#include "vision/media/exif.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kChunkFrame = 12;  // length, type and checksum
constexpr std::uint32_t kMaxChunkBytes = 0x7fffffff;

std::uint32_t big_endian(ByteView bytes, std::size_t at) noexcept {
  return static_cast<std::uint32_t>(bytes[at]) << 24U |
         static_cast<std::uint32_t>(bytes[at + 1]) << 16U |
         static_cast<std::uint32_t>(bytes[at + 2]) << 8U | bytes[at + 3];
}

struct Chunks {
  int orientation = 1;
  bool ends = false;  // IEND was reached; libpng stops reading when it has all pixels
};

Chunks walk(ByteView png) noexcept {
  Chunks chunks;
  std::size_t at = kSignatureBytes;
  while (at + kChunkFrame <= png.size() && !chunks.ends) {
    const std::size_t length = big_endian(png, at);
    if (length > png.size() - at - kChunkFrame) break;
    const auto type = text_of(png.subspan(at + 4, 4));
    if (type == "eXIf"sv) chunks.orientation = exif_orientation(png.subspan(at + 8, length));
    chunks.ends = type == "IEND"sv;
    at += kChunkFrame + length;
  }
  return chunks;
}

}  // namespace

Result<ImageHeader> read_png_header(ByteView encoded) {
  constexpr std::size_t kHeaderBytes = kSignatureBytes + kChunkFrame + 13;
  const bool whole = encoded.size() >= kHeaderBytes && text_of(encoded.subspan(12, 4)) == "IHDR"sv;
  if (!whole) return fail(Errc::image_undecodable, "PNG: no header");
  const std::uint32_t width = big_endian(encoded, 16);
  const std::uint32_t height = big_endian(encoded, 20);
  if (width < 1 || height < 1 || width > kMaxChunkBytes || height > kMaxChunkBytes) {
    return fail(Errc::image_undecodable, "PNG: impossible size");
  }
  const Chunks chunks = walk(encoded);
  if (!chunks.ends) return fail(Errc::image_undecodable, "PNG: truncated");
  return ImageHeader{
      ImageFormat::png, static_cast<int>(width), static_cast<int>(height), chunks.orientation
  };
}

Result<Image> decode_png(ByteView encoded) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&png, encoded.data(), encoded.size()) == 0) {
    return fail(Errc::image_undecodable, std::string("PNG: ") + png.message);
  }
  png.format = PNG_FORMAT_BGR;
  Image image = blank(static_cast<int>(png.width), static_cast<int>(png.height));
  const png_color white{255, 255, 255};
  const int answer = png_image_finish_read(&png, &white, image.bgr.data(), 0, nullptr);
  const std::string message = png.message;
  png_image_free(&png);
  // A warning (1) is about ancillary data; errors, truncation among them, are 2.
  if (answer == 0) return fail(Errc::image_undecodable, "PNG: " + message);
  return image;
}

}  // namespace selfsame::vision
