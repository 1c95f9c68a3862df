// SPDX-License-Identifier: Apache-2.0
// The one thread that writes to SQLite; see storage/group_commit.h.
#pragma once

#include <utility>

#include "base/result.h"
#include "storage/group_commit.h"
#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// Thread-safe.
class Writer {
 public:
  explicit Writer(Connection connection);

  /// Runs `job` on the writer's thread, in a transaction that other jobs may share, and returns its
  /// Result once that transaction is durable. What a job that returned an error or threw had
  /// written is undone, without harm to the others; exceptions are rethrown here. When the commit
  /// fails, nothing of any job is kept and all of them get `storage_unavailable`.
  /// @param job  Result<T>(Connection&); must leave transactions alone
  template <class Job>
  [[nodiscard]] auto run(Job job) {
    return commits_.run(std::move(job));
  }

 private:
  using Commits = GroupCommit<Connection>;

  [[nodiscard]] Result<void> commit(Commits::Batch batch);
  [[nodiscard]] Result<void> run_all(Commits::Batch batch);
  [[nodiscard]] Result<void> run_one(Commits::Job& job);

  Connection connection_;  // of the thread, once it runs
  Commits commits_;        // last: its thread uses what is above
};

}  // namespace selfsame::storage::sqlite
