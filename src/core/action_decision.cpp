// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

Outcome outcome_of_missing(FaceAction action) noexcept {
  switch (action) {
    case FaceAction::blink:
      return Outcome::action_no_blink;
    case FaceAction::open_mouth:
      return Outcome::action_no_open_mouth;
    case FaceAction::nod:
    case FaceAction::shake:
    case FaceAction::turn_left:
    case FaceAction::turn_right:
      return Outcome::action_missing;
  }
  return Outcome::action_missing;
}

bool answers(const ActionEvent& event, const ActionPrompt& prompt) noexcept {
  if (event.action != prompt.action) return false;
  if (!prompt.window) return true;
  return event.begin_s >= prompt.window->begin_s && event.peak_s <= prompt.window->end_s;
}

bool is_seen(const ActionEvidence& evidence, FaceAction action) noexcept {
  return std::ranges::any_of(evidence.events, [action](const ActionEvent& event) {
    return event.action == action;
  });
}

}  // namespace

std::optional<Outcome> fault_of_actions(
    const ActionEvidence& evidence, const Challenge& challenge
) {
  if (!evidence.moved) return Outcome::action_no_movement;
  double after_s = -1;
  for (const auto& prompt : challenge.actions) {
    const auto answer = std::ranges::find_if(evidence.events, [&](const ActionEvent& event) {
      return event.begin_s > after_s && answers(event, prompt);
    });
    if (answer == evidence.events.end()) {
      return is_seen(evidence, prompt.action) ? Outcome::action_out_of_turn
                                              : outcome_of_missing(prompt.action);
    }
    after_s = answer->peak_s;
  }
  return std::nullopt;
}

}  // namespace selfsame::core
