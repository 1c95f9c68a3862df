// SPDX-License-Identifier: Apache-2.0
#include "vision/media/quiet_libav.h"

extern "C" {
#include <libavutil/log.h>
}

namespace selfsame::vision {

void quiet_libav() noexcept {
  static const bool quiet = [] {
    av_log_set_level(AV_LOG_QUIET);
    return true;
  }();
  static_cast<void>(quiet);
}

}  // namespace selfsame::vision
