// SPDX-License-Identifier: Apache-2.0
// Bounds the bytes of sealed captures that wait in memory for their verdict.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace selfsame::flows {

/// A place in the room; it is free again when the last copy is gone.
using CapturePlace = std::shared_ptr<const void>;

/// Thread-safe. Places may outlive it.
class CaptureRoom {
 public:
  explicit CaptureRoom(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Null when there is no room. What is alone in the room fits always.
  [[nodiscard]] CapturePlace take(std::size_t bytes) const {
    std::size_t taken = taken_->load();
    do {
      if (taken != 0 && (taken >= bytes_max_ || bytes > bytes_max_ - taken)) return nullptr;
    } while (!taken_->compare_exchange_weak(taken, taken + bytes));
    return {static_cast<const void*>(taken_.get()), [all = taken_, bytes](const void*) {
              all->fetch_sub(bytes);
            }};
  }

 private:
  std::size_t bytes_max_;
  std::shared_ptr<std::atomic<std::size_t>> taken_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace selfsame::flows
