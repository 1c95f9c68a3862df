// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/writer.h"

#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

namespace selfsame::storage::postgres {
namespace {

using Commits = GroupCommit<Connection>;

constexpr int kAttempts = 5;

/// The one session of one writer's thread.
class Session {
 public:
  explicit Session(Connector& connector) : connector_(connector) {}

  [[nodiscard]] Result<void> commit(Commits::Batch batch);

 private:
  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<void> transact(Commits::Batch batch);
  [[nodiscard]] Result<bool> run_together(Commits::Batch batch);
  [[nodiscard]] Result<void> run_apart(Commits::Batch batch);
  [[nodiscard]] Result<bool> run_one(Commits::Job& job);

  Connector& connector_;
  std::optional<Connection> connection_;
  bool commit_sent_ = false;
};

Result<void> Session::commit(Commits::Batch batch) {
  Result<void> done;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    SELFSAME_CHECK(connect());
    try {
      done = transact(batch);
    } catch (...) {
      connection_.reset();
      throw;
    }
    if (done) return done;
    const bool nothing_happened =
        connection_->lost_a_race() || (!connection_->usable() && !commit_sent_);
    connection_->roll_back();
    if (!nothing_happened) return done;
  }
  return done;
}

Result<void> Session::connect() {
  if (connection_ && connection_->usable()) return {};
  connection_.reset();
  SELFSAME_TRY(connection, connector_.connect(Connection::Mode::read_write));
  connection_.emplace(std::move(connection));
  return {};
}

/// Savepoints cost round trips for every job: a batch goes without, and when one of its jobs fails,
/// which is rare, all run again with them.
Result<void> Session::transact(Commits::Batch batch) {
  commit_sent_ = false;
  SELFSAME_TRY(together, run_together(batch));
  if (!together) {
    connection_->roll_back();
    if (batch.size() == 1) return {};  // its own answer tells
    SELFSAME_CHECK(run_apart(batch));
  }
  commit_sent_ = true;
  auto committed = connection_->commit();
  if (!committed) committed.error().code = Errc::storage_unavailable;
  return committed;
}

/// False when a job failed.
Result<bool> Session::run_together(Commits::Batch batch) {
  SELFSAME_CHECK(connection_->execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  for (Commits::Job* const job : batch) {
    SELFSAME_TRY(done, run_one(*job));
    if (!done) return false;
  }
  return true;
}

Result<void> Session::run_apart(Commits::Batch batch) {
  SELFSAME_CHECK(connection_->execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  for (Commits::Job* const job : batch) {
    SELFSAME_CHECK(connection_->execute("SAVEPOINT job"));
    SELFSAME_TRY(done, run_one(*job));
    SELFSAME_CHECK(connection_->execute(done ? "RELEASE job" : "ROLLBACK TO job; RELEASE job"));
  }
  return {};
}

/// False when the job failed and what it wrote must be undone; an error when the whole transaction
/// must be.
Result<bool> Session::run_one(Commits::Job& job) {
  job.thrown = nullptr;
  std::optional<Error> failed;
  try {
    failed = job.work(*connection_);
  } catch (...) {
    job.thrown = std::current_exception();
  }
  if (!connection_->usable() || connection_->lost_a_race()) {
    return fail(
        Errc::storage_unavailable,
        failed ? std::move(failed->detail) : std::string("postgres: the transaction was ended")
    );
  }
  if (!failed && !job.thrown && connection_->transaction_failed()) {
    job.thrown = std::make_exception_ptr(std::logic_error("a job hid that its statement failed"));
  }
  return !failed && !job.thrown;
}

}  // namespace

Writer::Writer(Connector& connector, std::size_t sessions)
    : commits_([&] {
        std::vector<Commits::Committer> committers;
        for (std::size_t i = 0; i < sessions; ++i) {
          const auto session = std::make_shared<Session>(connector);
          committers.emplace_back([session](Commits::Batch batch) { return session->commit(batch); }
          );
        }
        return committers;
      }()) {}

}  // namespace selfsame::storage::postgres
