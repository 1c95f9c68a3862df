// SPDX-License-Identifier: Apache-2.0
#include "vision/media/frame_converter.h"

extern "C" {
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "vision/media/orient.h"

namespace selfsame::vision {
namespace {

struct Size {
  int width_px = 0;
  int height_px = 0;
};

Size shrunk(const AVFrame& frame, int max_side_px) {
  const int long_side = std::max(frame.width, frame.height);
  if (max_side_px <= 0 || long_side <= max_side_px) return {frame.width, frame.height};
  const double factor = static_cast<double>(max_side_px) / long_side;
  const auto side = [factor](int px) {
    return std::max(1, static_cast<int>(std::lround(px * factor)));
  };
  return {side(frame.width), side(frame.height)};
}

int coefficients_of(AVColorSpace space) noexcept {
  if (space == AVCOL_SPC_BT709) return SWS_CS_ITU709;
  if (space == AVCOL_SPC_BT2020_NCL || space == AVCOL_SPC_BT2020_CL) return SWS_CS_BT2020;
  return SWS_CS_ITU601;
}

// swscale assumes BT.601 and studio range unless it is told.
void set_colours(SwsContext* context, const AVFrame& frame) {
  const int* coefficients = sws_getCoefficients(coefficients_of(frame.colorspace));
  const int full_range = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  constexpr int kOne = 1 << 16;
  sws_setColorspaceDetails(context, coefficients, full_range, coefficients, 1, 0, kOne, kOne);
}

}  // namespace

void FrameConverter::ContextFreer::operator()(SwsContext* context) const noexcept {
  sws_freeContext(context);
}

FrameConverter::Context& FrameConverter::context_for(int max_side_px) {
  if (scalers_[0].max_side_px != max_side_px) std::swap(scalers_[0], scalers_[1]);
  scalers_[0].max_side_px = max_side_px;
  return scalers_[0].context;
}

Result<Image> FrameConverter::convert(const AVFrame& frame, int max_side_px, int rotation_deg) {
  const Size size = shrunk(frame, max_side_px);
  const bool same_size = size.width_px == frame.width && size.height_px == frame.height;
  Context& context = context_for(max_side_px);
  context.reset(sws_getCachedContext(
      context.release(),
      frame.width,
      frame.height,
      static_cast<AVPixelFormat>(frame.format),
      size.width_px,
      size.height_px,
      AV_PIX_FMT_BGR24,
      same_size ? SWS_BILINEAR : SWS_AREA,
      nullptr,
      nullptr,
      nullptr
  ));
  if (!context) return fail(Errc::video_undecodable, "a pixel format that cannot be converted");
  set_colours(context.get(), frame);
  // swscale's SIMD code may write past the end of a row: give it rows with room, then copy.
  const std::size_t row_bytes = static_cast<std::size_t>(size.width_px) * 3;
  const std::size_t stride_bytes = (row_bytes + 127) / 64 * 64;
  const auto height = static_cast<std::size_t>(size.height_px);
  padded_.resize(stride_bytes * (height + 1));
  std::uint8_t* to[4] = {padded_.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {static_cast<int>(stride_bytes), 0, 0, 0};
  if (sws_scale(context.get(), frame.data, frame.linesize, 0, frame.height, to, strides) !=
      size.height_px) {
    return fail(Errc::video_undecodable, "a frame that cannot be converted");
  }
  Image image{size.width_px, size.height_px, std::vector<std::uint8_t>(row_bytes * height)};
  for (std::size_t y = 0; y < height; ++y) {
    std::memcpy(&image.bgr[y * row_bytes], &padded_[y * stride_bytes], row_bytes);
  }
  return turned_clockwise(std::move(image), rotation_deg);
}

}  // namespace selfsame::vision
