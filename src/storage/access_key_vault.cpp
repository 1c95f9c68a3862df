// SPDX-License-Identifier: Apache-2.0
#include "storage/access_key_vault.h"

#include <algorithm>

#include "base/crypto.h"
#include "storage/customer_repositories.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kMaxCustomerBytes = 64;

/// Binds a sealed column to its row. No part can contain a NUL: the joint is unambiguous.
std::string identity_of(const AccessKey& key, std::string_view column) {
  std::string identity = "access_keys";
  for (const std::string_view part :
       {column, std::string_view(key.access_key_id), std::string_view(key.customer)}) {
    identity.push_back('\0');
    identity += part;
  }
  return identity;
}

}  // namespace

Result<void> check_customer_name(std::string_view name) {
  const bool fine =
      !name.empty() && name.size() <= kMaxCustomerBytes &&
      std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (fine) return {};
  return fail(Errc::invalid_parameter, "customer: 1 to 64 bytes, no control characters");
}

AccessKeyVault::AccessKeyVault(const MasterKey& master_key)
    : sealing_key_(master_key.derive("selfsame/v1/access-key-sealing")),
      hashing_key_(master_key.derive("selfsame/v1/appcode-hash")),
      master_key_id_(master_key.id()) {
  const Secret check = master_key.derive("selfsame/v1/master-key-check");
  check_value_.assign(check.reveal().begin(), check.reveal().end());
}

Result<AccessKeyWithSecrets> AccessKeyVault::make(std::string customer, Timestamp now) const {
  SELFSAME_CHECK(check_customer_name(customer));
  return AccessKeyWithSecrets{
      .key =
          {.access_key_id = "AK" + random_token(30),
           .customer = std::move(customer),
           .created_at = now,
           .disabled_at = {}},
      .access_key_secret = Secret(random_token(40)),
      .appcode = Secret(random_token(32))
  };
}

SealedAccessKey AccessKeyVault::seal(const AccessKeyWithSecrets& key) const {
  return {
      .secret = selfsame::seal(
          sealing_key_, key.access_key_secret.reveal(), bytes_of(identity_of(key.key, "secret"))
      ),
      .appcode = selfsame::seal(
          sealing_key_, key.appcode.reveal(), bytes_of(identity_of(key.key, "appcode"))
      ),
      .appcode_hash = appcode_hash(key.appcode)
  };
}

Result<AccessKeyWithSecrets> AccessKeyVault::open(AccessKey key, const SealedAccessKey& sealed)
    const {
  SELFSAME_TRY(
      secret, open_sealed(sealing_key_, sealed.secret, bytes_of(identity_of(key, "secret")))
  );
  Secret access_key_secret(std::move(secret));
  SELFSAME_TRY(
      appcode, open_sealed(sealing_key_, sealed.appcode, bytes_of(identity_of(key, "appcode")))
  );
  return AccessKeyWithSecrets{
      std::move(key), std::move(access_key_secret), Secret(std::move(appcode))
  };
}

Bytes AccessKeyVault::appcode_hash(const Secret& appcode) const {
  const Sha256Digest hash = hmac_sha256(hashing_key_.reveal(), appcode.reveal());
  return {hash.begin(), hash.end()};
}

}  // namespace selfsame::storage
