// SPDX-License-Identifier: Apache-2.0
// Bounds the bytes of sealed captures that wait in memory for their verdict.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace selfsame::flows {

/// A place in the room; it is free again when the last copy is gone.
using CapturePlace = std::shared_ptr<const void>;

/// Thread-safe. Places may outlive it.
class CaptureRoom {
 public:
  explicit CaptureRoom(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Null when there is no room, or when the customer has a place and would hold more than three
  /// quarters of it: another one finds room then. What is alone in the room fits always.
  [[nodiscard]] CapturePlace take(const std::string& customer, std::size_t bytes) const {
    bytes = std::max<std::size_t>(bytes, 1);  // nobody without bytes is in the room
    const std::lock_guard lock(taken_->mutex);
    const auto own = taken_->by_customer.find(customer);
    const bool is_first = own == taken_->by_customer.end();
    if (!taken_->by_customer.empty() && !fits(taken_->all, bytes, bytes_max_)) return nullptr;
    if (!is_first && !fits(own->second, bytes, bytes_max_ / 4 * 3)) return nullptr;
    taken_->by_customer[customer] += bytes;
    taken_->all += bytes;
    return {static_cast<const void*>(taken_.get()), [taken = taken_, customer, bytes](const void*) {
              taken->leave(customer, bytes);
            }};
  }

 private:
  struct Taken {
    std::mutex mutex;
    std::size_t all = 0;
    std::map<std::string, std::size_t> by_customer;  // those with a place

    void leave(const std::string& customer, std::size_t bytes) {
      const std::lock_guard lock(mutex);
      all -= bytes;
      const auto own = by_customer.find(customer);
      own->second -= bytes;
      if (own->second == 0) by_customer.erase(own);
    }
  };

  static bool fits(std::size_t taken, std::size_t bytes, std::size_t most) {
    return taken < most && bytes <= most - taken;
  }

  std::size_t bytes_max_;
  std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

}  // namespace selfsame::flows
