// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/writer.h"

#include <atomic>
#include <chrono>
#include <stdexcept>

#include "storage/sqlite/migrate.h"
#include "storage/test_places.h"

namespace selfsame::storage::sqlite {
namespace {

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() { testing::overwrite(path_, ""); }

  [[nodiscard]] Connection connect() {
    auto connection = Connection::open(path_, Connection::Mode::read_write);
    if (!connection) throw std::runtime_error(connection.error().detail);
    return std::move(*connection);
  }

  [[nodiscard]] std::int64_t count(std::string_view sql) {
    Connection connection = connect();
    auto row = connection.query(sql).value();
    return row.next().value() ? row.integer(0) : -1;
  }

  testing::TemporaryDirectory place_;
  std::filesystem::path path_ = place_.path() / "test.db";
};

Result<void> insert(Connection& connection, std::int64_t number) {
  return connection.run("INSERT INTO t (n, filler) VALUES (?1, zeroblob(2000))", {number});
}

constexpr const char* kTable = "CREATE TABLE t (n INTEGER PRIMARY KEY, filler BLOB) STRICT";

TEST_F(WriterTest, JobsShareCommitsAndFailAlone) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(kTable));
  Writer writer(std::move(connection));
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
  EXPECT_EQ(count("SELECT count(*) FROM t"), 160);
}

TEST_F(WriterTest, JobsThatWaitAreCommittedTogether) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(kTable));
  Writer writer(std::move(connection));
  constexpr int kJobs = 16;
  std::atomic<bool> held = false;
  std::atomic<int> waiting = 0;
  std::atomic<int> shared = 0;
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
      EXPECT_TRUE(writer.run([&](Connection& c) -> Result<void> {
        SELFSAME_CHECK(insert(c, t));
        // What another connection does not see is not committed yet.
        if (count("SELECT count(*) FROM t") == 0) ++shared;
        return {};
      }));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(shared, kJobs) << "all shared the second commit";
}

TEST_F(WriterTest, AFullDatabaseIsUnavailableAndGoesOnWithRoom) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(kTable));
  ASSERT_TRUE(connection.execute("PRAGMA max_page_count = 20"));
  Writer writer(std::move(connection));
  int stored = 0;
  Result<void> last;
  while (stored < 1000 && last) {
    last = writer.run([&](Connection& c) { return insert(c, stored); });
    if (last) ++stored;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Errc::storage_unavailable);
  EXPECT_EQ(count("SELECT count(*) FROM t"), stored);
  ASSERT_TRUE(writer.run([](Connection& c) { return c.run("DELETE FROM t WHERE n < 5"); }));
  EXPECT_TRUE(writer.run([&](Connection& c) { return insert(c, 1000); }));
}

TEST_F(WriterTest, AReadOnlyDatabaseIsUnavailable) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(kTable));
  ASSERT_TRUE(connection.execute("PRAGMA query_only = ON"));
  Writer writer(std::move(connection));
  const auto written = writer.run([](Connection& c) { return insert(c, 1); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::storage_unavailable);
}

TEST_F(WriterTest, ACommitThatFailsFailsEveryJobOfIt) {
  Connection connection = connect();
  ASSERT_TRUE(connection.execute(
      "CREATE TABLE p (n INTEGER PRIMARY KEY) STRICT;"
      "CREATE TABLE t (n INTEGER REFERENCES p(n) DEFERRABLE INITIALLY DEFERRED) STRICT"
  ));
  Writer writer(std::move(connection));
  // A deferred foreign key is only looked at by COMMIT.
  const auto orphan = writer.run([](Connection& c) { return c.run("INSERT INTO t VALUES (1)"); });
  ASSERT_FALSE(orphan);
  EXPECT_EQ(count("SELECT count(*) FROM t"), 0);
  EXPECT_TRUE(writer.run([](Connection& c) { return c.run("INSERT INTO p VALUES (1)"); }));
  EXPECT_TRUE(writer.run([](Connection& c) { return c.run("INSERT INTO t VALUES (1)"); }));
}

TEST_F(WriterTest, WrongSqlIsABugAndNotTheEnd) {
  Writer writer(connect());
  EXPECT_THROW((void)writer.run([](Connection& c) { return c.run("SELEC 1"); }), std::logic_error);
  EXPECT_THROW(
      (void)writer.run([](Connection& c) { return c.run("SELECT ?1"); }), std::logic_error
  );
  EXPECT_TRUE(writer.run([](Connection& c) { return c.run("SELECT 1"); }));
}

// Migrations, on the same small tables.

constexpr Timestamp kNow{};
constexpr Migration kHistory[] = {
    {1, "start", "CREATE TABLE a (n INTEGER) STRICT; INSERT INTO a VALUES (1)"},
    {2, "second", "CREATE TABLE b (n INTEGER) STRICT; INSERT INTO b SELECT n FROM a"},
};

TEST_F(WriterTest, MigrationsRunOnceAndInOrder) {
  Connection connection = connect();
  const std::span<const Migration> history(kHistory);
  ASSERT_TRUE(migrate(connection, history.first(1), kNow));
  ASSERT_TRUE(migrate(connection, history.first(1), kNow));
  EXPECT_EQ(count("SELECT count(*) FROM a"), 1);
  ASSERT_TRUE(migrate(connection, history, kNow));
  EXPECT_EQ(count("SELECT count(*) FROM b"), 1);
  EXPECT_EQ(count("SELECT max(version) FROM schema_version"), 2);
  const auto older = migrate(connection, history.first(1), kNow);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Errc::conflict);
}

TEST_F(WriterTest, AMigrationThatFailsChangesNothing) {
  Connection connection = connect();
  const Migration broken[] = {kHistory[0], {2, "broken", "INSERT INTO a VALUES (2); NONSENSE"}};
  EXPECT_THROW((void)migrate(connection, broken, kNow), std::logic_error);
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(count("SELECT count(*) FROM sqlite_schema"), 0);
}

TEST(Migrations, OurHistoryIsNumberedFromOne) {
  int expected = 0;
  for (const Migration& migration : sqlite_migrations()) EXPECT_EQ(migration.version, ++expected);
  EXPECT_GE(expected, 1);
}

}  // namespace
}  // namespace selfsame::storage::sqlite
