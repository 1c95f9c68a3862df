// SPDX-License-Identifier: Apache-2.0
#include "evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace selfsame::evaluation {
namespace {

/// How often each identity was drawn.
using Weights = std::vector<std::uint32_t>;

Weights draw(std::uint32_t identities, std::mt19937_64& random) {
  Weights weights(identities, 0);
  for (std::uint32_t i = 0; i < identities; ++i) {
    // The high half scaled: the same numbers with every standard library.
    ++weights[static_cast<std::size_t>(((random() >> 32U) * identities) >> 32U)];
  }
  return weights;
}

std::uint32_t weight_of(const ImpostorScore& score, const Weights& weights) {
  const std::uint32_t a = weights[score.identity_a];
  return score.identity_a == score.identity_b ? a : a * weights[score.identity_b];
}

/// Weight of all impostor comparisons of a replicate.
double impostor_weight(const ScoreDistribution& scores, const Weights& weights) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < scores.templates_of.size(); ++i) {
    const double templates = static_cast<double>(scores.templates_of[i]) * weights[i];
    sum += templates;
    squares += templates * templates;
  }
  if (!scores.templates_of.empty()) return (sum * sum - squares) / 2;
  for (const ImpostorScore& each : scores.impostor_tail) sum += weight_of(each, weights);
  return sum;
}

/// One replicate's impostor tail: the scores that were drawn, falling, with their weights.
class Replicate {
 public:
  Replicate(const ScoreDistribution& scores, Weights weights, double widest_fmr)
      : scores_(scores), weights_(std::move(weights)), total_(impostor_weight(scores, weights_)) {
    double seen = 0;
    for (const ImpostorScore& each : scores.impostor_tail) {
      if (seen > widest_fmr * total_) break;
      const std::uint32_t weight = weight_of(each, weights_);
      if (weight == 0) continue;
      tail_.push_back({each.score, weight});
      seen += weight;
    }
  }

  [[nodiscard]] std::optional<double> threshold_at(double fmr) const {
    const auto position = past(fmr);
    if (!position) return std::nullopt;
    return tail_[*position].score;
  }

  [[nodiscard]] std::optional<double> extrapolated_threshold_at(double fmr, double share) const {
    const auto end = past(share);
    if (!end) return std::nullopt;
    const auto tail = fit_pareto_tail(std::span(tail_).first(*end), tail_[*end].score, share);
    if (!tail) return std::nullopt;
    return tail->threshold_at(fmr);
  }

  [[nodiscard]] double fnmr_at(double threshold) const {
    double below = 0;
    double all = 0;
    for (const GenuineScore& each : scores_.genuine) {
      const double weight = weights_[each.identity];
      all += weight;
      if (!(each.score >= threshold)) below += weight;
    }
    return below / all;
  }

 private:
  /// The first score of the tail that may no longer match at this rate.
  [[nodiscard]] std::optional<std::size_t> past(double fmr) const {
    double seen = 0;
    for (std::size_t i = 0; i < tail_.size(); ++i) {
      seen += tail_[i].weight;
      if (seen > fmr * total_ * (1 + 1e-9)) return i;
    }
    return std::nullopt;
  }

  const ScoreDistribution& scores_;
  Weights weights_;
  double total_;
  std::vector<WeightedScore> tail_;
};

std::optional<Interval> middle_of(std::vector<double>& values, const BootstrapOptions& options) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  const auto replicates = static_cast<double>(options.replicates);
  if (!(static_cast<double>(values.size()) >= 0.9 * replicates) || values.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(values);
  const double last = static_cast<double>(values.size() - 1);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(std::lround(share * last))];
  };
  const double outside = (1 - options.confidence) / 2;
  return Interval{at(outside), at(1 - outside)};
}

}  // namespace

void add_intervals(
    const ScoreDistribution& scores, const BootstrapOptions& options, ErrorRates& rates
) {
  auto& points = rates.operating_points;
  if (options.replicates == 0 || points.empty()) return;
  const double tail_share = rates.tail ? rates.tail->share : 0;
  double widest = tail_share;
  for (const OperatingPoint& point : points) widest = std::max(widest, point.fmr);
  std::vector<std::vector<double>> thresholds(points.size());
  std::vector<std::vector<double>> fnmrs(points.size());
  std::mt19937_64 random(options.seed);
  for (unsigned i = 0; i < options.replicates; ++i) {
    const Replicate replicate(scores, draw(scores.identities, random), widest);
    for (std::size_t p = 0; p < points.size(); ++p) {
      const auto threshold = points[p].method == ThresholdMethod::pareto
                                 ? replicate.extrapolated_threshold_at(points[p].fmr, tail_share)
                                 : replicate.threshold_at(points[p].fmr);
      if (!threshold) continue;
      thresholds[p].push_back(*threshold);
      fnmrs[p].push_back(replicate.fnmr_at(*threshold));
    }
  }
  for (std::size_t p = 0; p < points.size(); ++p) {
    points[p].threshold_interval = middle_of(thresholds[p], options);
    points[p].fnmr_interval = middle_of(fnmrs[p], options);
  }
}

}  // namespace selfsame::evaluation
