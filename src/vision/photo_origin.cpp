// SPDX-License-Identifier: Apache-2.0
#include "vision/photo_origin.h"

#include <optional>
#include <string_view>

#include "vision/decode_image.h"
#include "vision/media/exif.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kApp1 = 0xE1;

struct Segment {
  std::uint8_t code = 0;
  ByteView content;
};

/// Nothing at the first scan, or where the file is damaged.
std::optional<Segment> take_segment(ByteView& rest) {
  if (rest.size() < 4 || rest[0] != 0xFF || rest[1] == kStartOfScan) return std::nullopt;
  const std::size_t length = static_cast<std::size_t>(rest[2]) << 8U | rest[3];
  if (length < 2 || length > rest.size() - 2) return std::nullopt;
  const Segment segment{.code = rest[1], .content = rest.subspan(4, length - 2)};
  rest = rest.subspan(2 + length);
  return segment;
}

}  // namespace

PhotoOrigin read_photo_origin(ByteView encoded) {
  PhotoOrigin origin{.is_jpeg = sniff_image(encoded) == ImageFormat::jpeg, .make = {}, .model = {}};
  if (!origin.is_jpeg) return origin;
  ByteView rest = encoded.subspan(2);
  while (const auto segment = take_segment(rest)) {
    if (segment->code != kApp1 || !text_of(segment->content).starts_with("Exif\0\0"sv)) continue;
    origin.make = exif_text(segment->content, kExifMake);
    origin.model = exif_text(segment->content, kExifModel);
    break;
  }
  return origin;
}

}  // namespace selfsame::vision
