// SPDX-License-Identifier: Apache-2.0
// Who calls, and may they: keys, replays, account states. Signatures themselves are the adapters'.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// The customer behind a request, once its credential has been checked.
struct Caller {
  std::string customer;
  std::string access_key_id;
};

/// Thread-safe; waits on the storage pool.
class Authentication {
 public:
  Authentication(storage::Database& database, WorkerPool& storage_pool, const Clock& clock)
      : database_(database), pool_(storage_pool), clock_(clock) {}

  /// `unknown_key` when there is no such key or it is disabled.
  [[nodiscard]] asio::awaitable<Result<storage::AccessKeyWithSecrets>> find_key(
      std::string access_key_id, Deadline deadline
  ) const;

  /// The caller behind a bearer credential (appcode). `unknown_key` as find_key.
  [[nodiscard]] asio::awaitable<Result<Caller>> find_bearer(Secret appcode, Deadline deadline)
      const;

  /// The caller behind a bearer credential (appcode), who may use the product: the errors of
  /// find_key and require_active, from one visit of the storage pool.
  [[nodiscard]] asio::awaitable<Result<Caller>> admit_bearer(
      Secret appcode, std::string product, Deadline deadline
  ) const;

  /// `replayed` when this fingerprint was shown before and has not expired.
  [[nodiscard]] asio::awaitable<Result<void>> refuse_replay(
      std::string fingerprint, Timestamp expires_at, Deadline deadline
  ) const;

  /// Success only while the customer may use the product; else the `account_*` value (or
  /// `forbidden`) that says why not.
  [[nodiscard]] asio::awaitable<Result<void>> require_active(
      std::string customer, std::string product, Deadline deadline
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
