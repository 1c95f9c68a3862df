// SPDX-License-Identifier: Apache-2.0
#include "core/challenge.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace selfsame::core {
namespace {

constexpr double kLeadIn_s = 0.8;  // still, for the baseline of the person's own face
constexpr double kActionWindow_s = 2.6;
constexpr double kPause_s = 0.2;
constexpr int kLeastFlash_ms = 400;
constexpr int kFlashSpread_ms = 200;
constexpr double kDigit_s = 0.8;
constexpr double kSpeechRest_s = 1.0;
constexpr double kTail_s = 0.4;

// Red, green, blue, cyan, magenta, yellow; dark comes once, at a place of its own.
constexpr std::array<Flash, 6> kColours = {{
    {255, 0, 0, 0},
    {0, 255, 0, 0},
    {0, 0, 255, 0},
    {0, 255, 255, 0},
    {255, 0, 255, 0},
    {255, 255, 0, 0},
}};

std::vector<ActionPrompt> draw_actions(
    const ChallengePlan& plan, const DrawBelow& draw, double& time_s
) {
  std::vector<FaceAction> left = plan.allowed;
  std::vector<ActionPrompt> prompts;
  while (std::cmp_less(prompts.size(), plan.actions) && !left.empty()) {
    const auto at = static_cast<std::ptrdiff_t>(draw(static_cast<std::uint32_t>(left.size())));
    prompts.push_back(
        {.action = left[static_cast<std::size_t>(at)],
         .window = TimeWindow{.begin_s = time_s, .end_s = time_s + kActionWindow_s}}
    );
    left.erase(left.begin() + at);
    time_s += kActionWindow_s + kPause_s;
  }
  return prompts;
}

std::vector<Flash> draw_flashes(int count, const DrawBelow& draw) {
  std::vector<Flash> flashes;
  if (count <= 0) return flashes;
  // Neither first nor last: darkness between colours is what shows the response's offset.
  const auto dark_at =
      count > 2 ? 1 + static_cast<int>(draw(static_cast<std::uint32_t>(count - 2))) : count;
  std::size_t before = kColours.size();
  for (int i = 0; i < count; ++i) {
    Flash flash;
    if (i != dark_at) {
      const std::size_t choices = kColours.size() - (before < kColours.size() ? 1 : 0);
      std::size_t colour = draw(static_cast<std::uint32_t>(choices));
      if (colour >= before) ++colour;
      flash = kColours[colour];
      before = colour;
    }
    flash.duration_ms = kLeastFlash_ms + static_cast<int>(draw(kFlashSpread_ms + 1));
    flashes.push_back(flash);
  }
  return flashes;
}

}  // namespace

const char* name_of(LivenessMode mode) noexcept {
  switch (mode) {
    case LivenessMode::silent:
      return "silent";
    case LivenessMode::action:
      return "action";
    case LivenessMode::reflection:
      return "reflection";
    case LivenessMode::lip:
      return "lip";
  }
  return "silent";
}

const char* name_of(FaceAction action) noexcept {
  switch (action) {
    case FaceAction::open_mouth:
      return "open_mouth";
    case FaceAction::blink:
      return "blink";
    case FaceAction::nod:
      return "nod";
    case FaceAction::shake:
      return "shake";
    case FaceAction::turn_left:
      return "turn_left";
    case FaceAction::turn_right:
      return "turn_right";
  }
  return "blink";
}

std::vector<LivenessMode> Challenge::modes() const {
  std::vector<LivenessMode> list{LivenessMode::silent};
  if (!actions.empty()) list.push_back(LivenessMode::action);
  if (!flashes.empty()) list.push_back(LivenessMode::reflection);
  if (!digits.empty()) list.push_back(LivenessMode::lip);
  return list;
}

Challenge draw_challenge(const ChallengePlan& plan, const DrawBelow& draw) {
  Challenge challenge;
  challenge.mirrored = plan.mirrored;
  double time_s = kLeadIn_s;
  challenge.actions = draw_actions(plan, draw, time_s);
  challenge.flashes = draw_flashes(plan.flashes, draw);
  challenge.flashes_begin_s = challenge.flashes.empty() ? 0 : time_s;
  for (const auto& flash : challenge.flashes) time_s += flash.duration_ms / 1000.0;
  for (int i = 0; i < plan.digits; ++i) {
    challenge.digits.push_back(static_cast<char>('0' + draw(10)));
  }
  if (plan.digits > 0) {
    const double end_s = time_s + kDigit_s * plan.digits + kSpeechRest_s;
    challenge.speech = TimeWindow{.begin_s = time_s, .end_s = end_s};
    time_s = end_s;
  }
  constexpr double kLeastRecording_s = 3.0;
  challenge.duration_s = std::max(time_s + kTail_s, kLeastRecording_s);
  return challenge;
}

}  // namespace selfsame::core
