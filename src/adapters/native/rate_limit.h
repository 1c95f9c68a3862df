// SPDX-License-Identifier: Apache-2.0
// How often one key (a token, a customer) may ask.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>

namespace selfsame::adapters::native {

/// A bucket of tokens for each key, in constant memory: keys whose hashes agree share a bucket. The
/// hash is seeded at random, so that nobody can choose whom to share with. Thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// @param burst  calls at once after a pause; then `per_second`
  RateLimit(double burst, double per_second);

  [[nodiscard]] bool allows(std::string_view key, Time now);

 private:
  static constexpr std::size_t kBuckets = 4096;
  struct Bucket {
    double spent = 0;  // calls that have not been earned again
    Time at;
  };

  double burst_;
  double per_second_;
  std::size_t seed_;
  std::mutex mutex_;
  std::array<Bucket, kBuckets> buckets_{};
};

}  // namespace selfsame::adapters::native
