// SPDX-License-Identifier: Apache-2.0
#include "evaluation/error_rates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "evaluation/bootstrap.h"

namespace selfsame::evaluation {
namespace {

constexpr double kRuleOf = 30;
constexpr double kFewestForDet = 10;
constexpr double kDetPointsPerDecade = 20;
constexpr double kTailFraction = 1e-4;
constexpr double kTailPairs = 100;
constexpr double kWidestTail = 1e-2;
constexpr double kUsualFmr = 1e-2;  // laxer rates are reported only when this one has no support

double pairs_of(const ScoreDistribution& scores) {
  return static_cast<double>(scores.impostor_count);
}

std::uint64_t tail_at_or_above(const ScoreDistribution& scores, double threshold) {
  const auto end = std::ranges::partition_point(
      scores.impostor_tail, [&](const ImpostorScore& each) { return each.score >= threshold; }
  );
  return static_cast<std::uint64_t>(end - scores.impostor_tail.begin());
}

std::uint64_t impostors_at_or_above(const ScoreDistribution& scores, double threshold) {
  const auto& tail = scores.impostor_tail;
  if (!tail.empty() && threshold >= tail.back().score) return tail_at_or_above(scores, threshold);
  std::uint64_t count = 0;
  for (std::size_t bin = ScoreDistribution::kBins; bin-- > 0;) {
    if (ScoreDistribution::edge_of(bin) < threshold) break;
    count += scores.impostor_histogram[bin];
  }
  return count;
}

/// The lowest threshold that at most `allowed` impostor scores reach.
double threshold_for(const ScoreDistribution& scores, std::uint64_t allowed) {
  const auto& tail = scores.impostor_tail;
  if (allowed < tail.size()) {
    std::size_t first_out = allowed;
    while (first_out > 0 && tail[first_out - 1].score == tail[first_out].score) --first_out;
    const double out = tail[first_out].score;
    return first_out > 0 ? std::midpoint(out, double{tail[first_out - 1].score})
                         : std::nextafter(out, 2.0);
  }
  std::uint64_t count = 0;
  std::size_t bin = ScoreDistribution::kBins;
  while (bin > 0 && count + scores.impostor_histogram[bin - 1] <= allowed) {
    count += scores.impostor_histogram[--bin];
  }
  return ScoreDistribution::edge_of(bin);
}

/// Fraction of the impostor scores that a fitted tail takes; nothing when there are too few.
std::optional<double> tail_fraction(const ScoreDistribution& scores) {
  const double fraction = std::max(kTailFraction, kTailPairs / pairs_of(scores));
  if (!(fraction <= kWidestTail)) return std::nullopt;
  return fraction;
}

std::optional<ParetoTail> fitted_tail(const ScoreDistribution& scores) {
  const auto fraction = tail_fraction(scores);
  if (!fraction) return std::nullopt;
  const auto count = static_cast<std::size_t>(std::floor(*fraction * pairs_of(scores) + 1e-9));
  if (!(count < scores.impostor_tail.size())) return std::nullopt;
  std::vector<WeightedScore> top(count);
  std::ranges::transform(
      scores.impostor_tail.begin(),
      scores.impostor_tail.begin() + static_cast<std::ptrdiff_t>(count),
      top.begin(),
      [](const ImpostorScore& each) { return WeightedScore{each.score, 1}; }
  );
  return fit_pareto_tail(top, scores.impostor_tail[count].score, *fraction);
}

std::optional<OperatingPoint> operating_point(
    const ScoreDistribution& scores, double fmr, const std::optional<ParetoTail>& tail
) {
  OperatingPoint point;
  point.fmr = fmr;
  const double expected = fmr * pairs_of(scores);
  // A hair of tolerance, so that 30 of 3000 supports 1e-2 in binary arithmetic too.
  if (expected * (1 + 1e-9) >= kRuleOf) {
    point.threshold = threshold_for(scores, static_cast<std::uint64_t>(expected * (1 + 1e-9)));
  } else if (tail && fmr <= tail->share && expected >= kRuleOf / 10) {
    point.method = ThresholdMethod::pareto;
    point.threshold = tail->threshold_at(fmr);
  } else {
    return std::nullopt;
  }
  point.impostor_pairs_above = impostors_at_or_above(scores, point.threshold);
  point.fnmr = fnmr_at(scores, point.threshold);
  return point;
}

void find_eer(const ScoreDistribution& scores, ErrorRates& rates) {
  double low = -1;  // FNMR below FMR here
  double high = 1;
  constexpr int kHalvings = 40;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = std::midpoint(low, high);
    (fnmr_at(scores, middle) < fmr_at(scores, middle) ? low : high) = middle;
  }
  rates.eer_threshold = high;
  rates.eer = (fnmr_at(scores, high) + fmr_at(scores, high)) / 2;
}

std::vector<DetPoint> det_curve(const ScoreDistribution& scores) {
  std::vector<DetPoint> curve;
  const double highest = std::log10(0.5);
  const double lowest = std::log10(kFewestForDet / pairs_of(scores));
  const auto steps = static_cast<int>(std::floor((highest - lowest) * kDetPointsPerDecade));
  for (int step = 0; step <= steps; ++step) {
    const double share = std::pow(10, highest - step / kDetPointsPerDecade);
    const auto allowed = static_cast<std::uint64_t>(share * pairs_of(scores));
    const double threshold = threshold_for(scores, allowed);
    curve.push_back({threshold, fmr_at(scores, threshold), fnmr_at(scores, threshold)});
  }
  return curve;
}

}  // namespace

