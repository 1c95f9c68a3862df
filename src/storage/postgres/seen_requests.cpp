// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {

Result<bool> PostgresSeenRequests::remember(
    const std::string& fingerprint, Timestamp now, Timestamp expires_at
) {
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    // A bounded sweep, so that no call pays for all; what it leaves is overwritten. It passes over
    // rows that another server is sweeping, and over the one that is written here.
    SELFSAME_TRY(
        written,
        connection.query(
            "WITH swept AS (DELETE FROM seen_requests WHERE fingerprint IN"
            " (SELECT fingerprint FROM seen_requests WHERE expires_at <= $2 AND fingerprint <> $1"
            "  ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED))"
            " INSERT INTO seen_requests AS s (fingerprint, expires_at) VALUES ($1, $3)"
            " ON CONFLICT (fingerprint) DO UPDATE SET expires_at = excluded.expires_at"
            " WHERE s.expires_at <= $2",
            {std::string_view(fingerprint), value_of(now), value_of(expires_at)}
        )
    );
    return written.count() == 1;
  });
}

}  // namespace selfsame::storage::postgres
