// SPDX-License-Identifier: Apache-2.0
#include "flows/blob_sweep.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace selfsame::flows {
namespace {

constexpr std::size_t kAskedAtOnce = 500;
constexpr std::size_t kErasedAtOnce = 20;
constexpr std::chrono::milliseconds kPauseAfterErasing{200};
constexpr std::chrono::milliseconds kPauseAfterPage{20};
constexpr std::size_t kOrphansMax = 10'000;
constexpr std::size_t kPlausibleOrphans = 100;

/// Returns when the time is over or somebody wants to stop.
void pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any nobody_else;
  nobody_else.wait_for(lock, stop, time, [] { return false; });
}

using Ids = std::vector<std::string>;

class Sweep {
 public:
  Sweep(
      storage::Database& database,
      storage::BlobStore& blobs,
      const Clock& clock,
      const SweepOptions& options,
      const std::stop_token& stop
  )
      : outcomes_(database.outcomes()),
        blobs_(blobs),
        options_(options),
        stop_(stop),
        written_before_(
            clock.now() - std::max<std::chrono::milliseconds>(options.age, kSweepAgeLeast)
        ) {}

  SweepReport run() {
    if (auto swept = sweep(); !swept) report_.failure = std::move(swept).error();
    return report_;
  }

 private:
  Result<void> sweep() {
    if (!options_.dry_run) report_.drafts = blobs_.remove_drafts();
    SELFSAME_TRY(orphans, find_orphans());
    report_.orphans = orphans.size();
    if (options_.dry_run) return {};
    if (!options_.however_many && orphans.size() > kPlausibleOrphans &&
        orphans.size() > report_.blobs / 10) {
      return fail(
          Errc::conflict,
          std::to_string(orphans.size()) + " of " + std::to_string(report_.blobs) +
              " blobs have no outcome: is this the database that they belong to? Nothing erased"
      );
    }
    for (std::size_t at = 0; at < orphans.size() && !stop_.stop_requested(); at += kErasedAtOnce) {
      SELFSAME_CHECK(erase(part_of(orphans, at, kErasedAtOnce)));
      pause(kPauseAfterErasing, stop_);
    }
    return {};
  }

  Result<Ids> find_orphans() {
    Ids orphans;
    std::string from;
    do {
      SELFSAME_TRY(page, blobs_.list(from));
      Ids old;
      for (storage::StoredBlob& blob : page.blobs) {
        if (blob.written_at < written_before_) old.push_back(std::move(blob.id));
      }
      report_.blobs += old.size();
      for (std::size_t at = 0; at < old.size(); at += kAskedAtOnce) {
        SELFSAME_TRY(unreferenced, without_outcome(part_of(old, at, kAskedAtOnce)));
        std::ranges::move(unreferenced, std::back_inserter(orphans));
      }
      from = std::move(page.next);
      if (!from.empty()) pause(kPauseAfterPage, stop_);
    } while (!from.empty() && orphans.size() < kOrphansMax && !stop_.stop_requested());
    return orphans;
  }

  Result<void> erase(const Ids& ids) {
    SELFSAME_TRY(still_orphans, without_outcome(ids));
    for (const std::string& id : still_orphans) {
      const auto erased = blobs_.erase(id);
      if (!erased && erased.error().code != Errc::not_found) return erased;
      report_.erased += erased ? 1 : 0;  // else another server did
    }
    return {};
  }

  Result<Ids> without_outcome(Ids ids) {
    SELFSAME_TRY(referenced, outcomes_.referenced_blobs(ids));
    const std::unordered_set<std::string> kept(referenced.begin(), referenced.end());
    std::erase_if(ids, [&](const std::string& id) { return kept.contains(id); });
    return ids;
  }

  static Ids part_of(const Ids& ids, std::size_t at, std::size_t count) {
    const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t some = std::min(count, ids.size() - at);
    return {begin, begin + static_cast<std::ptrdiff_t>(some)};
  }

  storage::Outcomes& outcomes_;
  storage::BlobStore& blobs_;
  const SweepOptions& options_;
  const std::stop_token& stop_;
  Timestamp written_before_;
  SweepReport report_;
};

}  // namespace

SweepReport sweep_blobs(
    storage::Database& database,
    storage::BlobStore& blobs,
    const Clock& clock,
    const SweepOptions& options,
    const std::stop_token& stop
) {
  return Sweep(database, blobs, clock, options, stop).run();
}

namespace {

/// For a thread of its own, where what is thrown would end the process.
SweepReport sweep_or_say_why(
    storage::Database& database,
    storage::BlobStore& blobs,
    const Clock& clock,
    const SweepOptions& options,
    const std::stop_token& stop
) {
  try {
    return sweep_blobs(database, blobs, clock, options, stop);
  } catch (const std::exception& thrown) {
    SweepReport report;
    report.failure = Error{Errc::storage_unavailable, thrown.what()};
    return report;
  }
}

}  // namespace

PeriodicSweep::PeriodicSweep(
    storage::Database& database,
    storage::BlobStore& blobs,
    const Clock& clock,
    SweepOptions options,
    std::chrono::milliseconds interval,
    std::function<void(const SweepReport&)> done
)
    : thread_([&database, &blobs, &clock, options, interval, done = std::move(done)](
                  const std::stop_token& stop
              ) {
        while (!stop.stop_requested()) {
          done(sweep_or_say_why(database, blobs, clock, options, stop));
          pause(interval, stop);
        }
      }) {}

}  // namespace selfsame::flows
