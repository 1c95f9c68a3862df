// SPDX-License-Identifier: Apache-2.0
// Strangers' videos: container, packets, frames, conversion.
#include <cstdlib>

#include "vision/decode_video.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  vision::VideoLimits limits;
  limits.max_pixels = 1 << 16;
  limits.max_side_px = 512;
  limits.max_frames = 30;
  limits.max_total_pixels = 1 << 20;
  double last_s = 0;
  const auto summary =
      vision::decode_video({data, size}, limits, [&](const vision::VideoFrame& frame) {
        if (!(frame.time_s() >= last_s)) std::abort();
        last_s = frame.time_s();
        const auto image = frame.image(64);
        if (image && image->bgr.empty()) std::abort();
        return vision::Visit::more;
      });
  if (summary && (summary->frames < 1 || !(summary->duration_s >= 0))) std::abort();
  return 0;
}
