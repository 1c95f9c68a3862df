// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"

namespace selfsame::core {

Outcome outcome_of(FramingFault fault) noexcept {
  switch (fault) {
    case FramingFault::incomplete:
      return Outcome::video_face_incomplete;
    case FramingFault::too_close:
      return Outcome::video_too_close;
    case FramingFault::too_far:
      return Outcome::video_too_far;
    case FramingFault::too_far_left:
      return Outcome::video_off_left;
    case FramingFault::too_far_right:
      return Outcome::video_off_right;
    case FramingFault::too_dark:
      return Outcome::video_too_dark;
    case FramingFault::too_bright:
      return Outcome::video_too_bright;
  }
  return Outcome::video_face_incomplete;
}

bool is_unmeasured(const ChallengeEvidence& evidence, const Challenge& challenge) {
  return (!challenge.actions.empty() && !evidence.action) ||
         (!challenge.flashes.empty() && !evidence.reflection) ||
         (!challenge.digits.empty() && !evidence.speech);
}

std::optional<Outcome> fault_of_challenge(
    const ChallengeEvidence& evidence, const Challenge& challenge
) {
  if (evidence.framing) return outcome_of(*evidence.framing);
  if (!challenge.actions.empty() && evidence.action) {
    if (const auto fault = fault_of_actions(*evidence.action, challenge)) return fault;
  }
  if (!challenge.flashes.empty() && evidence.reflection) {
    if (const auto fault = fault_of_reflection(*evidence.reflection, challenge)) return fault;
  }
  if (!challenge.digits.empty() && evidence.speech) {
    if (const auto fault = fault_of_speech(*evidence.speech, challenge)) return fault;
  }
  return std::nullopt;
}

}  // namespace selfsame::core
