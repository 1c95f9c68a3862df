// SPDX-License-Identifier: Apache-2.0
// libpq with owners, Results and time limits. Nothing here knows our tables.
//
// Errors: what the server, the network or another process did is `storage_unavailable`; a
// constraint is `conflict`; text that the database cannot hold (a zero byte, not UTF-8) is
// `invalid_parameter`; wrong SQL is our bug and throws std::logic_error. Details never hold values
// of rows or secrets.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "storage/postgres/target.h"
#include "storage/sql_value.h"

struct pg_conn;
struct pg_result;

namespace selfsame::storage::postgres {

/// The rows of one statement, all of them in memory. The columns are those of the row that next()
/// found, from 0; a column read as what it is not throws std::logic_error.
class Rows {
 public:
  /// Moves to the next row; false when there is none.
  [[nodiscard]] bool next();

  [[nodiscard]] std::int64_t integer(int column) const;  // BIGINT or INTEGER
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] Bytes bytes(int column) const;
  [[nodiscard]] std::optional<double> real(int column) const;
  [[nodiscard]] Timestamp time(int column) const;
  [[nodiscard]] std::optional<Timestamp> optional_time(int column) const;

  /// Rows that an INSERT, UPDATE or DELETE touched, or a SELECT found.
  [[nodiscard]] std::int64_t count() const;

 private:
  friend class Connection;
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  explicit Rows(pg_result* result) : result_(result) {}
  [[nodiscard]] ByteView field(int column) const;

  std::unique_ptr<pg_result, Clear> result_;
  int row_ = -1;
};

/// One session, for one thread at a time.
class Connection {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };

  /// Connects and sets the session up: UTF-8, durable commits whatever the role's defaults say, a
  /// time limit for statements and locks. `read_only` refuses writes.
  [[nodiscard]] static Result<Connection> open(const Target& target, Mode mode);

  /// Runs statements separated by semicolons, without parameters or rows. Outside BEGIN and COMMIT
  /// they are one transaction.
  [[nodiscard]] Result<void> execute(const std::string& script);

  /// Prepares `sql` (once per connection) and runs it with `values` as $1, $2, ... in order, all of
  /// them binary. Their types are those that the statement implies, so integers are BIGINT.
  [[nodiscard]] Result<Rows> query(std::string_view sql, std::initializer_list<Value> values = {});
  /// query() by text from outside: what the database cannot hold (`invalid_parameter`) matches
  /// no row.
  [[nodiscard]] Result<Rows> look_up(std::string_view sql, std::initializer_list<Value> values);
  /// query() whose rows do not matter.
  [[nodiscard]] Result<void> run(std::string_view sql, std::initializer_list<Value> values = {});

  /// Whether the session lives. When it does not, a COMMIT that was sent may have happened.
  [[nodiscard]] bool usable() const noexcept;
  /// Whether a statement failed since BEGIN, so that the transaction can only be undone.
  [[nodiscard]] bool transaction_failed() const noexcept;
  /// Whether the last error was a deadlock or a serialization failure: the transaction may succeed
  /// when it runs again.
  [[nodiscard]] bool lost_a_race() const noexcept { return lost_a_race_; }
  /// Ends the transaction; an error also when the server turned COMMIT into ROLLBACK.
  [[nodiscard]] Result<void> commit();
  /// Undoes the transaction that is open, if one is. Afterwards the session is without one, or not
  /// usable.
  void roll_back() noexcept;

  /// How long one statement may take before the session is given up, and lets the server take as
  /// long. For migrations.
  [[nodiscard]] Result<void> wait_long();

  /// "PostgreSQL 15.4, TLSv1.3", for people.
  [[nodiscard]] std::string description() const;
  /// Whether the session goes to another machine without encryption.
  [[nodiscard]] bool in_clear() const;

 private:
  struct Finish {
    void operator()(pg_conn* handle) const noexcept;
  };

  explicit Connection(pg_conn* handle) : handle_(handle) {}

  [[nodiscard]] Result<Rows> finish(bool sent);
  [[nodiscard]] bool receive();
  [[nodiscard]] bool wait_for(short events, std::chrono::steady_clock::time_point limit) const;
  [[nodiscard]] Result<std::string> prepare(std::string_view sql);
  [[nodiscard]] Result<void> set_up(Mode mode);
  [[nodiscard]] Error broken(const char* words);
  [[nodiscard]] Error error_of(const pg_result* result);

  std::unique_ptr<pg_conn, Finish> handle_;
  std::map<std::string, std::string, std::less<>> statements_;  // SQL to its name on the server
  std::chrono::milliseconds patience_{8'000};
  bool broken_ = false;
  bool lost_a_race_ = false;
};

}  // namespace selfsame::storage::postgres
