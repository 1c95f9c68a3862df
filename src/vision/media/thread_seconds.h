// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

namespace selfsame::vision {

/// CPU time that this thread has spent, seconds.
[[nodiscard]] inline double thread_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace selfsame::vision
