// SPDX-License-Identifier: Apache-2.0
#include "base/crypto.h"
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {
namespace {

/// Columns 0..3 of every query here.
AccessKey key_of(const Rows& row) {
  return {
      .access_key_id = row.text(0),
      .customer = row.text(1),
      .created_at = row.time(2),
      .disabled_at = row.optional_time(3)
  };
}

}  // namespace

Result<AccessKeyWithSecrets> PostgresAccessKeys::create(std::string customer, Timestamp now) {
  auto key = vault_.make(std::move(customer), now);
  if (!key) return key;
  const SealedAccessKey sealed = vault_.seal(*key);
  SELFSAME_CHECK(connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO access_keys (access_key_id, customer, key_id, sealed_secret, sealed_appcode,"
        " appcode_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {std::string_view(key->key.access_key_id),
         std::string_view(key->key.customer),
         std::string_view(vault_.master_key_id()),
         ByteView(sealed.secret),
         ByteView(sealed.appcode),
         ByteView(sealed.appcode_hash),
         value_of(now)}
    );
  }));
  return key;
}

Result<AccessKeyWithSecrets> PostgresAccessKeys::find_one(std::string_view sql, const Value& by) {
  return connections_.readers.run([&](Connection& connection) -> Result<AccessKeyWithSecrets> {
    SELFSAME_TRY(row, connection.look_up(sql, {by}));
    if (!row.next()) return fail(Errc::unknown_key, "no such access key, or it is disabled");
    const SealedAccessKey sealed{
        .secret = row.bytes(4), .appcode = row.bytes(5), .appcode_hash = {}
    };
    return vault_.open(key_of(row), sealed);
  });
}

Result<AccessKeyWithSecrets> PostgresAccessKeys::find(const std::string& access_key_id) {
  return find_one(
      "SELECT access_key_id, customer, created_at, disabled_at, sealed_secret, sealed_appcode"
      " FROM access_keys WHERE access_key_id = $1 AND disabled_at IS NULL",
      std::string_view(access_key_id)
  );
}

Result<AccessKey> PostgresAccessKeys::find_by_appcode(const Secret& appcode) {
  const Bytes hash = vault_.appcode_hash(appcode);
  SELFSAME_TRY(
      found,
      find_one(
          "SELECT access_key_id, customer, created_at, disabled_at, sealed_secret, sealed_appcode"
          " FROM access_keys WHERE appcode_hash = $1 AND disabled_at IS NULL",
          ByteView(hash)
      )
  );
  // The sealed appcode is bound to its row: a hash copied to another customer's row does not pass.
  if (!equal_in_constant_time(found.appcode.reveal(), appcode.reveal())) {
    return fail(Errc::integrity_failure, "an appcode's hash and its sealed text differ");
  }
  return std::move(found.key);
}

Result<std::vector<AccessKey>> PostgresAccessKeys::list() {
  return connections_.readers.run([](Connection& connection) -> Result<std::vector<AccessKey>> {
    SELFSAME_TRY(
        row,
        connection.query("SELECT access_key_id, customer, created_at, disabled_at FROM access_keys"
                         " ORDER BY created_at, access_key_id")
    );
    std::vector<AccessKey> keys;
    while (row.next()) keys.push_back(key_of(row));
    return keys;
  });
}

Result<int> PostgresAccessKeys::disable(const std::string& customer, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_TRY(
        disabled,
        connection.query(
            "UPDATE access_keys SET disabled_at = $2 WHERE customer = $1 AND disabled_at IS NULL",
            {std::string_view(customer), value_of(now)}
        )
    );
    SELFSAME_TRY(
        any,
        connection.query(
            "SELECT 1 FROM access_keys WHERE customer = $1 LIMIT 1", {std::string_view(customer)}
        )
    );
    if (!any.next()) return fail(Errc::not_found, "the customer has no access key");
    return static_cast<int>(disabled.count());
  });
}

}  // namespace selfsame::storage::postgres
