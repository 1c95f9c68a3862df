// SPDX-License-Identifier: Apache-2.0
// How a liveness-and-comparison attempt ended: our closed list, mapped to codes by each adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/scores.h"

namespace selfsame::core {

/// The numbers are stored: do not change them, add at the end.
enum class Outcome : std::uint8_t {
  match = 0,      // live, and the same person
  non_match = 1,  // live, and another person
  reference_no_face = 2,
  reference_several_faces = 3,
  reference_poor_quality = 4,
  reference_wrong_size = 5,
  video_undecodable = 6,
  video_too_short = 7,
  video_no_face = 8,
  video_several_faces = 9,
  video_poor_quality = 10,
  video_mask_worn = 11,
  attack = 12,           // presentation or injection attack
  liveness_unsure = 13,  // in the retry band: neither live nor attack
};

[[nodiscard]] const char* name_of(Outcome outcome) noexcept;
/// Somebody was looked at in the video, so there is an attempt to keep. False: the photo or the
/// video could not be used, and nothing was learnt of anybody.
[[nodiscard]] bool is_attempt(Outcome outcome) noexcept;
/// The value with this number, if there is one.
[[nodiscard]] std::optional<Outcome> outcome_from(std::int64_t stored) noexcept;

}  // namespace selfsame::core
