// SPDX-License-Identifier: Apache-2.0
// Crude presentation attacks, drawn from a portrait: for the check at start, not for measuring.
#pragma once

#include <cstdint>

#include "vision/image.h"

namespace selfsame::vision {

enum class DrawnAttack : std::uint8_t {
  screen,  // the picture at half its size on a device with a black frame, before a wall
  paper,   // the same in grey, on white paper
};

/// As large as `portrait`. Always the same bytes for the same picture.
[[nodiscard]] Image draw_attack(const Image& portrait, DrawnAttack kind);

}  // namespace selfsame::vision
