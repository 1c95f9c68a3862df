// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace selfsame::vision {

/// FFmpeg writes to stderr by itself, personal data of file names and tags included: stop it. The
/// setting is the library's and the process's; cheap and safe to repeat from any thread.
void quiet_libav() noexcept;

}  // namespace selfsame::vision
