// SPDX-License-Identifier: Apache-2.0
// What a person is asked to do while the camera looks. The server draws it; a recording made for
// another challenge does not answer it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/scores.h"

namespace selfsame::core {

/// The numbers are stored: do not change them. Silent liveness is part of every mode.
enum class LivenessMode : std::uint8_t { silent = 0, action = 1, reflection = 2, lip = 3 };

/// Left and right are the subject's own. The numbers are stored: do not change them.
enum class FaceAction : std::uint8_t {
  open_mouth = 1,
  blink = 2,
  nod = 3,
  shake = 4,
  turn_left = 5,
  turn_right = 6,
};

[[nodiscard]] const char* name_of(LivenessMode mode) noexcept;
[[nodiscard]] const char* name_of(FaceAction action) noexcept;

/// Seconds since the first frame of the recording.
struct TimeWindow {
  double begin_s = 0;
  double end_s = 0;
};

struct ActionPrompt {
  FaceAction action{};
  // When it is prompted; an action begun earlier does not count. Nothing: a sequence of the
  // caller's own, of which only the order is known.
  std::optional<TimeWindow> window;
};

/// One colour that the screen shows, 0..255 each.
struct Flash {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  int duration_ms = 0;
};

/// Everything empty: silent.
struct Challenge {
  std::vector<ActionPrompt> actions;  // in this order
  std::vector<Flash> flashes;         // one after the other
  double flashes_begin_s = 0;         // the first flash, since the first frame
  std::string digits;                 // to be spoken, '0'..'9'
  std::optional<TimeWindow> speech;   // when; nothing: anywhere in the recording
  bool mirrored = false;              // the camera's pictures are mirror images (told before the
                                      // challenge was drawn)
  double duration_s = 0;              // of the whole recording; 0: the caller's own

  /// Silent is always one of them.
  [[nodiscard]] std::vector<LivenessMode> modes() const;
};

/// What to draw.
struct ChallengePlan {
  int actions = 0;  // 0..3, no action twice
  std::vector<FaceAction> allowed = {
      FaceAction::open_mouth,
      FaceAction::blink,
      FaceAction::nod,
      FaceAction::shake,
      FaceAction::turn_left,
      FaceAction::turn_right
  };
  int flashes = 0;  // 0, or 8 and more
  int digits = 0;   // 0, or 4..6
  bool mirrored = false;
};

/// Uniform in 0..bound-1, unpredictable; bound > 0.
using DrawBelow = std::function<std::uint32_t(std::uint32_t bound)>;

/// Lead-in, then the actions' windows, then the flashes, then the digits. No flash has the colour
/// of the one before it, one of them is dark. Takes as many actions as are allowed, when those are
/// fewer than planned.
[[nodiscard]] Challenge draw_challenge(const ChallengePlan& plan, const DrawBelow& draw);

}  // namespace selfsame::core
