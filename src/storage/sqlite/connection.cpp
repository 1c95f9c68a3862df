// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/connection.h"

#include <sqlite3.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace selfsame::storage::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

/// The error that `code` on `handle` means for us. Throws when it means a bug.
Error error_of(sqlite3* handle, int code) {
  std::string detail = "sqlite: ";
  detail += handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  detail +=
      " (" + std::to_string(handle != nullptr ? sqlite3_extended_errcode(handle) : code) + ')';
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Error{Errc::conflict, std::move(detail)};
    case SQLITE_ERROR:
    case SQLITE_INTERNAL:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
      throw std::logic_error(detail);
    default:
      return Error{Errc::storage_unavailable, std::move(detail)};
  }
}

/// Changing to WAL does not wait for other processes by itself.
Result<void> use_wal(Connection& connection, sqlite3* handle) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
  for (;;) {
    SELFSAME_TRY(row, connection.query("PRAGMA journal_mode = WAL"));
    const auto found = row.next();
    if (found && row.text(0) == "wal") return {};
    if (found) return fail(Errc::storage_unavailable, "sqlite: no WAL on this file system");
    const bool busy = (sqlite3_errcode(handle) & 0xff) == SQLITE_BUSY;
    if (!busy || std::chrono::steady_clock::now() >= limit) {
      return tl::unexpected(found.error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

void Query::Reset::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected(error_of(sqlite3_db_handle(statement_.get()), code));
}

Result<void> Query::run() {
  for (;;) {
    SELFSAME_TRY(more, next());
    if (!more) return {};
  }
}

void Query::bind(int index, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
    int operator()(std::string_view v) const {
      // A null pointer would bind NULL: the empty text has to point somewhere.
      const char* data = v.empty() ? "" : v.data();
      return sqlite3_bind_text64(statement, index, data, v.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int operator()(ByteView v) const {
      if (v.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
      return sqlite3_bind_blob64(statement, index, v.data(), v.size(), SQLITE_TRANSIENT);
    }
  };
  const int code = std::visit(Binder{statement_.get(), index}, value);
  if (code != SQLITE_OK) throw std::logic_error("sqlite: cannot bind a parameter");
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Query::optional_integer(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

std::string Query::text(int column) const {
  const auto* data = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Bytes Query::bytes(int column) const {
  const auto* data =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? Bytes() : Bytes(data, data + size);
}

std::optional<double> Query::real(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement_.get(), column);
}

Timestamp Query::time(int column) const {
  return Timestamp(std::chrono::milliseconds(integer(column)));
}

std::optional<Timestamp> Query::optional_time(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return time(column);
}

void Connection::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

void Connection::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Result<Connection> Connection::open(const std::filesystem::path& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(),
      &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr
  );
  Connection connection(handle);
  if (code != SQLITE_OK) return tl::unexpected(error_of(handle, code));
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  // Nothing that came with a crafted file (triggers, views) may call functions of ours.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  SELFSAME_CHECK(use_wal(connection, handle));
  SELFSAME_CHECK(connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  if (mode == Mode::read_only) SELFSAME_CHECK(connection.execute("PRAGMA query_only = ON"));
  return connection;
}

Result<void> Connection::execute(const char* script) {
  const int code = sqlite3_exec(handle_.get(), script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error_of(handle_.get(), code));
  return {};
}

Result<Query> Connection::query(std::string_view sql, std::initializer_list<Value> values) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(
        handle_.get(),
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr
    );
    if (code != SQLITE_OK) return tl::unexpected(error_of(handle_.get(), code));
    found = statements_.emplace(std::string(sql), Statement(statement)).first;
  }
  sqlite3_stmt* const statement = found->second.get();
  if (sqlite3_stmt_busy(statement) != 0) throw std::logic_error("sqlite: statement is running");
  if (sqlite3_bind_parameter_count(statement) != static_cast<int>(values.size())) {
    throw std::logic_error("sqlite: wrong number of parameters");
  }
  Query query(statement);
  int index = 0;
  for (const Value& value : values) query.bind(++index, value);
  return query;
}

Result<void> Connection::run(std::string_view sql, std::initializer_list<Value> values) {
  SELFSAME_TRY(statement, query(sql, values));
  return statement.run();
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_.get());
}

void Connection::roll_back() noexcept {
  // Its result tells nothing: SQLite ends the transaction even when it reports an error.
  if (in_transaction()) sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace selfsame::storage::sqlite
