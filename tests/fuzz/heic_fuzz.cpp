// SPDX-License-Identifier: Apache-2.0
// What is looked at in a HEIC file before libheif sees it: references and coded sizes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "vision/media/heic_tiles.h"
#include "vision/media/hevc_size.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const ByteView bytes(data, size);
  const auto tiles = vision::count_heic_tiles(bytes);
  if (tiles && (*tiles < 1 || *tiles > 1'000'000)) std::abort();
  if (vision::check_hevc_sizes(bytes, {}) && !tiles) std::abort();
  return 0;
}
