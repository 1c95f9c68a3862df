// SPDX-License-Identifier: Apache-2.0
// The one EXIF field that we read: which way is up.
#pragma once

#include "base/bytes.h"

namespace selfsame::vision {

/// Tag 0x0112 of the first directory of a TIFF block (CIPA DC-008), with or without the "Exif\0\0"
/// before it. 1..8; 1 (upright) when it is absent or the block is damaged.
[[nodiscard]] int exif_orientation(ByteView block) noexcept;

}  // namespace selfsame::vision
