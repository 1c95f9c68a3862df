// SPDX-License-Identifier: Apache-2.0
// The one thread that writes. Jobs that wait while it is busy share the next commit (group commit):
// a sync of the disk costs the same for one job as for a hundred.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// Thread-safe. The queue is as long as there are threads that wait in run(), no longer.
class Writer {
 public:
  explicit Writer(Connection connection);
  /// Ends after what is queued. No call of run() may begin any more.
  ~Writer();

  /// Runs `job` on the writer's thread, in a transaction that other jobs may share, and returns its
  /// Result once that transaction is durable. What a job that returned an error or threw had
  /// written is undone, without harm to the others; exceptions are rethrown here. When the commit
  /// fails, nothing of any job is kept and all of them get `storage_unavailable`.
  /// @param job  Result<T>(Connection&); must leave transactions alone
  template <class Job>
  [[nodiscard]] std::invoke_result_t<Job&, Connection&> run(Job job) {
    std::optional<std::invoke_result_t<Job&, Connection&>> answer;
    Task task;
    task.work = [&](Connection& connection) -> std::optional<Error> {
      answer.emplace(job(connection));
      return answer->has_value() ? std::nullopt : std::optional<Error>(answer->error());
    };
    SELFSAME_CHECK(submit(task));
    if (!answer) throw std::logic_error("a committed job has not run");
    return std::move(*answer);
  }

 private:
  struct Task {
    std::function<std::optional<Error>(Connection&)> work;
    Result<void> committed;
    std::exception_ptr thrown;
    bool done = false;
    std::condition_variable finished;
  };

  [[nodiscard]] Result<void> submit(Task& task);
  void serve();
  [[nodiscard]] Result<void> commit(const std::vector<Task*>& batch);
  [[nodiscard]] Result<void> run_one(Task& task);

  Connection connection_;  // of the thread, once it runs
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task*> queue_;
  bool stopping_ = false;
  std::thread thread_;  // last: everything above exists when it starts
};

}  // namespace selfsame::storage::sqlite
