// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/liveness_type.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kDigits = 4;

std::optional<core::FaceAction> action_of(char number) noexcept {
  switch (number) {
    case '1':
      return core::FaceAction::open_mouth;
    case '2':
      return core::FaceAction::blink;
    case '3':
      return core::FaceAction::nod;
    case '4':
      return core::FaceAction::shake;
    default:
      return std::nullopt;
  }
}

/// "1", or "4,2".
std::optional<std::vector<core::ActionPrompt>> actions_of(std::string_view text) {
  if (text.size() != 1 && !(text.size() == 3 && text[1] == ',')) return std::nullopt;
  std::vector<core::ActionPrompt> prompts;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto action = action_of(text[i]);
    if (!action) return std::nullopt;
    prompts.push_back({.action = *action, .window = {}});
  }
  return prompts;
}

bool are_digits(std::string_view text) noexcept {
  return text.size() == kDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Answer<LivenessType> parse_liveness_type(
    std::string_view liveness_type, std::string_view validate_data
) {
  LivenessType parsed;
  if (liveness_type == "SILENT") {
    if (!validate_data.empty()) return refuse(Errc::invalid_parameter, "ValidateData");
    return parsed;
  }
  if (liveness_type != "ACTION" && liveness_type != "LIP") {
    return refuse(Errc::invalid_parameter, "LivenessType");
  }
  if (validate_data.empty()) return refuse(Errc::missing_parameter, "ValidateData");
  if (liveness_type == "ACTION") {
    auto actions = actions_of(validate_data);
    if (!actions) return refuse(Errc::invalid_parameter, "ValidateData");
    parsed.mode = core::LivenessMode::action;
    parsed.challenge.actions = std::move(*actions);
  } else {
    if (!are_digits(validate_data)) return refuse(Errc::invalid_parameter, "ValidateData");
    parsed.mode = core::LivenessMode::lip;
    parsed.challenge.digits = validate_data;
  }
  return parsed;
}

}  // namespace selfsame::adapters::tencent
