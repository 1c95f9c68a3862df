// SPDX-License-Identifier: Apache-2.0
// Use case: a request that is sent again under the same Idempotency-Key gets the first answer
// (draft-ietf-httpapi-idempotency-key-header).
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/secret.h"
#include "flows/authentication.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"

namespace selfsame::flows {

struct StoredAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// Thread-safe; waits on the storage pool. Answers are kept sealed: they may hold tokens.
class Idempotency {
 public:
  Idempotency(
      storage::Database& database,
      WorkerPool& storage_pool,
      const Clock& clock,
      Secret sealing_key,
      std::chrono::milliseconds kept = std::chrono::hours(24)
  );

  /// Nothing: this is the first time, so do it, and then finish() or abandon(). `conflict`: the
  /// first one is still at work; `invalid_parameter`: the key was used for another request, or is
  /// not 1..255 visible ASCII characters.
  /// @param request_hash  over everything that makes two requests the same: method, path, body
  [[nodiscard]] asio::awaitable<Result<std::optional<StoredAnswer>>> begin(
      Caller caller, std::string key, Bytes request_hash, Deadline deadline
  ) const;
  [[nodiscard]] asio::awaitable<Result<void>> finish(
      Caller caller, std::string key, StoredAnswer answer, Deadline deadline
  ) const;
  /// The request failed without effect: its key may be used again.
  [[nodiscard]] asio::awaitable<Result<void>> abandon(
      Caller caller, std::string key, Deadline deadline
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
  Secret sealing_key_;
  std::chrono::milliseconds kept_;
};

}  // namespace selfsame::flows
