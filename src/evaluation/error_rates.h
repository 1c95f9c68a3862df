// SPDX-License-Identifier: Apache-2.0
// Error rates of a comparator, in the words of ISO/IEC 19795-1, with intervals.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "evaluation/pareto_tail.h"
#include "evaluation/scores.h"

namespace selfsame::evaluation {

/// False match rates that we report, and their names in every JSON of ours.
inline constexpr std::array<double, 6> kReportedFmr = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
inline constexpr std::array<const char*, 6> kReportedFmrNames = {
    "1e-1", "1e-2", "1e-3", "1e-4", "1e-5", "1e-6"
};

struct Interval {
  double low = 0;
  double high = 0;
};

enum class ThresholdMethod : std::uint8_t {
  empirical,  // a quantile of the impostor scores
  pareto,     // extrapolated by a generalised Pareto distribution fitted to their top
};

/// The comparator at one false match rate. A comparison matches when score >= threshold.
struct OperatingPoint {
  double fmr = 0;
  double threshold = 0;
  ThresholdMethod method = ThresholdMethod::empirical;
  std::uint64_t impostor_pairs_above = 0;
  double fnmr = 0;
  std::optional<Interval> threshold_interval;
  std::optional<Interval> fnmr_interval;
};

struct DetPoint {
  double threshold = 0;
  double fmr = 0;
  double fnmr = 0;
};

struct BootstrapOptions {
  unsigned replicates = 200;  // 0: no intervals
  std::uint64_t seed = 20260101;
  double confidence = 0.95;
};

/// May thresholds be found beyond what pairs show?
enum class Extrapolation : std::uint8_t { none, pareto };

struct ErrorRates {
  std::vector<OperatingPoint> operating_points;  // of kReportedFmr, those that the data support
  std::vector<double> unsupported_fmr;           // the others
  std::optional<ParetoTail> tail;                // when one was fitted
  double eer = 0;
  double eer_threshold = 0;
  std::vector<DetPoint> det;  // from lax to strict, down to ten impostor pairs
};

/// Share of genuine comparisons that do not reach `threshold`. NaN reaches nothing: 1.
[[nodiscard]] double fnmr_at(const ScoreDistribution& scores, double threshold);
/// Share of impostor comparisons that reach `threshold`: exact in the tail, else to one bin.
[[nodiscard]] double fmr_at(const ScoreDistribution& scores, double threshold);

/// An FMR is supported by the quantile when it is at least 30 / impostor pairs (the rule of 30),
/// and by extrapolation down to a tenth of that. The tail is the top 1e-4, or the top 100 pairs
/// when those are more, but never more than the top 1e-2. `invalid_parameter` without genuine or
/// without impostor comparisons.
[[nodiscard]] Result<ErrorRates> error_rates(
    const ScoreDistribution& scores, Extrapolation extrapolation, const BootstrapOptions& bootstrap
);

/// The share of the highest impostor scores that error_rates() wants to see one by one.
inline constexpr double kTailShare = 0.03;

struct FoldAccuracy {
  int folds = 0;
  double accuracy = 0;            // mean over the folds
  double standard_deviation = 0;  // over the folds
};

/// LFW's View 2 protocol: for each fold, the threshold that serves the other folds best. Nothing
/// when the pairs have fewer than two folds.
[[nodiscard]] std::optional<FoldAccuracy> fold_accuracy(std::span<const ScoredPair> pairs);

}  // namespace selfsame::evaluation
