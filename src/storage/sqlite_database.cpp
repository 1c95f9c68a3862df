// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite_database.h"

#include <fcntl.h>

#include <cerrno>

#include "base/crypto.h"
#include "storage/access_key_vault.h"
#include "storage/durable_file.h"
#include "storage/sqlite/migrate.h"
#include "storage/sqlite/readers.h"
#include "storage/sqlite/repositories.h"
#include "storage/sqlite/writer.h"

namespace selfsame::storage {
namespace {

using sqlite::Connection;

constexpr int kReaders = 4;

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(
      Connection writer,
      std::vector<std::unique_ptr<Connection>> readers,
      AccessKeyVault vault,
      RegisterVault register_vault
  )
      : vault_(std::move(vault)),
        register_vault_(std::move(register_vault)),
        readers_(std::move(readers)),
        writer_(std::move(writer)) {}

  AccessKeys& access_keys() override { return access_keys_; }
  Customers& customers() override { return customers_; }
  Outcomes& outcomes() override { return outcomes_; }
  SeenRequests& seen_requests() override { return seen_requests_; }
  VerificationSessions& verifications() override { return verifications_; }
  WebhookQueue& webhooks() override { return webhooks_; }
  IdempotentRequests& idempotent_requests() override { return idempotent_requests_; }
  Uploads& uploads() override { return uploads_; }
  RegisterRecords& register_records() override { return register_records_; }
  NumberHistory& number_history() override { return number_history_; }
  SmsMessages& sms_messages() override { return sms_messages_; }

  Result<void> ping() override {
    return readers_.run([](Connection& connection) {
      return connection.run("SELECT version FROM schema_version LIMIT 1");
    });
  }

 private:
  AccessKeyVault vault_;
  RegisterVault register_vault_;
  sqlite::Readers readers_;
  sqlite::Writer writer_;
  sqlite::SqliteAccessKeys access_keys_{{writer_, readers_}, vault_};
  sqlite::SqliteCustomers customers_{{writer_, readers_}};
  sqlite::SqliteOutcomes outcomes_{{writer_, readers_}};
  sqlite::SqliteSeenRequests seen_requests_{{writer_, readers_}};
  sqlite::SqliteVerificationSessions verifications_{{writer_, readers_}};
  sqlite::SqliteWebhookQueue webhooks_{{writer_, readers_}};
  sqlite::SqliteIdempotentRequests idempotent_requests_{{writer_, readers_}};
  sqlite::SqliteUploads uploads_{{writer_, readers_}};
  sqlite::SqliteRegisterRecords register_records_{{writer_, readers_}, register_vault_};
  sqlite::SqliteNumberHistory number_history_{{writer_, readers_}, register_vault_};
  sqlite::SqliteSmsMessages sms_messages_{{writer_, readers_}};
};

/// SQLite would create it readable by all; its WAL files take over the mode.
Result<void> make_private_file(const std::filesystem::path& path) {
  const auto directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  SELFSAME_CHECK(make_directory(directory));
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid()) return sync_directory(directory);
  if (errno == EEXIST) return {};
  return fail_with_errno("cannot create", path);
}

/// The first opening notes the master key, every other must bring the same.
Result<void> check_master_key(Connection& connection, const AccessKeyVault& vault, Timestamp now) {
  SELFSAME_CHECK(connection.run(
      "INSERT INTO master_keys (key_id, check_value, added_at)"
      " SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM master_keys)",
      {std::string_view(vault.master_key_id()), ByteView(vault.check_value()), value_of(now)}
  ));
  SELFSAME_TRY(
      row, connection.query("SELECT key_id, check_value FROM master_keys ORDER BY added_at DESC")
  );
  SELFSAME_TRY(found, row.next());
  if (found && equal_in_constant_time(row.bytes(1), vault.check_value())) return {};
  return fail(
      Errc::integrity_failure,
      "the database was made under master key " + row.text(0) + ", not under " +
          vault.master_key_id() + ": bring back its master.key"
  );
}

Result<std::unique_ptr<Database>> open_migrated(
    const std::filesystem::path& path, const MasterKey& master_key
) {
  const Timestamp now = SystemClock().now();
  AccessKeyVault vault(master_key);
  SELFSAME_TRY(writer, Connection::open(path, Connection::Mode::read_write));
  SELFSAME_CHECK(sqlite::migrate(writer, sqlite_migrations(), now));
  SELFSAME_CHECK(check_master_key(writer, vault, now));
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < kReaders; ++i) {
    SELFSAME_TRY(reader, Connection::open(path, Connection::Mode::read_only));
    readers.push_back(std::make_unique<Connection>(std::move(reader)));
  }
  return std::make_unique<SqliteDatabase>(
      std::move(writer), std::move(readers), std::move(vault), RegisterVault(master_key)
  );
}

}  // namespace

Result<std::unique_ptr<Database>> open_database(
    const std::filesystem::path& path, const MasterKey& master_key
) {
  SELFSAME_CHECK(make_private_file(path));
  return open_migrated(path, master_key).map_error([&](Error error) {
    if (error.code == Errc::storage_unavailable) error.detail = path.string() + ": " + error.detail;
    return error;
  });
}

}  // namespace selfsame::storage
