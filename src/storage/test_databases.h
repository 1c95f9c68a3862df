// SPDX-License-Identifier: Apache-2.0
// For tests that every database must pass.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>

#include "storage/postgres/test_server.h"
#include "storage/postgres_database.h"
#include "storage/repositories.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::storage::testing {

/// Somewhere rows stay while databases over them are opened and closed.
class DatabasePlace {
 public:
  virtual ~DatabasePlace() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Database>> open(const MasterKey& key) = 0;
  /// Runs `sql` behind the databases' back.
  virtual void meddle(const char* sql) = 0;
};

class SqlitePlace final : public DatabasePlace {
 public:
  Result<std::unique_ptr<Database>> open(const MasterKey& key) override {
    return open_database(path_, key);
  }
  void meddle(const char* sql) override {
    auto connection = sqlite::Connection::open(path_, sqlite::Connection::Mode::read_write);
    ASSERT_TRUE(connection) << connection.error().detail;
    const auto done = connection->execute(sql);
    ASSERT_TRUE(done) << done.error().detail;
  }

 private:
  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_.path() / "selfsame.db";
};

class PostgresPlace final : public DatabasePlace {
 public:
  Result<std::unique_ptr<Database>> open(const MasterKey& key) override {
    return open_postgres_database(database_.target(), key);
  }
  void meddle(const char* sql) override { database_.meddle(sql); }

 private:
  postgres::testing::TemporaryDatabase database_;
};

/// Nothing when no server was started.
inline std::unique_ptr<DatabasePlace> make_postgres_place() {
  if (postgres::testing::server_url().empty()) return nullptr;
  return std::make_unique<PostgresPlace>();
}

struct Kind {
  const char* name;
  std::function<std::unique_ptr<DatabasePlace>()> make;
};

inline void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name;
}  // GoogleTest's name

/// Over each of them; left out, loudly, where no server was started.
class DatabaseTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (!place_) SELFSAME_NEEDS_POSTGRES();
  }

  [[nodiscard]] std::unique_ptr<Database> open(std::uint8_t key = 1) {
    auto database = place_->open(master_key_of(key));
    if (!database) throw std::runtime_error(database.error().detail);
    return std::move(*database);
  }

  std::unique_ptr<DatabasePlace> place_ = GetParam().make();
};

}  // namespace selfsame::storage::testing

#define SELFSAME_ON_EVERY_DATABASE(Suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(                                                                \
      Databases,                                                                           \
      Suite,                                                                               \
      ::testing::Values(                                                                   \
          ::selfsame::storage::testing::Kind{                                              \
              "sqlite",                                                                    \
              [] { return std::make_unique<::selfsame::storage::testing::SqlitePlace>(); } \
          },                                                                               \
          ::selfsame::storage::testing::Kind{                                              \
              "postgres", ::selfsame::storage::testing::make_postgres_place                \
          }                                                                                \
      ),                                                                                   \
      [](const auto& kind) { return std::string(kind.param.name); }                        \
  )
