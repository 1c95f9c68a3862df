// SPDX-License-Identifier: Apache-2.0
// The sessions that read: a few, shared by all threads, renewed when they break.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "storage/postgres/connector.h"

namespace selfsame::storage::postgres {

/// Thread-safe.
class Readers {
 public:
  /// Connects when a session is first needed.
  /// @param count  at least one
  Readers(Connector& connector, std::size_t count) : connector_(connector), idle_(count) {}

  /// Runs `job` on this thread as soon as a session is free. It sees all that was committed before
  /// the call. A session that turns out to have broken is renewed and the job run once more.
  /// @param job  Result<T>(Connection&); only reads, may run twice
  template <class Job>
  [[nodiscard]] std::invoke_result_t<Job&, Connection&> run(Job job) {
    Lease lease(*this);
    if (lease.session && lease.session->usable()) {
      auto answer = job(*lease.session);
      if (lease.session->usable()) return answer;
    }
    lease.session.reset();
    SELFSAME_TRY(session, connector_.connect(Connection::Mode::read_only));
    lease.session.emplace(std::move(session));
    return job(*lease.session);
  }

 private:
  using Session = std::optional<Connection>;

  struct Lease {
    explicit Lease(Readers& from) : readers(from), session(from.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers.give_back(std::move(session)); }

    Readers& readers;
    Session session;
  };

  [[nodiscard]] Session take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !idle_.empty(); });
    Session session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void give_back(Session session) noexcept {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(session));  // capacity is there: it came from here
    }
    freed_.notify_one();
  }

  Connector& connector_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Session> idle_;
};

}  // namespace selfsame::storage::postgres
