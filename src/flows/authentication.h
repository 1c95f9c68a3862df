// SPDX-License-Identifier: Apache-2.0
// Who calls: keys and replays. Signatures themselves are the adapters'; what the caller may do is
// flows/admission.h.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "flows/worker_pool.h"
#include "storage/customer_repositories.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// The customer behind a request, once its credential has been checked.
struct Caller {
  std::string customer;
  std::string access_key_id;
  // What was settled with the customer when the key was read, for the admission that follows, which
  // then has nothing to wait for. Nothing: it reads that itself.
  std::shared_ptr<const storage::CustomerStanding> standing = nullptr;
};

struct KnownKey {
  Caller caller;
  Secret secret;
};

/// Thread-safe; waits on the storage pool.
class Authentication {
 public:
  Authentication(storage::Database& database, WorkerPool& storage_pool, const Clock& clock)
      : database_(database), pool_(storage_pool), clock_(clock) {}

  /// `unknown_key` when there is no such key or it is disabled.
  [[nodiscard]] asio::awaitable<Result<KnownKey>> find_key(
      std::string access_key_id, Deadline deadline
  ) const;

  /// The caller behind a bearer credential (appcode). `unknown_key` likewise.
  [[nodiscard]] asio::awaitable<Result<Caller>> find_bearer(Secret appcode, Deadline deadline)
      const;

  /// `replayed` when this fingerprint was shown before and has not expired.
  [[nodiscard]] asio::awaitable<Result<void>> refuse_replay(
      std::string fingerprint, Timestamp expires_at, Deadline deadline
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
