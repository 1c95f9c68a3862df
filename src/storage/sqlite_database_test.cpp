// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_database.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "base/crypto.h"
#include "storage/durable_file.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/migrate.h"
#include "storage/test_old_accounts.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using sqlite::Connection;
using testing::check_moved_accounts;
using testing::content_of;
using testing::kOldAccounts;
using testing::master_key_of;
using testing::TemporaryDirectory;

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'000)};

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Database> open() {
    auto database = open_database(path_, master_key_of(1));
    if (!database) throw std::runtime_error(database.error().detail);
    return std::move(*database);
  }

  void check_refused(Errc code, std::string_view words) {
    const auto database = open_database(path_, master_key_of(1));
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, code) << database.error().detail;
    EXPECT_NE(database.error().detail.find(words), std::string::npos) << database.error().detail;
  }

  TemporaryDirectory place_;
  std::filesystem::path path_ = place_.path() / "data" / "selfsame.db";
};

TEST_F(SqliteDatabaseTest, FilesArePrivate) {
  const auto database = open();
  ASSERT_TRUE(database->access_keys().create("bank", kNow));
  using enum std::filesystem::perms;
  EXPECT_EQ(testing::mode_of(path_.parent_path()), owner_all);
  const auto files = testing::files_below(path_.parent_path());
  EXPECT_EQ(files.size(), 3U) << "database, -wal, -shm";
  for (const auto& file : files)
    EXPECT_EQ(testing::mode_of(file), owner_read | owner_write) << file;
}

TEST_F(SqliteDatabaseTest, AccountStatesAndTheLedgerMoveToTheCustomers) {
  const auto folder = make_directory(path_.parent_path());
  ASSERT_TRUE(folder) << folder.error().detail;
  std::ofstream(path_).flush();
  {
    auto old = Connection::open(path_, Connection::Mode::read_write).value();
    ASSERT_TRUE(sqlite::migrate(old, sqlite_migrations().first(5), kNow));
    ASSERT_TRUE(old.execute(kOldAccounts));
  }
  check_moved_accounts(*open());
}

TEST_F(SqliteDatabaseTest, NoSecretIsInTheFiles) {
  std::vector<AccessKeyWithSecrets> keys;
  const auto check = [&] {
    for (const auto& file : testing::files_below(path_.parent_path())) {
      const std::string content = content_of(file);
      for (const auto& key : keys) {
        EXPECT_EQ(content.find(text_of(key.access_key_secret.reveal())), std::string::npos) << file;
        EXPECT_EQ(content.find(text_of(key.appcode.reveal())), std::string::npos) << file;
        const auto hash = sha256(key.appcode.reveal());  // unkeyed: could be tried out
        EXPECT_EQ(content.find(text_of(hash)), std::string::npos) << file;
      }
    }
  };
  {
    const auto database = open();
    for (int i = 0; i < 20; ++i) {
      keys.push_back(database->access_keys().create("customer-visible", kNow).value());
    }
    check();
  }
  check();
  EXPECT_NE(content_of(path_).find("customer-visible"), std::string::npos) << "the check sees rows";
}

TEST_F(SqliteDatabaseTest, WhatIsNoDatabaseIsRefused) {
  std::filesystem::create_directories(path_.parent_path());
  testing::overwrite(path_, std::string(8192, 'x'));
  check_refused(Errc::storage_unavailable, "not a database");
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  check_refused(Errc::storage_unavailable, "sqlite");
}

TEST_F(SqliteDatabaseTest, EveryAcknowledgedWriteIsSynced) {
  (void)open();
  auto connection = Connection::open(path_, Connection::Mode::read_write);
  ASSERT_TRUE(connection);
  const auto setting = [&](const char* pragma) {
    auto row = connection->query(pragma).value();
    EXPECT_TRUE(row.next().value());
    return row.text(0);
  };
  EXPECT_EQ(setting("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(setting("PRAGMA synchronous"), "2");  // FULL
  EXPECT_EQ(setting("PRAGMA foreign_keys"), "1");
  EXPECT_EQ(setting("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteDatabaseTest, AFailedWriteIsNotAcknowledgedAndLeavesNothing) {
  // A file-size limit stands in for a full disk; the child ends before this process has threads.
  EXPECT_EQ(
      testing::in_child([&] {
        const auto database = open();
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{100'000, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &small) != 0) return 1;
        const OutcomeRecord large{
            .id = "large", .customer = "bank", .calibration = std::string(1'000'000, 'x')
        };
        const LedgerEntry charge{.outcome_id = "large", .customer = "bank"};
        const auto failed = database->outcomes().commit(large, charge);
        if (failed || failed.error().code != Errc::storage_unavailable) return 2;
        if (database->outcomes().find("bank", "large")) return 3;
        if (!database->outcomes().ledger("bank").value().empty()) return 4;
        // With room again, the same process goes on.
        const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &none) != 0) return 5;
        if (!database->outcomes().commit(large, charge)) return 6;
        return 0;
      }),
      0
  );
  const auto database = open();
  EXPECT_TRUE(database->outcomes().find("bank", "large"));
  EXPECT_EQ(database->outcomes().ledger("bank").value().size(), 1U);
}

}  // namespace
}  // namespace selfsame::storage
