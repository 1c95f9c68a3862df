// SPDX-License-Identifier: Apache-2.0
#include "flows/authentication.h"

#include <utility>

namespace selfsame::flows {
namespace {

Result<Caller> caller_of(storage::Database* database, storage::AccessKey key) {
  SELFSAME_TRY(standing, database->customers().standing(key.customer));
  return Caller{
      .customer = std::move(key.customer),
      .access_key_id = std::move(key.access_key_id),
      .standing = std::make_shared<const storage::CustomerStanding>(std::move(standing))
  };
}

Result<KnownKey> find_in(storage::Database* database, const std::string& id) {
  SELFSAME_TRY(found, database->access_keys().find(id));
  SELFSAME_TRY(caller, caller_of(database, std::move(found.key)));
  return KnownKey{.caller = std::move(caller), .secret = std::move(found.access_key_secret)};
}

Result<void> remember_in(
    storage::Database* database, const std::string& fingerprint, Timestamp now, Timestamp expires_at
) {
  SELFSAME_TRY(fresh, database->seen_requests().remember(fingerprint, now, expires_at));
  if (fresh) return {};
  return fail(Errc::replayed, "signed request was seen before");
}

Result<Caller> find_bearer_in(storage::Database* database, const Secret& appcode) {
  SELFSAME_TRY(key, database->access_keys().find_by_appcode(appcode));
  return caller_of(database, std::move(key));
}

}  // namespace

asio::awaitable<Result<KnownKey>> Authentication::find_key(
    std::string access_key_id, Deadline deadline
) const {
  co_return co_await pool_.run(deadline, find_in, &database_, std::move(access_key_id));
}

asio::awaitable<Result<Caller>> Authentication::find_bearer(Secret appcode, Deadline deadline)
    const {
  co_return co_await pool_.run(deadline, find_bearer_in, &database_, std::move(appcode));
}

asio::awaitable<Result<void>> Authentication::refuse_replay(
    std::string fingerprint, Timestamp expires_at, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, remember_in, &database_, std::move(fingerprint), clock_.now(), expires_at
  );
}

}  // namespace selfsame::flows
