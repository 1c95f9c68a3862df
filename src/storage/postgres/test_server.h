// SPDX-License-Identifier: Apache-2.0
// For tests only: databases of their own on the server that ./test started
// (tests/peers/postgres.sh).
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "storage/postgres/connection.h"

// Leaves the test when there is no server to test with.
#define SELFSAME_NEEDS_POSTGRES()                                                           \
  if (::selfsame::storage::postgres::testing::server_url().empty()) {                       \
    GTEST_SKIP() << "no PostgreSQL: SELFSAME_TEST_POSTGRES=$(tests/peers/postgres.sh start" \
                    " DIR); ./test does that by itself";                                    \
  }                                                                                         \
  static_assert(true)

namespace selfsame::storage::postgres::testing {

/// Empty when none was started.
[[nodiscard]] inline std::string server_url() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
  const char* const url = std::getenv("SELFSAME_TEST_POSTGRES");
  return url == nullptr ? "" : url;
}

[[nodiscard]] inline Connection connect_to(const std::string& url) {
  auto connection = Connection::open({.url = url, .password = {}}, Connection::Mode::read_write);
  if (!connection) throw std::runtime_error(connection.error().detail);
  return std::move(*connection);
}

/// An empty database, dropped with all that is in it.
class TemporaryDatabase {
 public:
  TemporaryDatabase() {
    static int count = 0;
    name_ = "selfsame_" + std::to_string(::getpid()) + '_' + std::to_string(++count);
    command("CREATE DATABASE " + name_);
  }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
  ~TemporaryDatabase() {
    try {
      command("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {
    }
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string url() const {
    const std::string server = server_url();
    return server.substr(0, server.rfind('/') + 1) + name_;
  }
  [[nodiscard]] Target target() const { return {.url = url(), .password = {}}; }
  [[nodiscard]] Connection connect() const { return connect_to(url()); }

  /// Runs `sql` behind everyone's back.
  void meddle(const std::string& sql) const {
    Connection connection = connect();
    const auto done = connection.execute(sql);
    if (!done) throw std::runtime_error(done.error().detail);
  }

  /// The first column of the first row; -1 when there is none.
  [[nodiscard]] std::int64_t number(std::string_view sql) const {
    Connection connection = connect();
    auto row = connection.query(sql).value();
    return row.next() ? row.integer(0) : -1;
  }

  /// Ends all other sessions, as an administrator or a crash of the server would.
  void end_sessions() const {
    meddle(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    );
  }

 private:
  static void command(const std::string& sql) {
    Connection connection = connect_to(server_url());
    const auto waits = connection.wait_long();
    const auto done = connection.execute(sql);
    if (!waits || !done) throw std::runtime_error((waits ? done : waits).error().detail);
  }

  std::string name_;
};

}  // namespace selfsame::storage::postgres::testing
