// SPDX-License-Identifier: Apache-2.0
#include "evaluation/pareto_tail.h"

#include <cmath>
#include <ranges>

namespace selfsame::evaluation {
namespace {

constexpr std::uint64_t kFewest = 10;
constexpr double kAlmostZero = 1e-6;

}  // namespace

double ParetoTail::threshold_at(double rate) const noexcept {
  const double relative = rate / share;
  if (std::abs(shape) < kAlmostZero) return start - scale * std::log(relative);
  return start + scale / shape * (std::pow(relative, -shape) - 1);
}

std::optional<ParetoTail> fit_pareto_tail(
    std::span<const WeightedScore> falling, double start, double share
) {
  std::uint64_t count = 0;
  double first = 0;   // sum of the excesses
  double second = 0;  // sum of the excesses times their rank from below, counted from 0
  for (const WeightedScore& each : std::views::reverse(falling)) {
    const double excess = each.score - start;
    const double weight = each.weight;
    first += weight * excess;
    second += excess * (weight * static_cast<double>(count) + weight * (weight - 1) / 2);
    count += each.weight;
  }
  if (count < kFewest) return std::nullopt;
  const auto n = static_cast<double>(count);
  const double l1 = first / n;
  const double l2 = 2 * second / (n * (n - 1)) - l1;
  const bool spreads = l1 > 0 && l2 > 0;  // not so with NaN
  if (!spreads) return std::nullopt;
  const double kappa = l1 / l2 - 2;
  const double scale = l1 * (1 + kappa);
  if (!(scale > 0)) return std::nullopt;
  return ParetoTail{start, share, -kappa, scale, count};
}

}  // namespace selfsame::evaluation
