// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/writer.h"

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace selfsame::storage::postgres {
namespace {

using Commits = GroupCommit<Connection>;

constexpr int kAttempts = 5;

/// One batch in one transaction of one session.
class Transaction {
 public:
  Transaction(Connection& connection, Commits::Batch batch)
      : connection_(connection), batch_(batch) {}

  [[nodiscard]] Result<void> run();
  /// After a failed run(): whether it is certain that nothing happened and it may run again.
  [[nodiscard]] bool nothing_happened() const {
    return connection_.lost_a_race() || (!connection_.usable() && !commit_sent_);
  }

 private:
  [[nodiscard]] Result<bool> run_together();
  [[nodiscard]] Result<void> run_apart();
  [[nodiscard]] Result<bool> run_one(Commits::Job& job);

  Connection& connection_;
  Commits::Batch batch_;
  bool commit_sent_ = false;
};

/// Savepoints cost round trips for every job: a batch goes without, and when one of its jobs fails,
/// which is rare, all run again with them.
Result<void> Transaction::run() {
  SELFSAME_TRY(together, run_together());
  if (!together) {
    connection_.roll_back();
    if (batch_.size() == 1) return {};  // its own answer tells
    SELFSAME_CHECK(run_apart());
  }
  commit_sent_ = true;
  auto committed = connection_.commit();
  if (!committed) committed.error().code = Errc::storage_unavailable;
  return committed;
}

/// False when a job failed.
Result<bool> Transaction::run_together() {
  SELFSAME_CHECK(connection_.execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  for (Commits::Job* const job : batch_) {
    SELFSAME_TRY(done, run_one(*job));
    if (!done) return false;
  }
  return true;
}

Result<void> Transaction::run_apart() {
  SELFSAME_CHECK(connection_.execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  for (Commits::Job* const job : batch_) {
    SELFSAME_CHECK(connection_.execute("SAVEPOINT job"));
    SELFSAME_TRY(done, run_one(*job));
    SELFSAME_CHECK(connection_.execute(done ? "RELEASE job" : "ROLLBACK TO job; RELEASE job"));
  }
  return {};
}

/// False when the job failed and what it wrote must be undone; an error when the whole transaction
/// must be.
Result<bool> Transaction::run_one(Commits::Job& job) {
  job.thrown = nullptr;
  std::optional<Error> failed;
  try {
    failed = job.work(connection_);
  } catch (...) {
    job.thrown = std::current_exception();
  }
  if (!connection_.usable() || connection_.lost_a_race()) {
    return fail(
        Errc::storage_unavailable,
        failed ? std::move(failed->detail) : std::string("postgres: the transaction was ended")
    );
  }
  if (!failed && !job.thrown && connection_.transaction_failed()) {
    job.thrown = std::make_exception_ptr(std::logic_error("a job hid that its statement failed"));
  }
  return !failed && !job.thrown;
}

/// The one session of one writer's thread, renewed when it breaks.
class Session {
 public:
  explicit Session(Connector& connector) : connector_(connector) {}

  [[nodiscard]] Result<void> commit(Commits::Batch batch) {
    Result<void> done;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      SELFSAME_TRY(connection, connected());
      Transaction transaction(*connection, batch);
      try {
        done = transaction.run();
      } catch (...) {
        connection_.reset();
        throw;
      }
      if (done) return done;
      const bool again = transaction.nothing_happened();
      connection->roll_back();
      if (!again) return done;
    }
    return done;
  }

 private:
  [[nodiscard]] Result<Connection*> connected() {
    if (!connection_ || !connection_->usable()) {
      connection_.reset();
      SELFSAME_TRY(made, connector_.connect(Connection::Mode::read_write));
      connection_ = std::make_unique<Connection>(std::move(made));
    }
    return connection_.get();
  }

  Connector& connector_;
  std::unique_ptr<Connection> connection_;
};

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
