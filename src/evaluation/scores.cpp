// SPDX-License-Identifier: Apache-2.0
#include "evaluation/scores.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <tuple>

namespace selfsame::evaluation {
namespace {

constexpr std::size_t kTile = 64;

/// The matrix cut into tiles of kTile rows, each stored dimension by dimension, so that the inner
/// loop of the product runs over rows and vectorises. Rows beyond the last are zero.
class Tiles {
 public:
  explicit Tiles(const TemplateSet& set)
      : dimensions_(set.dimensions),
        count_((set.count() + kTile - 1) / kTile),
        values_(count_ * set.dimensions * kTile, 0.0F) {
    for (std::size_t row = 0; row < set.count(); ++row) {
      for (std::size_t d = 0; d < dimensions_; ++d) {
        values_[((row / kTile) * dimensions_ + d) * kTile + row % kTile] =
            set.values[row * dimensions_ + d];
      }
    }
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// Scores of one row against the rows of one tile.
  void product(const float* row, std::size_t tile, std::array<float, kTile>& out) const noexcept {
    std::array<float, kTile> sum{};
    const float* column = values_.data() + tile * dimensions_ * kTile;
    for (std::size_t d = 0; d < dimensions_; ++d, column += kTile) {
      const float factor = row[d];
      for (std::size_t j = 0; j < kTile; ++j) sum[j] += factor * column[j];
    }
    out = sum;
  }

 private:
  std::size_t dimensions_;
  std::size_t count_;
  std::vector<float> values_;
};

/// Calls see(worker, row_a, row_b, score) for every pair row_a < row_b. A pair's score does not
/// depend on the number of threads.
template <class See>
void for_each_pair(const TemplateSet& set, const Tiles& tiles, unsigned threads, const See& see) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](unsigned worker) {
    std::array<float, kTile> scores{};
    for (std::size_t tile_a = next++; tile_a < tiles.count(); tile_a = next++) {
      const std::size_t end_a = std::min(set.count(), (tile_a + 1) * kTile);
      for (std::size_t tile_b = tile_a; tile_b < tiles.count(); ++tile_b) {
        const std::size_t end_b = std::min(set.count(), (tile_b + 1) * kTile);
        for (std::size_t a = tile_a * kTile; a < end_a; ++a) {
          tiles.product(set.values.data() + a * set.dimensions, tile_b, scores);
          for (std::size_t b = std::max(a + 1, tile_b * kTile); b < end_b; ++b) {
            see(worker, a, b, scores[b % kTile]);
          }
        }
      }
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned worker = 1; worker < threads; ++worker) workers.emplace_back(work, worker);
  work(0);
}

Result<void> check(const TemplateSet& set) {
  if (set.dimensions == 0 || set.values.size() != set.count() * set.dimensions) {
    return fail(Errc::invalid_parameter, "templates and identities differ in number");
  }
  for (std::size_t row = 0; row < set.count(); ++row) {
    if (set.identity[row] >= set.identities) {
      return fail(Errc::invalid_parameter, "identity out of range");
    }
    double norm = 0;
    for (std::size_t d = 0; d < set.dimensions; ++d) {
      norm += std::pow(double{set.values[row * set.dimensions + d]}, 2);
    }
    if (!(std::abs(norm - 1) < 0.01)) {  // NaN is not below
      return fail(Errc::engine_failed, "template " + std::to_string(row) + " is not of unit norm");
    }
  }
  return {};
}

void sort(ScoreDistribution& scores) {
  std::ranges::sort(scores.genuine, [](const GenuineScore& a, const GenuineScore& b) {
    return std::tie(a.score, a.identity) < std::tie(b.score, b.identity);
  });
  std::ranges::sort(scores.impostor_tail, [](const ImpostorScore& a, const ImpostorScore& b) {
    return std::tie(a.score, a.identity_a, a.identity_b) >
           std::tie(b.score, b.identity_a, b.identity_b);
  });
}

/// The lowest bin of which, with all above it, at least `wanted` scores are.
std::size_t tail_start(const std::vector<std::uint64_t>& histogram, std::uint64_t wanted) {
  std::uint64_t seen = 0;
  std::size_t bin = histogram.size();
  while (bin > 0 && seen < wanted) seen += histogram[--bin];
  return bin;
}

/// What one thread gathers, merged afterwards.
struct Share {
  std::vector<GenuineScore> genuine;
  std::vector<ImpostorScore> tail;
  std::vector<std::uint64_t> histogram = std::vector<std::uint64_t>(ScoreDistribution::kBins, 0);
};

}  // namespace

std::size_t ScoreDistribution::bin_of(float score) noexcept {
  const double bin = std::floor((double{score} + 1) * (double{kBins} / 2));
  return static_cast<std::size_t>(std::clamp(bin, 0.0, double{kBins - 1}));
}

double ScoreDistribution::edge_of(std::size_t bin) noexcept {
  return static_cast<double>(bin) / (double{kBins} / 2) - 1;
}

Result<ScoreDistribution> compare_all(
    const TemplateSet& templates, double tail_share, unsigned threads
) {
  SELFSAME_CHECK(check(templates));
  const Tiles tiles(templates);
  const unsigned workers = std::max(threads, 1U);
  std::vector<Share> shares(workers);
  const auto& identity = templates.identity;
  for_each_pair(
      templates,
      tiles,
      workers,
      [&](unsigned worker, std::size_t a, std::size_t b, float s) {
        if (identity[a] == identity[b]) {
          shares[worker].genuine.push_back({s, identity[a]});
        } else {
          ++shares[worker].histogram[ScoreDistribution::bin_of(s)];
        }
      }
  );
  ScoreDistribution all;
  for (Share& share : shares) {
    all.genuine.insert(all.genuine.end(), share.genuine.begin(), share.genuine.end());
    for (std::size_t bin = 0; bin < ScoreDistribution::kBins; ++bin) {
      all.impostor_histogram[bin] += share.histogram[bin];
      all.impostor_count += share.histogram[bin];
    }
  }
  const auto wanted =
      static_cast<std::uint64_t>(tail_share * static_cast<double>(all.impostor_count));
  const std::size_t start = tail_start(all.impostor_histogram, std::max(wanted, kTailAtLeast));
  for_each_pair(
      templates,
      tiles,
      workers,
      [&](unsigned worker, std::size_t a, std::size_t b, float s) {
        if (identity[a] != identity[b] && ScoreDistribution::bin_of(s) >= start) {
          shares[worker].tail.push_back({s, identity[a], identity[b]});
        }
      }
  );
  for (Share& share : shares) {
    all.impostor_tail.insert(all.impostor_tail.end(), share.tail.begin(), share.tail.end());
  }
  all.identities = templates.identities;
  all.templates_of.assign(templates.identities, 0);
  for (const std::uint32_t of : identity) ++all.templates_of[of];
  sort(all);
  return all;
}

Result<ScoreDistribution> distribution_of(
    const std::vector<ScoredPair>& pairs, std::uint32_t identities
) {
  ScoreDistribution all;
  all.identities = identities;
  for (const ScoredPair& pair : pairs) {
    if (!std::isfinite(pair.score)) return fail(Errc::engine_failed, "a score is not finite");
    if (pair.identity_a >= identities || pair.identity_b >= identities) {
      return fail(Errc::invalid_parameter, "identity out of range");
    }
    if (pair.genuine) {
      all.genuine.push_back({pair.score, pair.identity_a});
    } else {
      all.impostor_tail.push_back({pair.score, pair.identity_a, pair.identity_b});
      ++all.impostor_histogram[ScoreDistribution::bin_of(pair.score)];
    }
  }
  all.impostor_count = all.impostor_tail.size();
  sort(all);
  return all;
}

}  // namespace selfsame::evaluation
