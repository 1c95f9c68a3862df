// SPDX-License-Identifier: Apache-2.0
// The connections that read: a few, shared by all threads.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// Thread-safe.
class Readers {
 public:
  /// @param idle  at least one
  explicit Readers(std::vector<std::unique_ptr<Connection>> idle) : idle_(std::move(idle)) {}

  /// Runs `job` on this thread as soon as a connection is free. It sees all that was committed
  /// before the call.
  /// @param job  Result<T>(Connection&)
  template <class Job>
  [[nodiscard]] auto run(Job job) {
    const Lease lease(*this);
    return job(*lease.connection);
  }

 private:
  struct Lease {
    explicit Lease(Readers& from) : readers(from), connection(from.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers.give_back(std::move(connection)); }

    Readers& readers;
    std::unique_ptr<Connection> connection;
  };

  [[nodiscard]] std::unique_ptr<Connection> take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !idle_.empty(); });
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  void give_back(std::unique_ptr<Connection> connection) noexcept {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));  // capacity is there: it came from here
    }
    freed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace selfsame::storage::sqlite
