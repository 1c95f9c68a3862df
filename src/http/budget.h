// SPDX-License-Identifier: Apache-2.0
// One bound on the memory that all requests of a server hold together.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace selfsame::http {

/// Thread-safe, lock-free.
class Budget {
 public:
  explicit Budget(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

 private:
  friend class Lease;

  bool take(std::size_t bytes, std::size_t most) noexcept {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > most || used > most - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  void give_back(std::size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_{0};
};

/// One request's share of a budget; returned when it goes. Belongs to one thread at a time.
class Lease {
 public:
  explicit Lease(Budget& budget) noexcept : budget_(&budget) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { budget_->give_back(bytes_); }

  /// Grows or shrinks to `bytes`. False, and unchanged, where the budget has no room: where more
  /// than one part in `part` of it would be used, by all together.
  [[nodiscard]] bool resize(std::size_t bytes, std::size_t part = 1) noexcept {
    if (bytes > bytes_) {
      if (!budget_->take(bytes - bytes_, budget_->bytes_max_ / part)) return false;
    } else {
      budget_->give_back(bytes_ - bytes);
    }
    bytes_ = bytes;
    return true;
  }
  void clear() noexcept { budget_->give_back(std::exchange(bytes_, 0)); }

 private:
  Budget* budget_;
  std::size_t bytes_ = 0;
};

}  // namespace selfsame::http
