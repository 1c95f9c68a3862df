// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/migrate.h"

namespace selfsame::storage::postgres {
namespace {

// Any number; every program that migrates this database has to take the same.
constexpr std::int64_t kLock = 0x53454c4653414d45;  // "SELFSAME"

Result<void> run_missing(
    Connection& connection, std::span<const Migration> history, Timestamp now
) {
  SELFSAME_CHECK(connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_version ("
      "  version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
  ));
  SELFSAME_TRY(row, connection.query("SELECT coalesce(max(version), 0) FROM schema_version"));
  const std::int64_t current = row.next() ? row.integer(0) : 0;
  SELFSAME_CHECK(check_known(current, history));
  for (const Migration& migration : history) {
    if (migration.version <= current) continue;
    SELFSAME_CHECK(connection.execute(migration.sql));
    SELFSAME_CHECK(connection.run(
        "INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)",
        {std::int64_t{migration.version}, std::string_view(migration.name), value_of(now)}
    ));
  }
  return {};
}

Result<void> run_all(
    Connection& connection,
    std::span<const Migration> history,
    Timestamp now,
    const std::function<Result<void>(Connection&)>& last
) {
  SELFSAME_CHECK(connection.wait_long());
  SELFSAME_CHECK(connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
  SELFSAME_CHECK(connection.run("SELECT pg_advisory_xact_lock($1)", {kLock}));
  SELFSAME_CHECK(run_missing(connection, history, now));
  SELFSAME_CHECK(last(connection));
  return connection.commit();
}

}  // namespace

Result<void> migrate(
    Connection& connection,
    std::span<const Migration> history,
    Timestamp now,
    const std::function<Result<void>(Connection&)>& last
) {
  try {
    auto done = run_all(connection, history, now, last);
    connection.roll_back();
    return done;
  } catch (...) {
    connection.roll_back();
    throw;
  }
}

Result<bool> has_table(Connection& connection, std::string_view table) {
  SELFSAME_TRY(row, connection.query("SELECT 1 WHERE to_regclass($1) IS NOT NULL", {table}));
  return row.next();
}

}  // namespace selfsame::storage::postgres
