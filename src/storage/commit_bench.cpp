// SPDX-License-Identifier: Apache-2.0
// Durable outcomes with their charges per second, on both databases in one run.
// ninja storage_bench && SELFSAME_TEST_POSTGRES=$(tests/peers/postgres.sh start DIR) storage_bench
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "storage/postgres/test_server.h"
#include "storage/postgres_database.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace {

using namespace selfsame;
using namespace selfsame::storage;
using Clock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void commit_one(Outcomes& outcomes, std::string id) {
  const Timestamp now = SystemClock().now();
  const OutcomeRecord outcome{
      .id = id,
      .customer = "bank",
      .access_key_id = "AK1",
      .surface = "tencent",
      .operation = "CompareFaceLiveness",
      .request_fingerprint = id,
      .cosine = 0.5,
      .calibration = "face/bf16",
      .reference_blob = std::string(32, 'a'),
      .capture_blob = std::string(32, 'b'),
      .best_frame_blob = std::string(32, 'c'),
      .decided_at = now
  };
  const LedgerEntry charge{
      .outcome_id = id, .customer = "bank", .product = "p", .code = "Success", .billed_at = now
  };
  if (!outcomes.commit(outcome, charge)) std::abort();
}

void measure(const char* name, Database& database, int clients) {
  static std::atomic<int> run = 0;
  const int prefix = ++run;
  std::atomic<int> count = 0;
  const double cpu = cpu_seconds();
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < clients; ++t) {
    threads.emplace_back([&] {
      while (Clock::now() - start < std::chrono::seconds(3)) {
        commit_one(database.outcomes(), std::to_string(prefix) + '-' + std::to_string(++count));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - start;
  std::printf(
      "%-9s %3d waiting clients: %7.0f outcomes/s, %5.1f us of our CPU each\n",
      name,
      clients,
      count / took.count(),
      (cpu_seconds() - cpu) / count * 1e6
  );
}

}  // namespace

int main() {
  const MasterKey key = selfsame::storage::testing::master_key_of(1);
  const selfsame::storage::testing::TemporaryDirectory directory;
  const auto sqlite = open_database(directory.path() / "selfsame.db", key).value();
  const bool with_postgres = !postgres::testing::server_url().empty();
  std::optional<postgres::testing::TemporaryDatabase> place;
  std::unique_ptr<Database> postgres;
  if (with_postgres) {
    place.emplace();
    postgres = open_postgres_database(place->target(), key).value();
  } else {
    std::printf("no PostgreSQL: SELFSAME_TEST_POSTGRES is not set\n");
  }
  for (const int clients : {1, 4, 32, 1, 4, 32}) {
    measure("sqlite", *sqlite, clients);
    if (postgres) measure("postgres", *postgres, clients);
  }
  postgres.reset();
}
