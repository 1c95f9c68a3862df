// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {

Bytes PostgresNumberHistory::mark_of(const std::string& number) const {
  return vault_.history_hash(number);
}

Result<void> PostgresNumberHistory::note_attack(ByteView mark, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO attacked_numbers (number_hash, first_at, last_at) VALUES ($1, $2, $2)"
        " ON CONFLICT (number_hash) DO UPDATE SET last_at = excluded.last_at",
        {mark, value_of(now)}
    );
  });
}

Result<bool> PostgresNumberHistory::was_attacked(const std::string& number) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.readers.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_TRY(
        row,
        connection.query("SELECT 1 FROM attacked_numbers WHERE number_hash = $1", {ByteView(hash)})
    );
    return row.next();
  });
}

Result<bool> PostgresNumberHistory::count_enquiry(
    const std::string& number, std::int64_t day, std::int64_t most
) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    // A bounded sweep, so that no call pays for all; it passes over rows that another server
    // sweeps.
    SELFSAME_CHECK(connection.run(
        "DELETE FROM number_enquiries WHERE (number_hash, day) IN"
        " (SELECT number_hash, day FROM number_enquiries WHERE day < $1"
        "  ORDER BY day LIMIT 100 FOR UPDATE SKIP LOCKED)",
        {day}
    ));
    SELFSAME_TRY(
        counted,
        connection.query(
            "INSERT INTO number_enquiries AS e (number_hash, day, enquiries)"
            " SELECT $1::bytea, $2::bigint, 1 WHERE $3::bigint > 0"
            " ON CONFLICT (number_hash, day) DO UPDATE SET enquiries = e.enquiries + 1"
            " WHERE e.enquiries < $3::bigint",
            {ByteView(hash), day, most}
        )
    );
    return counted.count() == 1;
  });
}

Result<void> PostgresNumberHistory::forget(const std::string& number) {
  const Bytes hash = vault_.history_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(
        connection.run("DELETE FROM attacked_numbers WHERE number_hash = $1", {ByteView(hash)})
    );
    return connection.run("DELETE FROM number_enquiries WHERE number_hash = $1", {ByteView(hash)});
  });
}

}  // namespace selfsame::storage::postgres
