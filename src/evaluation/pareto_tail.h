// SPDX-License-Identifier: Apache-2.0
// The generalised Pareto distribution over a tail of scores: thresholds where pairs are too few.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace selfsame::evaluation {

/// A score above `start` is exceeded with the rate
///   share * (1 + shape * (score - start) / scale) ^ (-1 / shape),
/// and share * exp(-(score - start) / scale) when shape is 0.
struct ParetoTail {
  double start = 0;
  double share = 0;  // of all scores that lie above `start`
  double shape = 0;  // xi; below 0: the tail ends at start - scale / shape
  double scale = 0;  // > 0
  std::uint64_t exceedances = 0;

  /// The score that is exceeded with this rate; 0 < rate <= share.
  [[nodiscard]] double threshold_at(double rate) const noexcept;
};

struct WeightedScore {
  double score = 0;
  std::uint32_t weight = 1;  // counts as that many equal scores
};

/// Fits by L-moments (Hosking and Wallis 1987). `falling` are the scores above `start`, highest
/// first. Nothing when fewer than ten of them, or when they do not spread.
[[nodiscard]] std::optional<ParetoTail> fit_pareto_tail(
    std::span<const WeightedScore> falling, double start, double share
);

}  // namespace selfsame::evaluation
