// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/migrate.h"

namespace selfsame::storage::sqlite {
namespace {

Result<void> run_missing(
    Connection& connection, std::span<const Migration> history, Timestamp now
) {
  SELFSAME_CHECK(connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_version ("
      "  version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
  ));
  std::int64_t current = 0;
  {
    SELFSAME_TRY(row, connection.query("SELECT coalesce(max(version), 0) FROM schema_version"));
    SELFSAME_CHECK(row.next());
    current = row.integer(0);
  }
  SELFSAME_CHECK(check_known(current, history));
  for (const Migration& migration : history) {
    if (migration.version <= current) continue;
    SELFSAME_CHECK(connection.execute(migration.sql));
    SELFSAME_CHECK(connection.run(
        "INSERT INTO schema_version (version, name, applied_at) VALUES (?1, ?2, ?3)",
        {std::int64_t{migration.version}, std::string_view(migration.name), value_of(now)}
    ));
  }
  return {};
}

}  // namespace

Result<void> migrate(Connection& connection, std::span<const Migration> history, Timestamp now) {
  SELFSAME_CHECK(connection.execute("BEGIN IMMEDIATE"));
  try {
    auto done = run_missing(connection, history, now);
    if (done) done = connection.execute("COMMIT");
    connection.roll_back();
    return done;
  } catch (...) {
    connection.roll_back();
    throw;
  }
}

}  // namespace selfsame::storage::sqlite
