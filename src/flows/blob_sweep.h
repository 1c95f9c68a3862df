// SPDX-License-Identifier: Apache-2.0
// Use case: erase the blobs that no outcome refers to. A server that is killed between storing a
// photo and its outcome leaves such orphans, and so does a store that loses its answer.
//
// Never a blob with an outcome, by three rules:
// 1. Only blobs older than `age` (kSweepAgeLeast at least) are looked at.
// 2. An outcome is never stored kBlobCommitWithin after its first blob
// (flows/liveness_comparison.h),
//    so what has no outcome at that age never gets one.
// 3. The database is asked immediately before each batch is erased, too.
// Servers that share a database and a store may sweep at the same time: an orphan is an orphan for
// all of them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "storage/blob_store.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// Room for a database that answers late, a clock that is wrong and a machine that was asleep.
constexpr std::chrono::hours kSweepAgeLeast{1};
static_assert(kSweepAgeLeast >= 4 * storage::kBlobCommitWithin);

struct SweepOptions {
  std::chrono::milliseconds age =
      std::chrono::hours(24);  // less than kSweepAgeLeast counts as that
  bool dry_run = false;        // count, erase nothing
  // Erase even where more than a hundred blobs and more than a tenth of all have no outcome. That
  // is no accident of a crash but most likely another database's store, or an old copy of a
  // database.
  bool however_many = false;
};

struct SweepReport {
  std::size_t blobs = 0;    // that were old enough
  std::size_t orphans = 0;  // of these without an outcome
  std::size_t erased = 0;
  std::size_t drafts = 0;  // half-written files removed
  // Why it ended before its work was done: `conflict` (see however_many), the database or the
  // store.
  std::optional<Error> failure;
};

/// Looks at all blobs once, at most ten thousand orphans a time, in the pace of background work (a
/// hundred erased a second), until done or stopped. Blocking.
[[nodiscard]] SweepReport sweep_blobs(
    storage::Database& database,
    storage::BlobStore& blobs,
    const Clock& clock,
    const SweepOptions& options,
    const std::stop_token& stop
);

/// Sweeps on a thread of its own, now and then every `interval`, until it is destroyed, which waits
/// for the one call to the store that may be running.
class PeriodicSweep {
 public:
  /// @param done  told of every sweep, on that thread
  PeriodicSweep(
      storage::Database& database,
      storage::BlobStore& blobs,
      const Clock& clock,
      SweepOptions options,
      std::chrono::milliseconds interval,
      std::function<void(const SweepReport&)> done
  );

 private:
  std::jthread thread_;
};

}  // namespace selfsame::flows
