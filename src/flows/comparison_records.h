// SPDX-License-Identifier: Apache-2.0
// Use case: what an earlier comparison came to, and what its customer learned about it since.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "flows/authentication.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"

namespace selfsame::flows {

struct ComparisonRecord {
  storage::OutcomeRecord outcome;
  std::optional<storage::GroundTruth> ground_truth;
};

/// Thread-safe; waits on the storage pool. `not_found` also for an outcome of another customer.
class ComparisonRecords {
 public:
  ComparisonRecords(storage::Database& database, WorkerPool& storage_pool, const Clock& clock)
      : database_(database), pool_(storage_pool), clock_(clock) {}

  [[nodiscard]] asio::awaitable<Result<ComparisonRecord>> find(
      Caller caller, std::string id, Deadline deadline
  ) const;

  /// Returns when the statement is durable. It may be made again, and otherwise: the last one
  /// counts.
  [[nodiscard]] asio::awaitable<Result<void>> state_ground_truth(
      Caller caller, std::string id, bool same_person, Deadline deadline
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
