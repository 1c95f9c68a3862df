// SPDX-License-Identifier: Apache-2.0
// The sound of strangers' videos: container, packets, decoder, resampling, and what is measured on
// it.
#include <cmath>
#include <cstdlib>

#include "vision/decode_sound.h"
#include "vision/loudness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  vision::SoundLimits limits;
  limits.max_duration_s = 4;
  const auto sound = vision::decode_sound({data, size}, limits);
  if (!sound) return 0;
  const bool within = !sound->samples.empty() && std::isfinite(sound->start_s) &&
                      sound->samples.size() <= 4 * vision::kSoundRate_hz;
  if (!within) std::abort();
  const vision::Loudness loudness(sound->samples);
  if (!(loudness.loudest_second_dbfs() <= 0.1) || !(loudness.voiced_s() <= 4)) std::abort();
  if (loudness.first_voiced_s() > loudness.last_voiced_s()) std::abort();
  return 0;
}
