// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/repositories.h"

namespace selfsame::storage::sqlite {

Bytes SqliteNumberHistory::mark_of(const std::string& number) const {
  return vault_.history_hash(number);
}

Result<void> SqliteNumberHistory::note_attack(ByteView mark, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO attacked_numbers (number_hash, first_at, last_at) VALUES (?1, ?2, ?2)"
        " ON CONFLICT (number_hash) DO UPDATE SET last_at = excluded.last_at",
        {mark, value_of(now)}
    );
  });
}

Result<bool> SqliteNumberHistory::was_attacked(const std::string& number) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.readers.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_TRY(
        row,
        connection.query("SELECT 1 FROM attacked_numbers WHERE number_hash = ?1", {ByteView(hash)})
    );
    return row.next();
  });
}

Result<bool> SqliteNumberHistory::count_enquiry(
    const std::string& number, std::int64_t day, std::int64_t most
) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    // A bounded sweep, so that no call pays for all.
    SELFSAME_CHECK(connection.run(
        "DELETE FROM number_enquiries WHERE (number_hash, day) IN"
        " (SELECT number_hash, day FROM number_enquiries WHERE day < ?1 LIMIT 100)",
        {day}
    ));
    SELFSAME_CHECK(connection.run(
        "INSERT INTO number_enquiries (number_hash, day, enquiries) SELECT ?1, ?2, 1 WHERE ?3 > 0"
        " ON CONFLICT (number_hash, day) DO UPDATE SET enquiries = enquiries + 1"
        " WHERE enquiries < ?3",
        {ByteView(hash), day, most}
    ));
    return connection.changes() == 1;
  });
}

Result<void> SqliteNumberHistory::forget(const std::string& number) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(
        connection.run("DELETE FROM attacked_numbers WHERE number_hash = ?1", {ByteView(hash)})
    );
    return connection.run("DELETE FROM number_enquiries WHERE number_hash = ?1", {ByteView(hash)});
  });
}

}  // namespace selfsame::storage::sqlite
