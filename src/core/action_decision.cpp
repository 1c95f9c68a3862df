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

bool is_of(const ActionEvent& event, const ActionPrompt& prompt) noexcept {
  if (event.action != prompt.action) return false;
  if (!prompt.window) return true;
  return event.begin_s >= prompt.window->begin_s && event.peak_s <= prompt.window->end_s;
}

bool answers(const ActionEvent& event, const ActionPrompt& prompt) noexcept {
  return event.clear && is_of(event, prompt);
}

bool is_seen(const ActionEvidence& evidence, FaceAction action) noexcept {
  return std::ranges::any_of(evidence.events, [action](const ActionEvent& event) {
    return event.clear && event.action == action;
  });
}

// Movements that nobody asked for, or not then. People blink all the time, so blinks are none.
std::size_t strays_of(const ActionEvidence& evidence, const Challenge& challenge) noexcept {
  const auto is_stray = [&challenge](const ActionEvent& event) {
    return event.action != FaceAction::blink &&
           std::ranges::none_of(challenge.actions, [&event](const ActionPrompt& prompt) {
             return is_of(event, prompt);
           });
  };
  return static_cast<std::size_t>(std::ranges::count_if(evidence.events, is_stray));
}

// Where we prompt, a person does what is asked and nothing else; who does everything all the time,
// or what another challenge asked for, answers by chance. In a recording of the caller's own there
// may be more to see.
std::size_t most_strays_of(const Challenge& challenge) noexcept {
  constexpr std::size_t kMostUnprompted = 2;
  const bool is_prompted = std::ranges::any_of(challenge.actions, [](const ActionPrompt& prompt) {
    return prompt.window.has_value();
  });
  return is_prompted ? 0 : kMostUnprompted;
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
  if (strays_of(evidence, challenge) > most_strays_of(challenge)) {
    return Outcome::action_out_of_turn;
  }
  return std::nullopt;
}

}  // namespace selfsame::core
