// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/writer.h"

#include <optional>
#include <string>

namespace selfsame::storage::sqlite {

Writer::Writer(Connection connection)
    : connection_(std::move(connection)),
      commits_({[this](Commits::Batch batch) { return commit(batch); }}) {}

Result<void> Writer::commit(Commits::Batch batch) {
  try {
    auto committed = run_all(batch);
    connection_.roll_back();
    return committed;
  } catch (...) {
    connection_.roll_back();
    throw;
  }
}

Result<void> Writer::run_all(Commits::Batch batch) {
  SELFSAME_CHECK(connection_.run("BEGIN IMMEDIATE"));
  for (Commits::Job* const job : batch) SELFSAME_CHECK(run_one(*job));
  return connection_.run("COMMIT");
}

Result<void> Writer::run_one(Commits::Job& job) {
  SELFSAME_CHECK(connection_.run("SAVEPOINT job"));
  std::optional<Error> failed;
  try {
    failed = job.work(connection_);
  } catch (...) {
    job.thrown = std::current_exception();
  }
  // After a failed write (full disk, ...) SQLite may have ended the whole transaction.
  if (!connection_.in_transaction()) {
    return fail(
        Errc::storage_unavailable,
        failed ? std::move(failed->detail) : std::string("sqlite: the transaction was ended")
    );
  }
  if (failed || job.thrown) SELFSAME_CHECK(connection_.run("ROLLBACK TO job"));
  return connection_.run("RELEASE job");
}

}  // namespace selfsame::storage::sqlite
