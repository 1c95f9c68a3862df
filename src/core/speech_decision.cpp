// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

// LIVENESS.md section 5d. The likelihood ratio was chosen on speakers that are not judged. Movement and
// step were settled after all talking clips at hand had been looked at: other clips will tell.
constexpr double kLeastLoudness_dbfs = -45;
constexpr double kLeastVoiced_s = 0.6;
constexpr double kLeastLikelihoodRatio = -15;  // of the whole code
constexpr int kMostMisheard = 1;
constexpr double kLeastLipMovement = 2.2;
constexpr double kLeastLipRange = 0.05;
constexpr double kLeastSync = 0.1;

// The evidence's ratio is a mean: one wrong digit weighs less in it the longer the code is.
bool is_said(const SpeechEvidence& evidence, const std::string& digits) {
  if (digits.empty() || evidence.heard.size() != digits.size()) return false;
  int misheard = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (evidence.heard[i] != digits[i]) ++misheard;
  }
  const double whole = evidence.likelihood_ratio * static_cast<double>(digits.size());
  return misheard <= kMostMisheard && whole >= kLeastLikelihoodRatio;
}

}  // namespace

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
