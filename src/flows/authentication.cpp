// SPDX-License-Identifier: Apache-2.0
#include "flows/authentication.h"

namespace selfsame::flows {
namespace {

Result<storage::AccessKeyWithSecrets> find_in(storage::Database* database, const std::string& id) {
  return database->access_keys().find(id);
}

Result<void> remember_in(
    storage::Database* database, const std::string& fingerprint, Timestamp now, Timestamp expires_at
) {
  SELFSAME_TRY(fresh, database->seen_requests().remember(fingerprint, now, expires_at));
  if (fresh) return {};
  return fail(Errc::replayed, "signed request was seen before");
}

Result<void> permission_of(storage::AccountState state) {
  using storage::AccountState;
  switch (state) {
    case AccountState::active:
      return {};
    case AccountState::not_activated:
      return fail(Errc::account_not_active);
    case AccountState::activating:
      return fail(Errc::account_activating);
    case AccountState::activation_failed:
      return fail(Errc::account_activation_failed);
    case AccountState::in_arrears:
      return fail(Errc::account_in_arrears);
    case AccountState::not_verified:
      return fail(Errc::account_not_verified);
    case AccountState::unauthorized:
      return fail(Errc::forbidden);
    case AccountState::denied:
      return fail(Errc::account_denied);
  }
  return fail(Errc::account_denied, "unknown account state");
}

Result<void> require_active_in(
    storage::Database* database, const std::string& customer, const std::string& product
) {
  return database->accounts().state(customer, product).and_then(permission_of);
}

Result<Caller> find_bearer_in(storage::Database* database, const Secret& appcode) {
  SELFSAME_TRY(key, database->access_keys().find_by_appcode(appcode));
  return Caller{.customer = std::move(key.customer), .access_key_id = std::move(key.access_key_id)};
}

Result<Caller> admit_bearer_in(
    storage::Database* database, const Secret& appcode, const std::string& product
) {
  SELFSAME_TRY(caller, find_bearer_in(database, appcode));
  SELFSAME_CHECK(require_active_in(database, caller.customer, product));
  return std::move(caller);
}

}  // namespace

asio::awaitable<Result<storage::AccessKeyWithSecrets>> Authentication::find_key(
    std::string access_key_id, Deadline deadline
) const {
  co_return co_await pool_.run(deadline, find_in, &database_, std::move(access_key_id));
}

asio::awaitable<Result<Caller>> Authentication::find_bearer(Secret appcode, Deadline deadline)
    const {
  co_return co_await pool_.run(deadline, find_bearer_in, &database_, std::move(appcode));
}

asio::awaitable<Result<Caller>> Authentication::admit_bearer(
    Secret appcode, std::string product, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, admit_bearer_in, &database_, std::move(appcode), std::move(product)
  );
}

asio::awaitable<Result<void>> Authentication::refuse_replay(
    std::string fingerprint, Timestamp expires_at, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, remember_in, &database_, std::move(fingerprint), clock_.now(), expires_at
  );
}

asio::awaitable<Result<void>> Authentication::require_active(
    std::string customer, std::string product, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, require_active_in, &database_, std::move(customer), std::move(product)
  );
}

}  // namespace selfsame::flows
