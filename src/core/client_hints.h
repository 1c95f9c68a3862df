// SPDX-License-Identifier: Apache-2.0
// What a device says about itself. Nobody vouches for it: it may count against a capture, never in
// its favour, and what is missing says nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace selfsame::core {

/// UTF-8 of the device's making, within the limits of is_within_limits(). A label may hold a file's
/// path: it is neither logged nor shown.
struct ClientHints {
  std::vector<std::string> camera_labels;  // of all video inputs, the one in use first
  std::string user_agent;
  std::optional<double> frame_rate_hz;  // of the camera's settings
  std::optional<int> width_px;
  std::optional<int> height_px;
  std::optional<bool> mirrored;
};

/// At most 8 labels of 256 bytes, a user agent of 512 of printable ASCII, numbers that a camera can
/// have.
[[nodiscard]] bool is_within_limits(const ClientHints& hints) noexcept;

}  // namespace selfsame::core
