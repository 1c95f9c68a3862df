// SPDX-License-Identifier: Apache-2.0
// The threads that write to PostgreSQL; see storage/group_commit.h.
#pragma once

#include <utility>

#include "base/result.h"
#include "storage/group_commit.h"
#include "storage/postgres/connector.h"

namespace selfsame::storage::postgres {

/// Thread-safe.
class Writer {
 public:
  /// Connects when a session is first needed.
  /// @param sessions  how many write at the same time, each on a thread of its own
  Writer(Connector& connector, std::size_t sessions);

  /// Runs `job` on a writer's thread, in a transaction that other jobs may share, and returns its
  /// Result once the server has confirmed the COMMIT. What a job that returned an error or threw
  /// had written is undone, without harm to the others; exceptions are rethrown here.
  ///
  /// A transaction that lost a race (deadlock, serialization) or whose session broke before COMMIT
  /// was sent is run again. When that does not help, or the session breaks during COMMIT, all jobs
  /// of it get `storage_unavailable`: nothing was acknowledged, and after a broken COMMIT it is not
  /// known whether the rows are there.
  /// @param job  Result<T>(Connection&); must leave transactions alone, may run more than once
  template <class Job>
  [[nodiscard]] auto run(Job job) {
    return commits_.run(std::move(job));
  }

 private:
  using Commits = GroupCommit<Connection>;

  Commits commits_;
};

}  // namespace selfsame::storage::postgres
