// SPDX-License-Identifier: Apache-2.0
#include "vision/media/tame_libav.h"

#include <cstddef>

extern "C" {
#include <libavutil/log.h>
#include <libavutil/mem.h>
}

namespace selfsame::vision {

void tame_libav() noexcept {
  static const bool tamed = [] {
    // A plane of the largest frame that we decode takes 9.4 MB. FFmpeg's index costs 24 bytes for each
    // sample that a file of a few hundred bytes can claim.
    constexpr std::size_t kLargestAllocation = 16U << 20;
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(kLargestAllocation);
    return true;
  }();
  static_cast<void>(tamed);
}

}  // namespace selfsame::vision
