// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/repositories.h"

namespace selfsame::storage::sqlite {

Result<bool> SqliteSeenRequests::remember(
    const std::string& fingerprint, Timestamp now, Timestamp expires_at
) {
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    // A bounded sweep, so that no call pays for all; what it leaves is overwritten below.
    SELFSAME_CHECK(connection.run(
        "DELETE FROM seen_requests WHERE fingerprint IN"
        " (SELECT fingerprint FROM seen_requests WHERE expires_at <= ?1 LIMIT 100)",
        {value_of(now)}
    ));
    SELFSAME_CHECK(connection.run(
        "INSERT INTO seen_requests (fingerprint, expires_at) VALUES (?1, ?3)"
        " ON CONFLICT (fingerprint) DO UPDATE SET expires_at = excluded.expires_at"
        " WHERE seen_requests.expires_at <= ?2",
        {std::string_view(fingerprint), value_of(now), value_of(expires_at)}
    ));
    return connection.changes() == 1;
  });
}

}  // namespace selfsame::storage::sqlite
