// SPDX-License-Identifier: Apache-2.0
// All comparisons of a data set: every pair scored, the few that decide error rates kept exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace selfsame::evaluation {

/// Templates flattened so that the dot product of two rows is the comparator's score.
struct TemplateSet {
  std::size_t dimensions = 0;
  std::vector<float> values;            // count() rows of `dimensions`
  std::vector<std::uint32_t> identity;  // of each row, in 0..identities-1
  std::uint32_t identities = 0;

  [[nodiscard]] std::size_t count() const noexcept { return identity.size(); }
};

struct GenuineScore {
  float score = 0;
  std::uint32_t identity = 0;
};

struct ImpostorScore {
  float score = 0;
  std::uint32_t identity_a = 0;
  std::uint32_t identity_b = 0;
};

/// What the comparisons of a data set yielded.
///
/// The genuine scores are all here. Of the impostor scores the highest are here one by one (that is
/// where thresholds lie), the others as counts in equal bins over -1..1.
struct ScoreDistribution {
  static constexpr std::size_t kBins = 200'000;

  std::vector<GenuineScore> genuine;         // rising
  std::vector<ImpostorScore> impostor_tail;  // falling; nothing above its last score is missing
  std::vector<std::uint64_t> impostor_histogram = std::vector<std::uint64_t>(kBins, 0);
  std::uint64_t impostor_count = 0;
  std::uint32_t identities = 0;
  // How many templates each identity has, when all pairs were compared. Empty when the comparisons
  // came from a list; then impostor_tail holds every impostor score.
  std::vector<std::uint32_t> templates_of;

  [[nodiscard]] static std::size_t bin_of(float score) noexcept;
  /// Lower edge of a bin.
  [[nodiscard]] static double edge_of(std::size_t bin) noexcept;
};

/// Compares every template with every other: genuine when the identities are the same.
///
/// `tail_share` (0..1] of the impostor scores, and no fewer than `kTailAtLeast`, are kept one by
/// one. Takes about a second of one core per 30 million pairs of 128 dimensions.
/// `engine_failed` when a value is not finite or a row is not of unit norm; `invalid_parameter`
/// when the shapes disagree.
[[nodiscard]] Result<ScoreDistribution> compare_all(
    const TemplateSet& templates, double tail_share, unsigned threads
);

inline constexpr std::uint64_t kTailAtLeast = 10'000;

/// One comparison of a list.
struct ScoredPair {
  float score = 0;
  std::uint32_t identity_a = 0;
  std::uint32_t identity_b = 0;
  bool genuine = false;
  int fold = -1;  // -1: the list has no folds
};

/// The same of a list of comparisons; `engine_failed` when a score is not finite.
[[nodiscard]] Result<ScoreDistribution> distribution_of(
    const std::vector<ScoredPair>& pairs, std::uint32_t identities
);

}  // namespace selfsame::evaluation