double fnmr_at(const ScoreDistribution& scores, double threshold) {
  const auto reached = std::ranges::partition_point(scores.genuine, [&](const GenuineScore& each) {
    return !(each.score >= threshold);
  });
  return static_cast<double>(reached - scores.genuine.begin()) /
         static_cast<double>(scores.genuine.size());
}

double fmr_at(const ScoreDistribution& scores, double threshold) {
  return static_cast<double>(impostors_at_or_above(scores, threshold)) / pairs_of(scores);
}

Result<ErrorRates> error_rates(
    const ScoreDistribution& scores, Extrapolation extrapolation, const BootstrapOptions& bootstrap
) {
  if (scores.genuine.empty() || scores.impostor_count == 0) {
    return fail(Errc::invalid_parameter, "error rates need genuine and impostor comparisons, both");
  }
  ErrorRates rates;
  if (extrapolation == Extrapolation::pareto) rates.tail = fitted_tail(scores);
  for (const double fmr : kReportedFmr) {
    if (fmr > kUsualFmr && kUsualFmr * pairs_of(scores) >= kRuleOf) continue;
    if (const auto point = operating_point(scores, fmr, rates.tail)) {
      rates.operating_points.push_back(*point);
    } else {
      rates.unsupported_fmr.push_back(fmr);
    }
  }
  add_intervals(scores, bootstrap, rates);
  find_eer(scores, rates);
  rates.det = det_curve(scores);
  return rates;
}

namespace {

/// The threshold at which most of `pairs` outside `fold` are decided rightly.
double best_threshold(std::span<const ScoredPair> pairs, int fold) {
  std::vector<std::pair<float, bool>> others;
  for (const ScoredPair& pair : pairs) {
    if (pair.fold != fold) others.emplace_back(pair.score, pair.genuine);
  }
  std::ranges::sort(others);
  // Threshold below all: every genuine pair is right, every impostor wrong.
  auto right = std::ranges::count_if(others, [](const auto& each) { return each.second; });
  auto most = right;
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < others.size(); ++i) {
    right += others[i].second ? -1 : 1;
    const bool last = i + 1 == others.size();
    if (!last && others[i].first == others[i + 1].first) continue;
    if (right > most) {
      most = right;
      best = last ? std::nextafter(double{others[i].first}, 2.0)
                  : std::midpoint(double{others[i].first}, double{others[i + 1].first});
    }
  }
  return best;
}

double accuracy_of_fold(std::span<const ScoredPair> pairs, int fold) {
  const double threshold = best_threshold(pairs, fold);
  double right = 0;
  double count = 0;
  for (const ScoredPair& pair : pairs) {
    if (pair.fold != fold) continue;
    ++count;
    if ((pair.score >= threshold) == pair.genuine) ++right;
  }
  return right / count;
}

}  // namespace

std::optional<FoldAccuracy> fold_accuracy(std::span<const ScoredPair> pairs) {
  std::set<int> folds;
  for (const ScoredPair& pair : pairs) folds.insert(pair.fold);
  if (folds.size() < 2 || folds.contains(-1)) return std::nullopt;
  FoldAccuracy result;
  result.folds = static_cast<int>(folds.size());
  double squares = 0;
  for (const int fold : folds) {
    const double accuracy = accuracy_of_fold(pairs, fold);
    result.accuracy += accuracy / result.folds;
    squares += accuracy * accuracy / result.folds;
  }
  const double variance = squares - result.accuracy * result.accuracy;
  result.standard_deviation = std::sqrt(std::max(variance, 0.0));
  return result;
}

}  // namespace selfsame::evaluation
