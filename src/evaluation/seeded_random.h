// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine.
#pragma once

#include <cstdint>

namespace selfsame::evaluation {

/// splitmix64 (Steele, Lea, Flood 2014). Not for secrets.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_(seed) {}
  [[nodiscard]] std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// In [low, high).
  [[nodiscard]] double between(double low, double high) noexcept {
    return low + (high - low) * static_cast<double>(next() >> 11U) * 0x1.0p-53;
  }
  /// 0..bound-1; bound > 0.
  [[nodiscard]] std::uint32_t below(std::uint32_t bound) noexcept {
    return static_cast<std::uint32_t>(next() % bound);
  }

 private:
  std::uint64_t state_;
};

}  // namespace selfsame::evaluation
