// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

// LIVENESS.md section 5c.
constexpr double kLeastCorrelation = 0.6;
constexpr double kRetryCorrelation = 0.4;
constexpr double kLeastRank = 0.99;
constexpr double kLeastRelief = 0.2;
constexpr double kMostLagSpread_s = 0.1;

}  // namespace

std::optional<Outcome> fault_of_reflection(
    const ReflectionEvidence& evidence, const Challenge& challenge
) {
  if (evidence.too_bright) return Outcome::reflection_too_bright;
  if (evidence.samples < static_cast<int>(challenge.flashes.size())) {
    return Outcome::reflection_too_weak;
  }
  if (!(evidence.correlation >= kRetryCorrelation)) return Outcome::reflection_mismatch;
  const bool answers = evidence.correlation >= kLeastCorrelation && evidence.rank >= kLeastRank &&
                       evidence.lag_spread_s <= kMostLagSpread_s;
  if (!answers) return Outcome::reflection_too_weak;
  if (!(evidence.relief >= kLeastRelief)) return Outcome::reflection_flat;
  return std::nullopt;
}

}  // namespace selfsame::core
