// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {

Result<std::optional<IdempotentRequest>> PostgresIdempotentRequests::begin(
    const std::string& customer,
    const std::string& key,
    ByteView request_hash,
    Timestamp now,
    Timestamp taken_until,
    Timestamp expires_at
) {
  return connections_.writer.run(
      [&](Connection& connection) -> Result<std::optional<IdempotentRequest>> {
        SELFSAME_TRY(
            changed,
            connection.query(
                "INSERT INTO idempotent_requests AS r"
                " (customer, key, request_hash, taken_until, expires_at) VALUES ($1, $2, $3, $5, "
                "$6)"
                " ON CONFLICT (customer, key) DO UPDATE SET request_hash = excluded.request_hash,"
                " answer = NULL, taken_until = excluded.taken_until, expires_at = "
                "excluded.expires_at"
                " WHERE r.expires_at <= $4 OR (r.answer IS NULL AND r.taken_until <= $4)",
                {std::string_view(customer),
                 std::string_view(key),
                 request_hash,
                 value_of(now),
                 value_of(taken_until),
                 value_of(expires_at)}
            )
        );
        if (changed.count() == 1) return std::nullopt;
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT request_hash, CASE WHEN answer IS NULL THEN 0 ELSE 1 END, answer"
                " FROM idempotent_requests"
                " WHERE customer = $1 AND key = $2",
                {std::string_view(customer), std::string_view(key)}
            )
        );
        if (!row.next()) return fail(Errc::storage_unavailable, "a taken key cannot be read");
        IdempotentRequest request{.request_hash = row.bytes(0), .answer = std::nullopt};
        if (row.integer(1) != 0) request.answer = row.bytes(2);
        return std::move(request);
      }
  );
}

Result<int> PostgresIdempotentRequests::forget_expired(Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_TRY(
        gone,
        connection.query(
            "DELETE FROM idempotent_requests WHERE (customer, key) IN"
            " (SELECT customer, key FROM idempotent_requests WHERE expires_at <= $1 LIMIT 100"
            "  FOR UPDATE SKIP LOCKED)",
            {value_of(now)}
        )
    );
    return static_cast<int>(gone.count());
  });
}

Result<void> PostgresIdempotentRequests::finish(
    const std::string& customer, const std::string& key, ByteView answer
) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "UPDATE idempotent_requests SET answer = $3"
        " WHERE customer = $1 AND key = $2 AND answer IS NULL",
        {std::string_view(customer), std::string_view(key), answer}
    );
  });
}

Result<void> PostgresIdempotentRequests::abandon(
    const std::string& customer, const std::string& key
) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "DELETE FROM idempotent_requests WHERE customer = $1 AND key = $2 AND answer IS NULL",
        {std::string_view(customer), std::string_view(key)}
    );
  });
}

}  // namespace selfsame::storage::postgres
