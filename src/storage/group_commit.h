// SPDX-License-Identifier: Apache-2.0
// Group commit: jobs that wait while a writer is busy share its next transaction. A sync of the
// disk costs the same for one job as for a hundred.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selfsame::storage {

/// Thread-safe. The queue is as long as there are threads that wait in run(), no longer.
template <class Connection>
class GroupCommit {
 public:
  struct Job {
    /// Does the work; the error that it returned, if it did. May be called more than once: the last
    /// time counts.
    std::function<std::optional<Error>(Connection&)> work;
    std::exception_ptr thrown;  // by the work; nothing else of the job counts then
  };
  using Batch = std::span<Job* const>;

  /// Runs the work of all jobs in one transaction and returns once it is durable. What a job that
  /// failed or threw had written must be undone, without harm to the others. An error or exception
  /// means that no job may be taken for done, and all of them get it.
  using Committer = std::function<Result<void>(Batch)>;

  /// One thread for each committer, which only that thread calls.
  explicit GroupCommit(std::vector<Committer> committers) {
    for (Committer& committer : committers) {
      threads_.emplace_back([this, commit = std::move(committer)] { serve(commit); });
    }
  }
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// Ends after what is queued. No call of run() may begin any more.
  ~GroupCommit() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Queues `job` and returns its Result once the transaction that it ran in is durable. Exceptions
  /// of the job are rethrown here.
  /// @param job  Result<T>(Connection&); must leave transactions alone
  template <class Function>
  [[nodiscard]] std::invoke_result_t<Function&, Connection&> run(Function job) {
    std::optional<std::invoke_result_t<Function&, Connection&>> answer;
    Waiting waiting;
    waiting.work = [&](Connection& connection) -> std::optional<Error> {
      answer.emplace(job(connection));
      return answer->has_value() ? std::nullopt : std::optional<Error>(answer->error());
    };
    SELFSAME_CHECK(submit(waiting));
    if (!answer) throw std::logic_error("a committed job has not run");
    return std::move(*answer);
  }

 private:
  /// Bounds how long the first job of a batch waits for the others.
  static constexpr std::size_t kMaxBatch = 256;

  struct Waiting : Job {
    Result<void> committed;
    bool done = false;
    std::condition_variable finished;
  };

  [[nodiscard]] Result<void> submit(Waiting& job) {
    std::unique_lock lock(mutex_);
    queue_.push_back(&job);
    arrived_.notify_one();
    job.finished.wait(lock, [&job] { return job.done; });
    if (job.thrown) std::rethrow_exception(job.thrown);
    return std::move(job.committed);
  }

  void serve(const Committer& commit) {
    std::unique_lock lock(mutex_);
    for (;;) {
      arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
      const std::vector<Job*> batch(queue_.begin(), queue_.begin() + count);
      queue_.erase(queue_.begin(), queue_.begin() + count);
      lock.unlock();

      Result<void> committed;
      std::exception_ptr thrown;
      try {
        committed = commit(batch);
      } catch (...) {
        thrown = std::current_exception();
      }

      lock.lock();
      for (Job* const job : batch) {
        auto& waiting = static_cast<Waiting&>(*job);
        waiting.committed = committed;
        if (thrown) waiting.thrown = thrown;
        waiting.done = true;
        waiting.finished.notify_one();  // under the lock: it is gone once its owner has it
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job*> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // last: everything above exists when they start
};

}  // namespace selfsame::storage
