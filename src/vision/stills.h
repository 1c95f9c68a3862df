// SPDX-License-Identifier: Apache-2.0
// Stills with time stamps, read as the frames of a slow video.
#pragma once

#include <span>
#include <vector>

#include "core/challenge.h"
#include "core/challenge_evidence.h"
#include "vision/decode_image.h"
#include "vision/face_engine.h"
#include "vision/liveness.h"

namespace selfsame::vision {

inline constexpr std::size_t kMostStills = 64;
inline constexpr double kLatestStill_s = 120;

/// Of all the stills of one capture together; what headers tell is checked before a pixel is
/// decoded. A camera's 12 megapixels are 4032 x 3024, or 48 tiles of 512 x 512.
struct StillsLimits {
  ImageLimits each{
      .max_pixels = 4096LL * 3072, .max_jpeg_work = 40'000'000, .max_heic_work = 40'000'000
  };
  std::int64_t max_total_pixels = 256'000'000;
  double max_decoding_s = 6;  // CPU time of this thread
};

/// What can be said before a picture is decoded: how many there are and when they claim to be
/// taken. Times must rise and lie in 0..kLatestStill_s.
[[nodiscard]] std::optional<core::StillsFault> fault_of_stills(
    std::span<const TimedStill> stills, const core::Challenge& challenge
);

/// Decodes them one by one, holding one at a time. Fails where a picture cannot be decoded or is
/// not as large as the first, and over a limit. `stills` must outlive it.
[[nodiscard]] FrameSource frames_of_stills(
    std::span<const TimedStill> stills, const StillsLimits& limits = {}
);

/// One picture was sent twice, byte by byte.
[[nodiscard]] bool has_duplicates(std::span<const TimedStill> stills);

}  // namespace selfsame::vision
