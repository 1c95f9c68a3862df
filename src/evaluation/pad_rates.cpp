// SPDX-License-Identifier: Apache-2.0
#include "evaluation/pad_rates.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace selfsame::evaluation {
namespace {

constexpr double kMostApcer = 0.05;

// One score, and how often its presentation was drawn.
struct Weighted {
  double score = 0;
  double weight = 1;
};
using WeightedScores = std::vector<Weighted>;  // rising

WeightedScores weighted(
    const std::vector<PresentationScores>& presentations, const std::vector<int>& drawn
) {
  WeightedScores scores;
  for (std::size_t i = 0; i < presentations.size(); ++i) {
    for (const double score : presentations[i]) {
      if (drawn[i] > 0) scores.push_back({score, static_cast<double>(drawn[i])});
    }
  }
  std::ranges::sort(scores, {}, &Weighted::score);
  return scores;
}

double weight_of(std::span<const Weighted> scores) {
  double sum = 0;
  for (const auto& each : scores) sum += each.weight;
  return sum;
}

// Both rising. For each bona fide score, the weight of the attacks below it.
double area_under_curve(const WeightedScores& bona_fide, const WeightedScores& attack) {
  double wins = 0;
  double below = 0;
  std::size_t next = 0;
  for (const auto& live : bona_fide) {
    while (next < attack.size() && attack[next].score < live.score) below += attack[next++].weight;
    double tied = 0;
    for (std::size_t i = next; i < attack.size() && attack[i].score == live.score; ++i) {
      tied += attack[i].weight;
    }
    wins += live.weight * (below + tied / 2);
  }
  return wins / (weight_of(bona_fide) * weight_of(attack));
}

std::vector<double> rising(const std::vector<PresentationScores>& presentations) {
  std::vector<double> all;
  for (const auto& scores : presentations) all.insert(all.end(), scores.begin(), scores.end());
  std::ranges::sort(all);
  return all;
}

std::size_t count_below(const std::vector<double>& rising_scores, double threshold) {
  const auto at = std::ranges::lower_bound(rising_scores, threshold);
  return static_cast<std::size_t>(at - rising_scores.begin());
}

// At every score, and above all of them.
std::vector<DetPoint> det_of(const std::vector<double>& live, const std::vector<double>& attack) {
  std::vector<double> thresholds = live;
  thresholds.insert(thresholds.end(), attack.begin(), attack.end());
  std::ranges::sort(thresholds);
  const auto twice = std::ranges::unique(thresholds);
  thresholds.erase(twice.begin(), twice.end());
  thresholds.push_back(std::nextafter(thresholds.back(), 2.0));
  std::vector<DetPoint> points;
  for (const double threshold : thresholds) {
    const auto refused = static_cast<double>(count_below(attack, threshold));
    const auto lost = static_cast<double>(count_below(live, threshold));
    points.push_back(
        {.threshold = threshold,
         .fmr = 1 - refused / static_cast<double>(attack.size()),
         .fnmr = lost / static_cast<double>(live.size())}
    );
  }
  return points;
}

void find_points(PadRates& rates) {
  const auto& det = rates.det;
  const auto equal = std::ranges::min_element(det, {}, [](const DetPoint& point) {
    return std::abs(point.fmr - point.fnmr);
  });
  rates.eer = (equal->fmr + equal->fnmr) / 2;
  rates.eer_threshold = equal->threshold;
  const auto strict = std::ranges::find_if(det, [](const DetPoint& point) {
    return point.fmr <= kMostApcer;
  });  // the last one is: nothing passes there
  rates.bpcer_at_apcer5 = strict->fnmr;
  rates.threshold_at_apcer5 = strict->threshold;
}

std::vector<int> draw(std::size_t count, std::mt19937_64& random) {
  std::uniform_int_distribution<std::size_t> any(0, count - 1);
  std::vector<int> drawn(count, 0);
  for (std::size_t i = 0; i < count; ++i) ++drawn[any(random)];
  return drawn;
}

std::optional<Interval> auc_interval(const PadScores& scores, const BootstrapOptions& options) {
  if (options.replicates == 0) return std::nullopt;
  std::mt19937_64 random(options.seed);
  std::vector<double> areas;
  for (unsigned i = 0; i < options.replicates; ++i) {
    areas.push_back(area_under_curve(
        weighted(scores.bona_fide, draw(scores.bona_fide.size(), random)),
        weighted(scores.attack, draw(scores.attack.size(), random))
    ));
  }
  std::ranges::sort(areas);
  const double tail = (1 - options.confidence) / 2;
  const auto at = [&areas](double share) {
    return areas[static_cast<std::size_t>(share * static_cast<double>(areas.size() - 1))];
  };
  return Interval{.low = at(tail), .high = at(1 - tail)};
}

}  // namespace

Share share_of(std::size_t count, std::size_t of) noexcept {
  Share share{.count = count, .of = of};
  if (of == 0) return share;
  constexpr double kZ = 1.959964;
  const auto n = static_cast<double>(of);
  const double p = share.value();
  const double middle = (p + kZ * kZ / (2 * n)) / (1 + kZ * kZ / n);
  const double half = kZ / (1 + kZ * kZ / n) * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  share.interval = {.low = std::max(0.0, middle - half), .high = std::min(1.0, middle + half)};
  return share;
}

std::optional<PadRates> pad_rates(
    const PadScores& scores, double threshold, const BootstrapOptions& bootstrap
) {
  const auto live = rising(scores.bona_fide);
  const auto attack = rising(scores.attack);
  if (live.empty() || attack.empty()) return std::nullopt;
  PadRates rates;
  const std::vector<int> once_live(scores.bona_fide.size(), 1);
  const std::vector<int> once_attack(scores.attack.size(), 1);
  rates.auc =
      area_under_curve(weighted(scores.bona_fide, once_live), weighted(scores.attack, once_attack));
  rates.auc_interval = auc_interval(scores, bootstrap);
  rates.det = det_of(live, attack);
  find_points(rates);
  rates.threshold = threshold;
  rates.apcer = share_of(attack.size() - count_below(attack, threshold), attack.size());
  rates.bpcer = share_of(count_below(live, threshold), live.size());
  return rates;
}

}  // namespace selfsame::evaluation
