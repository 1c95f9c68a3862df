// SPDX-License-Identifier: Apache-2.0
#include "core/client_hints.h"

#include <algorithm>

namespace selfsame::core {
namespace {

constexpr std::size_t kLabels = 8;
constexpr std::size_t kLabel_bytes = 256;
constexpr std::size_t kUserAgent_bytes = 512;
constexpr double kFrameRateMost_hz = 1'000;
constexpr int kSideMost_px = 1 << 16;

bool is_side(std::optional<int> side_px) {
  return !side_px || (*side_px > 0 && *side_px <= kSideMost_px);
}

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

}  // namespace

bool is_within_limits(const ClientHints& hints) noexcept {
  const auto short_enough = [](const std::string& label) { return label.size() <= kLabel_bytes; };
  const auto rate_hz = hints.frame_rate_hz;
  return hints.camera_labels.size() <= kLabels &&
         std::ranges::all_of(hints.camera_labels, short_enough) &&
         hints.user_agent.size() <= kUserAgent_bytes &&
         std::ranges::all_of(hints.user_agent, is_printable) &&
         (!rate_hz || (*rate_hz > 0 && *rate_hz <= kFrameRateMost_hz)) && is_side(hints.width_px) &&
         is_side(hints.height_px);
}

}  // namespace selfsame::core
