// SPDX-License-Identifier: Apache-2.0
// Of how many others a picture inside a HEIC file is made.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::vision {

/// Coded pictures that must be decoded for the dearest picture of the file: the tiles of a grid,
/// their alpha planes, and so on downwards (ISO/IEC 23008-12, `dimg` and `auxl`); at least 1.
/// libheif follows these references without a look at where they lead: a picture made of itself
/// ends the process. `image_undecodable` for such a loop, for references that are nested deeper
/// than any camera's, and for more than a million pictures. Cheap.
[[nodiscard]] Result<std::int64_t> count_heic_tiles(ByteView heic);

}  // namespace selfsame::vision
