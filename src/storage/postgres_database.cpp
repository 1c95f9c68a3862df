// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres_database.h"

#include "base/crypto.h"
#include "storage/access_key_vault.h"
#include "storage/postgres/migrate.h"
#include "storage/postgres/repositories.h"

namespace selfsame::storage {
namespace {

using postgres::Connection;

constexpr std::size_t kReaders = 4;
constexpr std::size_t kWriters = 4;  // measured: docs/decisions/2026-11-26-postgresql.md

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(postgres::Target target, AccessKeyVault vault, RegisterVault register_vault)
      : vault_(std::move(vault)),
        register_vault_(std::move(register_vault)),
        connector_(std::move(target)) {}

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
  postgres::Connector connector_;
  postgres::Readers readers_{connector_, kReaders};
  postgres::Writer writer_{connector_, kWriters};
  postgres::PostgresAccessKeys access_keys_{{writer_, readers_}, vault_};
  postgres::PostgresCustomers customers_{{writer_, readers_}};
  postgres::PostgresOutcomes outcomes_{{writer_, readers_}};
  postgres::PostgresSeenRequests seen_requests_{{writer_, readers_}};
  postgres::PostgresVerificationSessions verifications_{{writer_, readers_}};
  postgres::PostgresWebhookQueue webhooks_{{writer_, readers_}};
  postgres::PostgresIdempotentRequests idempotent_requests_{{writer_, readers_}};
  postgres::PostgresUploads uploads_{{writer_, readers_}};
  postgres::PostgresRegisterRecords register_records_{{writer_, readers_}, register_vault_};
  postgres::PostgresNumberHistory number_history_{{writer_, readers_}, register_vault_};
  postgres::PostgresSmsMessages sms_messages_{{writer_, readers_}};
};

/// What would break a promise of ours, whatever the rows are.
Result<void> check_server(Connection& connection) {
  SELFSAME_TRY(
      row,
      connection.query("SELECT current_setting('server_encoding'), current_setting('fsync'),"
                       " current_setting('transaction_read_only')")
  );
  if (!row.next()) return fail(Errc::storage_unavailable, "postgres: no answer");
  if (row.text(0) != "UTF8") {
    return fail(
        Errc::storage_unavailable,
        "the database's encoding is " + row.text(0) + ": make one with ENCODING 'UTF8'"
    );
  }
  if (row.text(1) != "on") {
    return fail(
        Errc::storage_unavailable,
        "the database server runs with fsync = off: what it confirms can be lost"
    );
  }
  if (row.text(2) != "off") {
    return fail(Errc::storage_unavailable, "the database is read-only (a standby?)");
  }
  return {};
}

/// The first opening notes the master key, every other must bring the same.
Result<void> check_master_key(Connection& connection, const AccessKeyVault& vault, Timestamp now) {
  SELFSAME_CHECK(connection.run(
      "INSERT INTO master_keys (key_id, check_value, added_at)"
      " SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM master_keys)",
      {std::string_view(vault.master_key_id()), ByteView(vault.check_value()), value_of(now)}
  ));
  SELFSAME_TRY(
      row, connection.query("SELECT key_id, check_value FROM master_keys ORDER BY added_at DESC")
  );
  if (!row.next()) return fail(Errc::integrity_failure, "the database names no master key");
  if (equal_in_constant_time(row.bytes(1), vault.check_value())) return {};
  return fail(
      Errc::integrity_failure,
      "the database was made under master key " + row.text(0) + ", not under " +
          vault.master_key_id() + ": bring back its master.key"
  );
}

Result<Connection> connect(const postgres::Target& target) {
  SELFSAME_CHECK(postgres::check_url(target.url));
  SELFSAME_TRY(connection, Connection::open(target, Connection::Mode::read_write));
  SELFSAME_CHECK(check_server(connection));
  return std::move(connection);
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgres_database(
    const postgres::Target& target, const MasterKey& master_key
) {
  const Timestamp now = SystemClock().now();
  AccessKeyVault vault(master_key);
  SELFSAME_TRY(connection, connect(target));
  SELFSAME_CHECK(postgres::migrate(
      connection,
      postgres_migrations(),
      now,
      [&](Connection& migrated) { return check_master_key(migrated, vault, now); }
  ));
  return std::make_unique<PostgresDatabase>(
      target.clone(), std::move(vault), RegisterVault(master_key)
  );
}

Result<PostgresState> inspect_postgres(const postgres::Target& target) {
  SELFSAME_TRY(connection, connect(target));
  PostgresState state{
      .server = connection.description(), .is_empty = true, .in_clear = connection.in_clear()
  };
  SELFSAME_TRY(has_tables, postgres::has_table(connection, "master_keys"));
  if (!has_tables) return state;
  SELFSAME_TRY(row, connection.query("SELECT 1 FROM master_keys LIMIT 1"));
  state.is_empty = !row.next();
  return state;
}

}  // namespace selfsame::storage
