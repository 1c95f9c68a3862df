// SPDX-License-Identifier: Apache-2.0
// How large the HEVC pictures inside a HEIC file really are.
#pragma once

#include "base/result.h"
#include "vision/decode_image.h"

namespace selfsame::vision {

/// The box that states a picture's size and the coded picture may disagree, and libheif allocates
/// what the coded picture says: a file of 1 kB can ask for gigabytes. So every decoder
/// configuration (hvcC, ISO/IEC 14496-15) of the file is parsed first. `image_undecodable` over the
/// limits, that on the work of all tiles included.
[[nodiscard]] Result<void> check_hevc_sizes(ByteView heic, const ImageLimits& limits);

}  // namespace selfsame::vision
