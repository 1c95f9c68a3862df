// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {
namespace {

/// Columns: number_hash, photo_blob, sealed, imported_at.
Result<RegisterEntry> entry_of(const Rows& row, const RegisterVault& vault) {
  return vault.open(row.bytes(0), row.text(1), row.bytes(2), row.time(3));
}

}  // namespace

Result<std::string> PostgresRegisterRecords::put(const RegisterEntry& entry) {
  const Bytes hash = vault_.number_hash(entry.record.number);
  const Bytes sealed = vault_.seal(entry);
  return connections_.writer.run([&](Connection& connection) -> Result<std::string> {
    SELFSAME_TRY(
        before,
        connection.query(
            "SELECT photo_blob FROM register_records WHERE number_hash = $1 FOR UPDATE",
            {ByteView(hash)}
        )
    );
    SELFSAME_CHECK(connection.run(
        "INSERT INTO register_records (number_hash, sealed, photo_blob, imported_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (number_hash) DO UPDATE SET"
        " sealed = excluded.sealed, photo_blob = excluded.photo_blob,"
        " imported_at = excluded.imported_at",
        {ByteView(hash),
         ByteView(sealed),
         std::string_view(entry.photo_blob),
         value_of(entry.imported_at)}
    ));
    const std::string blob = before.next() ? before.text(0) : std::string();
    return blob == entry.photo_blob ? std::string() : blob;
  });
}

Result<std::optional<RegisterEntry>> PostgresRegisterRecords::find(const std::string& number) {
  const Bytes hash = vault_.number_hash(number);
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::optional<RegisterEntry>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT number_hash, photo_blob, sealed, imported_at FROM register_records"
                " WHERE number_hash = $1",
                {ByteView(hash)}
            )
        );
        if (!row.next()) return std::nullopt;
        return entry_of(row, vault_);
      }
  );
}

Result<RegisterPage> PostgresRegisterRecords::list(ByteView from, int limit) {
  return connections_.readers.run([&](Connection& connection) -> Result<RegisterPage> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT number_hash, photo_blob, sealed, imported_at FROM register_records"
            " WHERE number_hash > $1 ORDER BY number_hash LIMIT $2",
            {from, std::int64_t{limit}}
        )
    );
    RegisterPage page;
    while (row.next()) {
      SELFSAME_TRY(entry, entry_of(row, vault_));
      page.entries.push_back(std::move(entry));
      page.next = row.bytes(0);
    }
    if (std::cmp_less(page.entries.size(), limit)) page.next.clear();
    return page;
  });
}

Result<std::string> PostgresRegisterRecords::erase(const std::string& number) {
  const Bytes hash = vault_.number_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<std::string> {
    SELFSAME_TRY(
        erased,
        connection.query(
            "DELETE FROM register_records WHERE number_hash = $1 RETURNING photo_blob",
            {ByteView(hash)}
        )
    );
    if (!erased.next()) return fail(Errc::not_found, "the register has no such number");
    return erased.text(0);
  });
}

}  // namespace selfsame::storage::postgres
