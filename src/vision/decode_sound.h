// SPDX-License-Identifier: Apache-2.0
// The sound of strangers' videos, from memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::vision {

struct SoundLimits {
  std::size_t max_bytes = 64U << 20;
  double max_duration_s = 120;  // decoded, gaps included; more is an error, not a cut
  int max_channels = 8;
  int max_sample_rate_hz = 192'000;
  int max_streams = 8;
  double max_decoding_s = 4;  // CPU time of the demuxer, the decoder and the conversion
};

inline constexpr int kSoundRate_hz = 16'000;

struct Sound {
  std::vector<std::int16_t> samples;  // mono, kSoundRate_hz; gaps of the time stamps are silent
  double start_s = 0;                 // of the first sample, since the first frame of the video
};

/// The first sound stream of an mp4, mov, 3gp, webm, mkv, avi, flv or wav: AAC, Opus, Vorbis, MP3,
/// AMR or PCM. Nothing that a container says about duration is believed. `video_too_large`: over a
/// limit on bytes; `video_undecodable`: everything else: other formats, other limits, no sound
/// stream, or more than a twentieth of it damaged. Uses the caller's thread only.
[[nodiscard]] Result<Sound> decode_sound(ByteView encoded, const SoundLimits& limits);

}  // namespace selfsame::vision
