// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {
namespace {

constexpr std::string_view kRow =
    "SELECT blob FROM uploads WHERE upload_hash = $1 AND upload_hash <> '' AND expires_at > $2";
constexpr std::string_view kLockedRow =
    "SELECT blob FROM uploads WHERE upload_hash = $1 AND upload_hash <> '' AND expires_at > $2"
    " FOR UPDATE";

Result<void> check_row(
    Connection& connection, std::string_view sql, std::string_view upload_hash, Timestamp now
) {
  SELFSAME_TRY(row, connection.query(sql, {upload_hash, value_of(now)}));
  if (!row.next()) return fail(Errc::not_found, "no such upload");
  if (!row.text(0).empty()) return fail(Errc::conflict, "the upload was written already");
  return {};
}

// Bounded, so that no call pays for all.
constexpr std::int64_t kForgottenByAdd = 20;
constexpr std::int64_t kForgottenAtOnce = 100;

// Passes over rows that another server forgets.
Result<std::vector<std::string>> forget(Connection& connection, Timestamp now, std::int64_t most) {
  SELFSAME_TRY(
      row,
      connection.query(
          "DELETE FROM uploads WHERE file_hash IN"
          " (SELECT file_hash FROM uploads WHERE expires_at <= $1"
          "  ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING blob",
          {value_of(now), most}
      )
  );
  std::vector<std::string> blobs;
  while (row.next()) {
    if (std::string blob = row.text(0); !blob.empty()) blobs.push_back(std::move(blob));
  }
  return blobs;
}

}  // namespace

Result<std::vector<std::string>> PostgresUploads::add(const UploadRecord& record, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO uploads (file_hash, upload_hash, customer, purpose, blob, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        {std::string_view(record.file_hash),
         std::string_view(record.upload_hash),
         std::string_view(record.customer),
         std::string_view(record.purpose),
         std::string_view(record.blob),
         value_of(record.expires_at)}
    ));
    return forget(connection, now, kForgottenByAdd);
  });
}

Result<std::vector<std::string>> PostgresUploads::forget_expired(Timestamp now) {
  return connections_.writer.run([&](Connection& connection) {
    return forget(connection, now, kForgottenAtOnce);
  });
}

Result<void> PostgresUploads::check_open(const std::string& upload_hash, Timestamp now) {
  return connections_.readers.run([&](Connection& connection) {
    return check_row(connection, kRow, upload_hash, now);
  });
}

Result<void> PostgresUploads::fill(
    const std::string& upload_hash, const std::string& blob, Timestamp now
) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(check_row(connection, kLockedRow, upload_hash, now));
    return connection.run(
        "UPDATE uploads SET blob = $2 WHERE upload_hash = $1 AND upload_hash <> ''",
        {std::string_view(upload_hash), std::string_view(blob)}
    );
  });
}

Result<UploadRecord> PostgresUploads::find(const std::string& file_hash, Timestamp now) {
  return connections_.readers.run([&](Connection& connection) -> Result<UploadRecord> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT file_hash, upload_hash, customer, purpose, blob, expires_at FROM uploads"
            " WHERE file_hash = $1 AND expires_at > $2 AND blob <> ''",
            {std::string_view(file_hash), value_of(now)}
        )
    );
    if (!row.next()) return fail(Errc::not_found, "no such file");
    return UploadRecord{
        .file_hash = row.text(0),
        .upload_hash = row.text(1),
        .customer = row.text(2),
        .purpose = row.text(3),
        .blob = row.text(4),
        .expires_at = row.time(5)
    };
  });
}

}  // namespace selfsame::storage::postgres
