// SPDX-License-Identifier: Apache-2.0
// Error rates of presentation attack detection, in the words of ISO/IEC 30107-3, with intervals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "evaluation/error_rates.h"

namespace selfsame::evaluation {

/// `count` of `of`, and Wilson's interval. Nothing of nothing is 0..1.
struct Share {
  std::size_t count = 0;
  std::size_t of = 0;
  Interval interval{.low = 0, .high = 1};

  [[nodiscard]] double value() const noexcept {
    return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
  }
};

/// 95 %. @see Wilson 1927, "Probable inference"
[[nodiscard]] Share share_of(std::size_t count, std::size_t of) noexcept;

/// Scores of one presentation: frames of one clip hang together. Never empty, never NaN.
using PresentationScores = std::vector<double>;

struct PadScores {
  std::vector<PresentationScores> bona_fide;
  std::vector<PresentationScores> attack;
};

/// What the scores say, whatever the clips. A presentation passes at or above the threshold.
struct PadRates {
  double auc = 0;                        // P(bona fide scores higher than attack); ties half
  std::optional<Interval> auc_interval;  // bootstrap over presentations
  double eer = 0;
  double eer_threshold = 0;
  double bpcer_at_apcer5 = 0;  // at the least threshold that 5 % of attacks pass
  double threshold_at_apcer5 = 0;
  Share apcer;  // at `threshold`
  Share bpcer;
  double threshold = 0;
  std::vector<DetPoint> det;  // fmr is APCER, fnmr is BPCER; from lax to strict

  /// Mean of APCER and BPCER.
  [[nodiscard]] double acer() const noexcept { return (apcer.value() + bpcer.value()) / 2; }
};

/// Nothing without bona fide or without attack scores.
[[nodiscard]] std::optional<PadRates> pad_rates(
    const PadScores& scores, double threshold, const BootstrapOptions& bootstrap
);

}  // namespace selfsame::evaluation
