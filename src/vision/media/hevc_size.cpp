// SPDX-License-Identifier: Apache-2.0
#include "vision/media/hevc_size.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "vision/media/heic_tiles.h"
#include "vision/media/tame_libav.h"

namespace selfsame::vision {
namespace {

constexpr std::size_t kMaxConfigurations = 16;

struct ContextFreer {
  void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};

// Pixels of the coded picture; nothing where it is unreadable or over the limits. Opening the
// decoder parses the parameter sets and decodes nothing.
std::optional<std::int64_t> pixels_within(ByteView configuration, const ImageLimits& limits) {
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_HEVC);
  const std::unique_ptr<AVCodecContext, ContextFreer> context(avcodec_alloc_context3(codec));
  if (codec == nullptr || !context) return std::nullopt;
  context->thread_count = 1;
  context->extradata =
      static_cast<std::uint8_t*>(av_mallocz(configuration.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (context->extradata == nullptr) return std::nullopt;
  std::memcpy(context->extradata, configuration.data(), configuration.size());
  context->extradata_size = static_cast<int>(configuration.size());
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return std::nullopt;
  const std::int64_t width = context->coded_width;
  const std::int64_t height = context->coded_height;
  const bool within = width > 0 && height > 0 && width <= limits.max_side_px &&
                      height <= limits.max_side_px && width * height <= limits.max_pixels;
  return within ? std::optional(width * height) : std::nullopt;
}

}  // namespace

Result<void> check_hevc_sizes(ByteView heic, const ImageLimits& limits) {
  tame_libav();
  const std::string_view text = text_of(heic);
  std::size_t count = 0;
  std::int64_t largest = 0;
  for (std::size_t at = text.find("hvcC"); at != std::string_view::npos;
       at = text.find("hvcC", at + 4)) {
    if (at < 4) continue;
    const std::size_t size = static_cast<std::size_t>(heic[at - 4]) << 24U |
                             static_cast<std::size_t>(heic[at - 3]) << 16U |
                             static_cast<std::size_t>(heic[at - 2]) << 8U | heic[at - 1];
    if (size < 8 || size > heic.size() - (at - 4))
      continue;  // not a box: the letters inside other data
    const auto pixels = pixels_within(heic.subspan(at + 4, size - 8), limits);
    if (++count > kMaxConfigurations || !pixels) {
      return fail(
          Errc::image_undecodable, "HEIC: unreadable, too many or too large coded pictures"
      );
    }
    largest = std::max(largest, *pixels);
  }
  if (count == 0) return fail(Errc::image_undecodable, "HEIC: no HEVC picture");
  SELFSAME_TRY(tiles, count_heic_tiles(heic));
  if (tiles * largest > limits.max_heic_work)
    return fail(Errc::image_undecodable, "HEIC: too much to decode");
  return {};
}

}  // namespace selfsame::vision
