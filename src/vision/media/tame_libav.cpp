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
    constexpr std::size_t kLargestAllocation = 256U << 20;
    av_log_set_level(AV_LOG_QUIET);
    av_max_alloc(kLargestAllocation);
    return true;
  }();
  static_cast<void>(tamed);
}

}  // namespace selfsame::vision
