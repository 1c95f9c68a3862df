// SPDX-License-Identifier: Apache-2.0
// Spares a service that fails again and again, and those who would wait for it.
#pragma once

#include <chrono>
#include <mutex>

namespace selfsame::adapters::outbound {

/// Thread-safe. Closed until `failures_max` calls in a row have failed; then nobody is admitted for
/// `pause`, and after it one caller at a time tries: its success closes, its failure pauses again.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// @param failures_max  at least 1
  CircuitBreaker(int failures_max, std::chrono::milliseconds pause)
      : failures_max_(failures_max), pause_(pause) {}

  /// Whether to call now. Whoever was admitted says what came of it: note().
  [[nodiscard]] bool admits(Time now) {
    const std::lock_guard lock(mutex_);
    if (failures_ < failures_max_) return true;
    if (now < closed_until_) return false;
    closed_until_ = now + pause_;  // the others wait for this one
    return true;
  }

  void note(bool success, Time now) {
    const std::lock_guard lock(mutex_);
    failures_ = success ? 0 : failures_ + 1;
    if (failures_ >= failures_max_) {
      failures_ = failures_max_;
      closed_until_ = now + pause_;
    }
  }

 private:
  std::mutex mutex_;
  int failures_max_;
  std::chrono::milliseconds pause_;
  int failures_ = 0;
  Time closed_until_;
};

}  // namespace selfsame::adapters::outbound
