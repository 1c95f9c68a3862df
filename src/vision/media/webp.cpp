// SPDX-License-Identifier: Apache-2.0
#include <webp/decode.h>

#include <string_view>

#include "vision/media/codecs.h"
#include "vision/media/exif.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

std::size_t little_endian(ByteView bytes, std::size_t at) noexcept {
  return bytes[at] | static_cast<std::size_t>(bytes[at + 1]) << 8U |
         static_cast<std::size_t>(bytes[at + 2]) << 16U |
         static_cast<std::size_t>(bytes[at + 3]) << 24U;
}

// RIFF chunks behind "RIFF size WEBP".
int orientation_in(ByteView webp) noexcept {
  std::size_t at = 12;
  while (at + 8 <= webp.size()) {
    const std::size_t length = little_endian(webp, at + 4);
    if (length > webp.size() - at - 8) break;
    if (text_of(webp.subspan(at, 4)) == "EXIF"sv)
      return exif_orientation(webp.subspan(at + 8, length));
    at += 8 + length + (length & 1U);
  }
  return 1;
}

}  // namespace

Result<ImageHeader> read_webp_header(ByteView encoded) {
  WebPBitstreamFeatures features{};
  const bool known = WebPGetFeatures(encoded.data(), encoded.size(), &features) == VP8_STATUS_OK;
  if (!known || features.width < 1 || features.height < 1) {
    return fail(Errc::image_undecodable, "WebP: no readable header");
  }
  if (features.has_animation != 0) return fail(Errc::image_undecodable, "WebP: animation");
  return ImageHeader{ImageFormat::webp, features.width, features.height, orientation_in(encoded)};
}

Result<Image> decode_webp(ByteView encoded) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(encoded.data(), encoded.size(), &features) != VP8_STATUS_OK) {
    return fail(Errc::image_undecodable, "WebP: no readable header");
  }
  const bool transparent = features.has_alpha != 0;
  const int stride_bytes = features.width * (transparent ? 4 : 3);
  Image image = blank(features.width, features.height);
  Bytes pixels(transparent ? image.bgr.size() / 3 * 4 : 0);
  auto& to = transparent ? pixels : image.bgr;
  const auto decode = transparent ? WebPDecodeBGRAInto : WebPDecodeBGRInto;
  if (decode(encoded.data(), encoded.size(), to.data(), to.size(), stride_bytes) == nullptr) {
    return fail(Errc::image_undecodable, "WebP: damaged or truncated");
  }
  if (!transparent) return image;
  return over_white(
      pixels.data(), static_cast<std::size_t>(stride_bytes), features.width, features.height, false
  );
}

}  // namespace selfsame::vision
