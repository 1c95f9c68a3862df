// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/rate_limit.h"

#include <algorithm>
#include <cstring>

#include "base/crypto.h"

namespace selfsame::adapters::native {
namespace {

std::size_t random_seed() {
  std::size_t seed = 0;
  const Bytes bytes = random_bytes(sizeof seed);
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

/// FNV-1a from a secret start, with a last mix.
std::size_t hash_of(std::string_view key, std::size_t seed) {
  std::size_t hash = seed;
  for (const char c : key) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash ^ (hash >> 29);
}

}  // namespace

RateLimit::RateLimit(double burst, double per_second)
    : burst_(burst), per_second_(per_second), seed_(random_seed()) {}

bool RateLimit::allows(std::string_view key, Time now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_.at(hash_of(key, seed_) % kBuckets);
  const double idle_s = std::chrono::duration<double>(now - bucket.at).count();
  bucket.spent = std::max(0.0, bucket.spent - std::max(0.0, idle_s) * per_second_);
  bucket.at = now;
  if (bucket.spent + 1 > burst_) return false;
  bucket.spent += 1;
  return true;
}

}  // namespace selfsame::adapters::native
