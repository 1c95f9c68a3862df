// SPDX-License-Identifier: Apache-2.0
// What in a device's words contradicts its recording. It speaks against a capture, never for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/client_hints.h"

namespace selfsame::core {

/// What a recording shows of its making.
struct RecordingFacts {
  std::string encoder;  // the program that wrote the container, as it says; empty: it does not
  double frame_rate = 0;
  int width_px = 0;  // upright; 0: there is no video
  int height_px = 0;
};

/// The numbers are stored: do not change them.
enum class ClientSuspicion : std::uint8_t {
  virtual_camera = 1,  // the camera in use is a program
  edited_video = 2,    // a browser is said to have recorded what an editor or converter wrote
  other_camera = 3,    // larger, of another shape or faster than the camera is said to be
};

[[nodiscard]] const char* name_of(ClientSuspicion suspicion) noexcept;

/// The label is that of a known program which poses as a camera, or says "virtual". Words are
/// compared whole and without case; no list knows all of them, and a label is easily changed: no
/// finding is no proof.
[[nodiscard]] bool is_virtual_camera(std::string_view label);

/// Each once, in the order above. Cameras that are not in use are nobody's business.
[[nodiscard]] std::vector<ClientSuspicion> suspicions_of(
    const ClientHints& hints, const RecordingFacts& recording
);

}  // namespace selfsame::core
