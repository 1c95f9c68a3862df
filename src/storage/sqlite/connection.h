// SPDX-License-Identifier: Apache-2.0
// SQLite's C API with owners and Results. Nothing here knows our tables.
//
// Errors: what the disk, the file or another process did is `storage_unavailable`; a constraint is
// `conflict`; wrong SQL is our bug and throws std::logic_error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "storage/sql_value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace selfsame::storage::sqlite {

/// One run of a prepared statement, which goes back to its connection's cache afterwards. Must not
/// outlive the connection. The columns are those of the row that next() found, from 0.
class Query {
 public:
  /// Moves to the next row; false when there is none.
  [[nodiscard]] Result<bool> next();
  /// Runs a statement that yields no rows, or whose rows do not matter.
  [[nodiscard]] Result<void> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] Bytes bytes(int column) const;
  [[nodiscard]] std::optional<double> real(int column) const;
  [[nodiscard]] Timestamp time(int column) const;
  [[nodiscard]] std::optional<Timestamp> optional_time(int column) const;

 private:
  friend class Connection;
  struct Reset {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  void bind(int index, const Value& value);

  std::unique_ptr<sqlite3_stmt, Reset> statement_;
};

/// One connection, for one thread at a time.
class Connection {
 public:
  enum class Mode : std::uint8_t { read_write, read_only };

  /// Opens an existing file (it may be empty) with WAL, synchronous=FULL, foreign keys and a busy
  /// time-out of 5 s. `read_only` refuses writes but takes part in WAL like any other.
  [[nodiscard]] static Result<Connection> open(const std::filesystem::path& path, Mode mode);

  /// Runs statements separated by semicolons, without parameters or rows.
  [[nodiscard]] Result<void> execute(const char* script);

  /// Prepares `sql` (once per connection) and binds copies of `values` to ?1, ?2, ... in order. The
  /// same statement cannot run twice at a time on one connection.
  [[nodiscard]] Result<Query> query(std::string_view sql, std::initializer_list<Value> values = {});
  /// query() and run() in one.
  [[nodiscard]] Result<void> run(std::string_view sql, std::initializer_list<Value> values = {});

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;
  /// Undoes the transaction that is open, if one is.
  void roll_back() noexcept;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Connection(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, Statement, std::less<>> statements_;  // gone before the handle
};

}  // namespace selfsame::storage::sqlite
