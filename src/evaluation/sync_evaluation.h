// SPDX-License-Identifier: Apache-2.0
// Lips and a sound that is moved against them: part of `selfsame eval speech`. What is said is
// taken as right, so that only the step of lips and sound decides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluation/face_follower.h"

namespace selfsame::evaluation {

/// Seconds that the sound comes later than it should.
inline constexpr std::array kSoundShifts_s = {0.0, -1.0, -0.8, -0.6, 0.6, 0.8, 1.0};

/// The clips with one shift.
struct SyncRow {
  double shift_s = 0;
  std::size_t clips = 0;
  std::size_t answered = 0;                    // no fault is found
  std::map<std::string, std::size_t> refused;  // by the name of the outcome
};

/// As many samples: silence where nothing is left. Mono, kSoundRate_hz.
[[nodiscard]] std::vector<std::int16_t> shifted(
    std::span<const std::int16_t> samples, double shift_s
);

/// Of every video under `folder` that has sound, in the order of kSoundShifts_s. `not_found`: none.
/// `video_undecodable` and the like name the file; `engine_failed`.
[[nodiscard]] Result<std::vector<SyncRow>> evaluate_sync(
    const FaceFollower& follower, const std::filesystem::path& folder
);

}  // namespace selfsame::evaluation
