// SPDX-License-Identifier: Apache-2.0
#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

// LIVENESS.md section 5c; chosen on one half of the persons of `selfsame eval reflection`, which
// reports the other half.
constexpr double kLeastCorrelation = 0.85;
constexpr double kRetryCorrelation = 0.6;
constexpr double kLeastRank = 0.998;
constexpr double kMostLag_s = 0.24;  // 7 frames at 30 a second
constexpr double kMostLagSpread_s = 0.1;
constexpr double kLeastResponse = 2;

struct Roundness {
  double relief, relief_correlation, relief_of_weaker_side;  // at least
  double gloss;                                              // at most
};
constexpr Roundness kRound{0.38, 0.4, 0.2, 0.4};
// Neither round nor flat: asked again (docs/decisions/2026-11-27-round-enough.md).
constexpr Roundness kDoubtful{0.25, 0.2, 0.1, 0.7};

bool reaches(const ReflectionEvidence& evidence, const Roundness& limits) noexcept {
  return evidence.relief >= limits.relief &&
         evidence.relief_correlation >= limits.relief_correlation &&
         evidence.relief_of_weaker_side >= limits.relief_of_weaker_side &&
         evidence.gloss <= limits.gloss;
}

}  // namespace

const char* name_of(StillsFault fault) noexcept {
  switch (fault) {
    case StillsFault::absent:
      return "absent";
    case StillsFault::too_few:
      return "too_few";
    case StillsFault::undecodable:
      return "undecodable";
    case StillsFault::untimely:
      return "untimely";
    case StillsFault::no_face:
      return "no_face";
    case StillsFault::unfit:
      return "unfit";
  }
  return "absent";
}

std::optional<Outcome> fault_of_reflection(
    const ReflectionEvidence& evidence, const Challenge& challenge
) {
  if (evidence.too_bright) return Outcome::reflection_too_bright;
  const auto flashes = static_cast<int>(challenge.flashes.size());
  const bool is_seen = !evidence.timing_refused && evidence.samples >= flashes &&
                       evidence.flashes_seen >= flashes && evidence.response >= kLeastResponse;
  if (!is_seen) return Outcome::reflection_too_weak;
  if (!(evidence.correlation >= kRetryCorrelation)) return Outcome::reflection_mismatch;
  const bool answers = evidence.correlation >= kLeastCorrelation && evidence.rank >= kLeastRank &&
                       evidence.lag_s <= kMostLag_s && evidence.lag_spread_s <= kMostLagSpread_s;
  if (!answers) return Outcome::reflection_too_weak;
  if (reaches(evidence, kRound)) return std::nullopt;
  return reaches(evidence, kDoubtful) ? Outcome::reflection_too_weak : Outcome::reflection_flat;
}

}  // namespace selfsame::core
