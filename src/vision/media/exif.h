// SPDX-License-Identifier: Apache-2.0
// The EXIF fields that we read: which way is up, and what took the picture.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace selfsame::vision {

/// Tag 0x0112 of the first directory of a TIFF block (CIPA DC-008), with or without the "Exif\0\0"
/// before it. 1..8; 1 (upright) when it is absent or the block is damaged.
[[nodiscard]] int exif_orientation(ByteView block) noexcept;

inline constexpr std::uint16_t kExifMake = 0x010F;
inline constexpr std::uint16_t kExifModel = 0x0110;

/// An ASCII field of the first directory up to its first NUL, at most 64 characters, as they stand
/// there; empty when it is absent or the block is damaged.
[[nodiscard]] std::string exif_text(ByteView block, std::uint16_t tag);

}  // namespace selfsame::vision
