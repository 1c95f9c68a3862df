// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/repositories.h"

namespace selfsame::storage::sqlite {
namespace {

/// The blob of the number's entry; empty when there is neither.
Result<std::string> photo_blob_of(Connection& connection, ByteView hash) {
  SELFSAME_TRY(
      row,
      connection.query("SELECT photo_blob FROM register_records WHERE number_hash = ?1", {hash})
  );
  SELFSAME_TRY(found, row.next());
  return found ? row.text(0) : std::string();
}

/// Columns: number_hash, photo_blob, sealed, imported_at.
Result<RegisterEntry> entry_of(const Query& row, const RegisterVault& vault) {
  return vault.open(row.bytes(0), row.text(1), row.bytes(2), row.time(3));
}

}  // namespace

Result<std::string> SqliteRegisterRecords::put(const RegisterEntry& entry) {
  const Bytes hash = vault_.number_hash(entry.record.number);
  const Bytes sealed = vault_.seal(entry);
  return connections_.writer.run([&](Connection& connection) -> Result<std::string> {
    SELFSAME_TRY(before, photo_blob_of(connection, hash));
    SELFSAME_CHECK(connection.run(
        "INSERT INTO register_records (number_hash, sealed, photo_blob, imported_at)"
        " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (number_hash) DO UPDATE SET"
        " sealed = excluded.sealed, photo_blob = excluded.photo_blob,"
        " imported_at = excluded.imported_at",
        {ByteView(hash),
         ByteView(sealed),
         std::string_view(entry.photo_blob),
         value_of(entry.imported_at)}
    ));
    return before == entry.photo_blob ? std::string() : std::move(before);
  });
}

Result<std::optional<RegisterEntry>> SqliteRegisterRecords::find(const std::string& number) {
  const Bytes hash = vault_.number_hash(number);
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::optional<RegisterEntry>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT number_hash, photo_blob, sealed, imported_at FROM register_records"
                " WHERE number_hash = ?1",
                {ByteView(hash)}
            )
        );
        SELFSAME_TRY(found, row.next());
        if (!found) return std::nullopt;
        return entry_of(row, vault_);
      }
  );
}

Result<RegisterPage> SqliteRegisterRecords::list(ByteView from, int limit) {
  return connections_.readers.run([&](Connection& connection) -> Result<RegisterPage> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT number_hash, photo_blob, sealed, imported_at FROM register_records"
            " WHERE number_hash > ?1 ORDER BY number_hash LIMIT ?2",
            {from, std::int64_t{limit}}
        )
    );
    RegisterPage page;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) break;
      SELFSAME_TRY(entry, entry_of(row, vault_));
      page.entries.push_back(std::move(entry));
      page.next = row.bytes(0);
    }
    if (std::cmp_less(page.entries.size(), limit)) page.next.clear();
    return page;
  });
}

Result<std::string> SqliteRegisterRecords::erase(const std::string& number) {
  const Bytes hash = vault_.number_hash(number);
  return connections_.writer.run([&](Connection& connection) -> Result<std::string> {
    SELFSAME_TRY(blob, photo_blob_of(connection, hash));
    // What is freed is overwritten, not only forgotten.
    SELFSAME_CHECK(connection.run("PRAGMA secure_delete = ON"));
    const auto erased =
        connection.run("DELETE FROM register_records WHERE number_hash = ?1", {ByteView(hash)});
    const bool any = erased && connection.changes() == 1;
    SELFSAME_CHECK(connection.run("PRAGMA secure_delete = OFF"));
    if (!erased) return tl::unexpected(erased.error());
    if (!any) return fail(Errc::not_found, "the register has no such number");
    return std::move(blob);
  });
}

}  // namespace selfsame::storage::sqlite
