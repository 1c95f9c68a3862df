// SPDX-License-Identifier: Apache-2.0
// What devices upload for the reflection calls: no input makes a signature right, and what is taken
// keeps its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/tencent/reflect_packages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace tencent = selfsame::adapters::tencent;
  static const selfsame::Secret key(std::string_view("a key of 32 bytes, for tests only"));
  const selfsame::ByteView text(data, size);
  static_cast<void>(tencent::read_device_data(text));
  const auto live = tencent::read_live_data(text, "bank", key);
  if (!live) return 0;
  // Only the corpus is signed; what surrounds a sequence may be anything within the limits.
  const auto& samples = live->samples;
  if (samples.video.empty() && samples.stills.empty()) std::abort();
  double last_s = 0;
  for (const auto& still : samples.stills) {
    if (!(still.time_s >= last_s && still.time_s <= 120)) std::abort();
    last_s = still.time_s;
  }
  return 0;
}
