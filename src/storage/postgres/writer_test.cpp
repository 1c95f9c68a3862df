// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/writer.h"

#include <atomic>
#include <barrier>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "storage/postgres/migrate.h"
#include "storage/postgres/test_server.h"

namespace selfsame::storage::postgres {
namespace {

class PostgresWriter : public ::testing::Test {
 protected:
  void SetUp() override {
    SELFSAME_NEEDS_POSTGRES();
    database_.emplace();
    connector_.emplace(database_->target());
  }

  void make_table() { database_->meddle("CREATE TABLE t (n BIGINT PRIMARY KEY)"); }
  [[nodiscard]] std::int64_t rows() const { return database_->number("SELECT count(*) FROM t"); }

  std::optional<testing::TemporaryDatabase> database_;
  std::optional<Connector> connector_;
};

Result<void> insert(Connection& connection, std::int64_t number) {
  return connection.run("INSERT INTO t (n) VALUES ($1)", {number});
}

TEST_F(PostgresWriter, JobsShareCommitsAndFailAlone) {
  make_table();
  for (const std::size_t sessions : {1U, 3U}) {
    database_->meddle("TRUNCATE t");
    Writer writer(*connector_, sessions);
    std::atomic<int> conflicts = 0;
    std::atomic<int> thrown = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          const std::int64_t number = t * 1000 + i;
          EXPECT_TRUE(writer.run([&](Connection& c) { return insert(c, number); }));
          // Writes a row, then fails: only this job is undone.
          const auto twice = writer.run([&](Connection& c) -> Result<void> {
            SELFSAME_CHECK(insert(c, number + 500'000));
            return insert(c, number);
          });
          if (!twice && twice.error().code == Errc::conflict) ++conflicts;
          try {
            (void)writer.run([&](Connection& c) -> Result<void> {
              (void)insert(c, number + 700'000);
              throw std::logic_error("bug");
            });
          } catch (const std::logic_error&) {
            ++thrown;
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(conflicts, 160);
    EXPECT_EQ(thrown, 160);
    EXPECT_EQ(rows(), 160);
  }
}

TEST_F(PostgresWriter, JobsThatWaitAreCommittedTogether) {
  make_table();
  Writer writer(*connector_, 1);
  constexpr int kJobs = 16;
  std::atomic<bool> held = false;
  std::atomic<int> waiting = 0;
  std::vector<std::thread> threads;
  // The first job holds the writer until all others wait (they are about to when they say so).
  threads.emplace_back([&] {
    EXPECT_TRUE(writer.run([&](Connection&) -> Result<void> {
      held = true;
      while (waiting < kJobs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      return {};
    }));
  });
  while (!held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (int t = 0; t < kJobs; ++t) {
    threads.emplace_back([&, t] {
      ++waiting;
      EXPECT_TRUE(writer.run([&](Connection& c) { return insert(c, t); }));
      EXPECT_EQ(rows(), kJobs) << "acknowledged together, and not before all can be seen";
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(database_->number("SELECT count(DISTINCT xmin::text) FROM t"), 1) << "one transaction";
}

TEST_F(PostgresWriter, ACommitThatFailsFailsEveryJobOfIt) {
  database_->meddle(
      "CREATE TABLE p (n BIGINT PRIMARY KEY);"
      "CREATE TABLE t (n BIGINT REFERENCES p(n) DEFERRABLE INITIALLY DEFERRED)"
  );
  Writer writer(*connector_, 1);
  // A deferred foreign key is only looked at by COMMIT.
  const auto orphan = writer.run([](Connection& c) { return insert(c, 1); });
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().code, Errc::storage_unavailable);
  EXPECT_EQ(rows(), 0);
  EXPECT_TRUE(writer.run([](Connection& c) { return c.run("INSERT INTO p VALUES (1)"); }));
  EXPECT_TRUE(writer.run([](Connection& c) { return insert(c, 1); }));
}

TEST_F(PostgresWriter, AJobThatHidesAFailureIsNotAcknowledged) {
  make_table();
  Writer writer(*connector_, 1);
  ASSERT_TRUE(writer.run([](Connection& c) { return insert(c, 1); }));
  EXPECT_THROW(
      (void)writer.run([](Connection& c) -> Result<void> {
        (void)insert(c, 1);
        return {};
      }),
      std::logic_error
  );
  EXPECT_TRUE(writer.run([](Connection& c) { return insert(c, 2); }));
}

TEST_F(PostgresWriter, WrongSqlIsABugAndNotTheEnd) {
  Writer writer(*connector_, 1);
  EXPECT_THROW((void)writer.run([](Connection& c) { return c.run("SELEC 1"); }), std::logic_error);
  EXPECT_TRUE(writer.run([](Connection& c) { return c.run("SELECT 1"); }));
}

TEST_F(PostgresWriter, ADeadlockIsRunAgain) {
  make_table();
  database_->meddle("ALTER TABLE t ADD COLUMN hits BIGINT NOT NULL DEFAULT 0");
  database_->meddle("INSERT INTO t VALUES (1), (2)");
  Writer one(*connector_, 1);
  Writer two(*connector_, 1);
  std::barrier both(2);
  const auto hit = [&](Writer& writer, std::int64_t first, std::int64_t second) {
    bool again = false;
    const auto done = writer.run([&](Connection& c) -> Result<void> {
      constexpr const char* kHit = "UPDATE t SET hits = hits + 1 WHERE n = $1";
      SELFSAME_CHECK(c.run(kHit, {first}));
      if (!again) both.arrive_and_wait();  // each holds what the other wants next
      again = true;
      return c.run(kHit, {second});
    });
    EXPECT_TRUE(done) << done.error().detail;
  };
  std::thread other([&] { hit(two, 2, 1); });
  hit(one, 1, 2);
  other.join();
  EXPECT_EQ(database_->number("SELECT min(hits) * 10 + max(hits) FROM t"), 22);
}

TEST_F(PostgresWriter, ASessionThatEndsBeforeCommitIsRenewed) {
  make_table();
  Writer writer(*connector_, 1);
  ASSERT_TRUE(writer.run([](Connection& c) { return insert(c, 1); }));
  database_->end_sessions();
  EXPECT_TRUE(writer.run([](Connection& c) { return insert(c, 2); })) << "while it was idle";
  int runs = 0;
  const auto done = writer.run([&](Connection& c) -> Result<void> {
    SELFSAME_CHECK(insert(c, 3));
    if (++runs == 1) return c.run("SELECT pg_terminate_backend(pg_backend_pid())");
    return {};
  });
  EXPECT_TRUE(done) << done.error().detail;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(rows(), 3);
}

TEST_F(PostgresWriter, ASessionThatAlwaysEndsIsUnavailable) {
  make_table();
  Writer writer(*connector_, 1);
  const auto done = writer.run([&](Connection& c) -> Result<void> {
    SELFSAME_CHECK(insert(c, 3));
    return c.run("SELECT pg_terminate_backend(pg_backend_pid())");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::storage_unavailable);
  EXPECT_EQ(rows(), 0);
}

TEST_F(PostgresWriter, AReadOnlyDatabaseIsUnavailable) {
  make_table();
  database_->meddle(
      "ALTER DATABASE " + database_->name() + " SET default_transaction_read_only = on"
  );
  Writer writer(*connector_, 1);
  const auto written = writer.run([](Connection& c) { return insert(c, 1); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::storage_unavailable);
}

// Migrations, on small tables of their own.

constexpr Timestamp kNow{};
constexpr Migration kHistory[] = {
    {1, "start", "CREATE TABLE a (n BIGINT); INSERT INTO a VALUES (1)"},
    {2, "second", "CREATE TABLE b (n BIGINT); INSERT INTO b SELECT n FROM a"},
};
const auto kNothing = [](Connection&) -> Result<void> { return {}; };

TEST_F(PostgresWriter, MigrationsRunOnceAndInOrder) {
  Connection connection = database_->connect();
  const std::span<const Migration> history(kHistory);
  ASSERT_TRUE(migrate(connection, history.first(1), kNow, kNothing));
  ASSERT_TRUE(migrate(connection, history.first(1), kNow, kNothing));
  EXPECT_EQ(database_->number("SELECT count(*) FROM a"), 1);
  ASSERT_TRUE(migrate(connection, history, kNow, kNothing));
  EXPECT_EQ(database_->number("SELECT count(*) FROM b"), 1);
  EXPECT_EQ(database_->number("SELECT max(version) FROM schema_version"), 2);
  const auto older = migrate(connection, history.first(1), kNow, kNothing);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Errc::conflict);
}

TEST_F(PostgresWriter, AMigrationThatFailsChangesNothing) {
  Connection connection = database_->connect();
  const Migration broken[] = {kHistory[0], {2, "broken", "INSERT INTO a VALUES (2); NONSENSE"}};
  EXPECT_THROW((void)migrate(connection, broken, kNow, kNothing), std::logic_error);
  EXPECT_FALSE(has_table(connection, "a").value());
  EXPECT_FALSE(has_table(connection, "schema_version").value());
}

TEST_F(PostgresWriter, ServersThatStartTogetherMigrateOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> migrated = 0;
  std::barrier start(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      Connection connection = database_->connect();
      start.arrive_and_wait();
      const auto done = migrate(connection, kHistory, kNow, kNothing);
      EXPECT_TRUE(done) << done.error().detail;
      if (done) ++migrated;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(migrated, 8);
  EXPECT_EQ(database_->number("SELECT count(*) FROM a"), 1);
}

}  // namespace
}  // namespace selfsame::storage::postgres
