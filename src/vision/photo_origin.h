// SPDX-License-Identifier: Apache-2.0
// What a photo's file says of where it comes from. Claims: they may count against it, never for it.
#pragma once

#include <string>

#include "base/bytes.h"

namespace selfsame::vision {

struct PhotoOrigin {
  bool is_jpeg = false;
  std::string make;   // of the camera, from EXIF; empty: not said
  std::string model;  // likewise

  friend bool operator==(const PhotoOrigin&, const PhotoOrigin&) = default;
};

/// Looks at the first bytes and, in a JPEG, at the segments before its first scan; decodes nothing.
[[nodiscard]] PhotoOrigin read_photo_origin(ByteView encoded);

}  // namespace selfsame::vision
