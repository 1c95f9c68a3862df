// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"

namespace selfsame::core {

bool is_unmeasured(const ChallengeEvidence& evidence, const Challenge& challenge) {
  return (!challenge.actions.empty() && !evidence.action) ||
         (!challenge.flashes.empty() && !evidence.reflection) ||
         (!challenge.digits.empty() && !evidence.speech);
}

std::optional<Outcome> fault_of_challenge(
    const ChallengeEvidence& evidence, const Challenge& challenge
) {
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
