// SPDX-License-Identifier: Apache-2.0
// Use case: what happened to an identity number before. It warns of numbers that somebody tries to
// use; it says nothing of the person whose number it is.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/clock.h"
#include "flows/worker_pool.h"
#include "storage/register_repositories.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// Thread-safe; waits on the storage pool. Numbers are normal (core/id_number.h).
class NumberWatch {
 public:
  NumberWatch(storage::Database& database, WorkerPool& storage_pool, const Clock& clock)
      : database_(database), pool_(storage_pool), clock_(clock) {}

  /// An attempt under this number was judged an attack. Returns when that is durable.
  [[nodiscard]] asio::awaitable<Result<void>> note_attack(std::string number, Deadline deadline)
      const;

  /// What stands for the number in a session that may end as an attack (VerificationOptions::
  /// number_mark); hexadecimal, keyed. Does not wait.
  [[nodiscard]] std::string mark_of(const std::string& number) const;

  /// Ever, by any customer.
  [[nodiscard]] asio::awaitable<Result<bool>> was_attacked(std::string number, Deadline deadline)
      const;

  /// Counts an enquiry about the number; false when there were `most` today (UTC) already.
  [[nodiscard]] asio::awaitable<Result<bool>> count_enquiry(
      std::string number, std::int64_t most, Deadline deadline
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
