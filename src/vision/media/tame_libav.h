// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace selfsame::vision {

/// Two settings of FFmpeg that belong to the whole process. Silence: by itself it writes to stderr,
/// personal data out of tags included. And no single allocation over 256 MiB: a container of 1 kB
/// may claim a table of 100 million samples. Cheap and safe to repeat from any thread.
void tame_libav() noexcept;

}  // namespace selfsame::vision
