// SPDX-License-Identifier: Apache-2.0
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "vision/media/codecs.h"
#include "vision/media/exif.h"

namespace selfsame::vision {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kStartOfScan = 0xDA;
constexpr std::uint8_t kApp1 = 0xE1;
constexpr std::uint8_t kApp14 = 0xEE;

// What the markers say. libjpeg reports a missing end as a mere warning, and only the first warning
// of a picture, so the markers are walked here.
struct Markers {
  int scans = 0;
  int orientation = 1;
  bool ends = false;   // an end-of-image marker was reached
  bool adobe = false;  // CMYK is stored inverted
};

bool stands_alone(std::uint8_t marker) noexcept {  // no length follows: TEM, RST0..7, SOI
  return marker == 0x01 || (marker >= 0xD0 && marker <= kStartOfImage);
}

// The place of the next marker's 0xFF at or after `at`; the size when there is none. Skips
// entropy-coded data, where 0xFF00 is a byte and RST markers go on.
std::size_t next_marker(ByteView bytes, std::size_t at) noexcept {
  while (at + 1 < bytes.size()) {
    const auto* found =
        static_cast<const std::uint8_t*>(std::memchr(bytes.data() + at, 0xFF, bytes.size() - 1 - at)
        );
    if (found == nullptr) break;
    at = static_cast<std::size_t>(found - bytes.data());
    const std::uint8_t code = bytes[at + 1];
    const bool goes_on = code == 0x00 || code == 0xFF || (code >= 0xD0 && code <= 0xD7);
    if (!goes_on) return at;
    at += code == 0xFF ? 1 : 2;
  }
  return bytes.size();
}

void note_segment(Markers& markers, std::uint8_t code, ByteView segment) {
  if (code == kStartOfScan) ++markers.scans;
  if (code == kApp1 && text_of(segment).starts_with("Exif\0\0"sv)) {
    markers.orientation = exif_orientation(segment);
  }
  if (code == kApp14 && text_of(segment).starts_with("Adobe"sv)) markers.adobe = true;
}

Markers walk(ByteView bytes) {
  Markers markers;
  std::size_t at = 2;
  while ((at = next_marker(bytes, at)) + 1 < bytes.size()) {
    const std::uint8_t code = bytes[at + 1];
    if (code == kEndOfImage) {
      markers.ends = true;
      break;
    }
    at += 2;
    if (stands_alone(code)) continue;
    if (at + 2 > bytes.size()) break;
    const std::size_t length = static_cast<std::size_t>(bytes[at]) << 8U | bytes[at + 1];
    if (length < 2 || length > bytes.size() - at) break;
    note_segment(markers, code, bytes.subspan(at + 2, length - 2));
    at += length;
  }
  return markers;
}

struct HandleCloser {
  void operator()(void* handle) const noexcept { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, HandleCloser>;

struct BufferFreer {
  void operator()(unsigned char* buffer) const noexcept { tjFree(buffer); }
};

struct Layout {
  int width_px = 0;
  int height_px = 0;
  int subsampling = 0;
  int colourspace = 0;
};

// Padding between segments, as some cameras write it, is the one flaw that changes no pixel.
bool complains_of_padding_only(tjhandle handle) {
  return tjGetErrorCode(handle) == TJERR_WARNING &&
         std::string_view(tjGetErrorStr2(handle)).find("extraneous bytes before marker") !=
             std::string_view::npos;
}

bool read_layout(tjhandle handle, ByteView encoded, Layout& layout) {
  const int answer = tjDecompressHeader3(
      handle,
      encoded.data(),
      static_cast<unsigned long>(encoded.size()),
      &layout.width_px,
      &layout.height_px,
      &layout.subsampling,
      &layout.colourspace
  );
  const bool readable = answer == 0 || complains_of_padding_only(handle);
  return readable && layout.width_px > 0 && layout.height_px > 0;
}

// The strongest of 1/1, 1/2, 1/4, 1/8 that keeps the long side.
tjscalingfactor scale_for(const ImageHeader& header, int full_decode_side_px) noexcept {
  tjscalingfactor factor{1, 1};
  const int long_side = std::max(header.width_px, header.height_px);
  if (full_decode_side_px <= 0) return factor;
  while (factor.denom < 8 && long_side / (factor.denom * 2) >= full_decode_side_px)
    factor.denom *= 2;
  return factor;
}

bool decompress(
    tjhandle handle, ByteView encoded, std::uint8_t* to, int width_px, int height_px, int format
) {
  const int answer = tjDecompress2(
      handle,
      encoded.data(),
      static_cast<unsigned long>(encoded.size()),
      to,
      width_px,
      0,
      height_px,
      format,
      TJFLAG_LIMITSCANS
  );
  return answer == 0 || complains_of_padding_only(handle);
}

void from_cmyk(ByteView cmyk, bool inverted, std::span<std::uint8_t> bgr) noexcept {
  const unsigned flip = inverted ? 0U : 255U;
  for (std::size_t i = 0; i < bgr.size() / 3; ++i) {
    const unsigned black = cmyk[4 * i + 3] ^ flip;
    for (std::size_t c = 0; c < 3; ++c) {
      const unsigned ink = cmyk[4 * i + 2 - c] ^ flip;
      bgr[3 * i + c] = static_cast<std::uint8_t>(ink * black / 255);
    }
  }
}

}  // namespace

Result<ImageHeader> read_jpeg_header(ByteView encoded) {
  const Handle handle(tjInitDecompress());
  Layout layout;
  if (!handle || !read_layout(handle.get(), encoded, layout)) {
    return fail(Errc::image_undecodable, "JPEG: no readable header");
  }
  const Markers markers = walk(encoded);
  if (!markers.ends) return fail(Errc::image_undecodable, "JPEG: truncated");
  return ImageHeader{ImageFormat::jpeg, layout.width_px, layout.height_px, markers.orientation};
}

Result<Image> decode_jpeg(ByteView encoded, const ImageHeader& header, const ImageLimits& limits) {
  const Markers markers = walk(encoded);
  const std::int64_t pixels = static_cast<std::int64_t>(header.width_px) * header.height_px;
  if (markers.scans > limits.max_jpeg_scans || markers.scans * pixels > limits.max_jpeg_work) {
    return fail(Errc::image_undecodable, "JPEG: too many scans");
  }
  const Handle handle(tjInitDecompress());
  Layout layout;
  if (!handle || !read_layout(handle.get(), encoded, layout)) {
    return fail(Errc::image_undecodable, "JPEG: no readable header");
  }
  const tjscalingfactor factor = scale_for(header, limits.full_decode_side_px);
  Image image = blank(TJSCALED(layout.width_px, factor), TJSCALED(layout.height_px, factor));
  const bool cmyk = layout.colourspace == TJCS_CMYK || layout.colourspace == TJCS_YCCK;
  Bytes inks(cmyk ? image.bgr.size() / 3 * 4 : 0);
  const bool sound = decompress(
      handle.get(),
      encoded,
      cmyk ? inks.data() : image.bgr.data(),
      image.width_px,
      image.height_px,
      cmyk ? TJPF_CMYK : TJPF_BGR
  );
  if (!sound)
    return fail(Errc::image_undecodable, std::string("JPEG: ") + tjGetErrorStr2(handle.get()));
  if (cmyk) from_cmyk(inks, markers.adobe, image.bgr);
  return image;
}

Bytes encode_jpeg(const Image& image, int quality) {
  if (image.empty()) return {};
  const Handle handle(tjInitCompress());
  unsigned char* raw = nullptr;
  unsigned long size = 0;
  const int answer = tjCompress2(
      handle.get(),
      image.bgr.data(),
      image.width_px,
      0,
      image.height_px,
      TJPF_BGR,
      &raw,
      &size,
      TJSAMP_420,
      std::clamp(quality, 1, 100),
      0
  );
  const std::unique_ptr<unsigned char, BufferFreer> buffer(raw);
  if (answer != 0) return {};
  return {buffer.get(), buffer.get() + size};
}

}  // namespace selfsame::vision
