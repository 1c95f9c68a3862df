// SPDX-License-Identifier: Apache-2.0
// The sweep over a real database and blob store, whose clock the test moves.
#include "flows/blob_sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "base/crypto.h"
#include "storage/blobs_folder.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"

namespace selfsame::flows {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class BlobSweepTest : public ::testing::Test {
 protected:
  BlobSweepTest() {
    auto master = storage::load_or_create_master_key(folder_);
    database_ = std::move(*storage::open_database(folder_ / "test.db", master->key));
    blobs_ = std::move(*storage::open_folder_blobs(folder_ / "blobs", master->key));
  }
  ~BlobSweepTest() override {
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string put() { return blobs_->put(bytes_of("a face")).value(); }
  /// As a killed server leaves it, without waiting for the disk.
  std::string put_quickly() {
    std::string id = to_hex(random_bytes(16));
    const auto folder = folder_ / "blobs" / id.substr(0, 2);
    std::filesystem::create_directories(folder);
    std::ofstream(folder / id) << "a face";
    return id;
  }
  bool is_there(const std::string& blob) { return blobs_->get(blob).has_value(); }

  void commit(const std::string& reference, const std::string& capture, const std::string& frame) {
    storage::OutcomeRecord outcome;
    outcome.id = random_uuid();
    outcome.customer = "bank";
    outcome.reference_blob = reference;
    outcome.capture_blob = capture;
    outcome.best_frame_blob = frame;
    outcome.decided_at = clock_.now();
    ASSERT_TRUE(database_->outcomes().commit(outcome, std::nullopt));
  }

  SweepReport sweep(const SweepOptions& options = {}) {
    return sweep_blobs(*database_, *blobs_, clock_, options, stop_.get_token());
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("selfsame_sweep_" + random_token(12));
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  ManualClock clock_{SystemClock{}.now()};
  std::stop_source stop_;
};

TEST_F(BlobSweepTest, ErasesOldOrphansAndNothingElse) {
  const auto reference = put();
  const auto capture = put();
  const auto frame = put();
  const auto orphan = put();
  commit(reference, capture, frame);
  EXPECT_EQ(sweep().blobs, 0U);
  EXPECT_TRUE(is_there(orphan)) << "its outcome may be on its way";
  clock_.advance(hours(25));
  const SweepReport report = sweep();
  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.blobs, 4U);
  EXPECT_EQ(report.orphans, 1U);
  EXPECT_EQ(report.erased, 1U);
  EXPECT_FALSE(is_there(orphan));
  for (const auto& blob : {reference, capture, frame}) EXPECT_TRUE(is_there(blob));
  EXPECT_EQ(sweep().orphans, 0U);
}

TEST_F(BlobSweepTest, ADryRunCountsOnly) {
  const auto orphan = put();
  clock_.advance(hours(25));
  const SweepReport report = sweep({.dry_run = true});
  EXPECT_EQ(report.orphans, 1U);
  EXPECT_EQ(report.erased, 0U);
  EXPECT_TRUE(is_there(orphan));
}

TEST_F(BlobSweepTest, NoAgeIsTooSmallToBeSafe) {
  const auto orphan = put();
  for (const auto age : {hours(-100), hours(0)}) {
    EXPECT_EQ(sweep({.age = age}).orphans, 0U);
    clock_.advance(minutes(20));
  }
  EXPECT_TRUE(is_there(orphan));
  clock_.advance(minutes(30));
  EXPECT_EQ(sweep({.age = hours(0)}).erased, 1U);
}

TEST_F(BlobSweepTest, AnOldCopyOfTheDatabaseErasesNothingByItself) {
  for (int i = 0; i < 101; ++i) (void)put_quickly();
  clock_.advance(hours(25));
  const SweepReport careful = sweep();
  ASSERT_TRUE(careful.failure);
  EXPECT_EQ(careful.failure->code, Errc::conflict);
  EXPECT_EQ(careful.orphans, 101U);
  EXPECT_EQ(careful.erased, 0U);
  EXPECT_EQ(sweep({.however_many = true}).erased, 101U);
}

TEST_F(BlobSweepTest, ManyOrphansAmongManyBlobsAreErased) {
  for (int i = 0; i < 334; ++i) commit(put_quickly(), put_quickly(), put_quickly());
  for (int i = 0; i < 101; ++i) (void)put_quickly();
  clock_.advance(hours(25));
  const SweepReport report = sweep();
  EXPECT_FALSE(report.failure);
  EXPECT_EQ(report.blobs, 1103U);
  EXPECT_EQ(report.erased, 101U);
}

TEST_F(BlobSweepTest, StopsWhenToldTo) {
  (void)put();
  clock_.advance(hours(25));
  stop_.request_stop();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(sweep().erased, 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(BlobSweepTest, RemovesOldDrafts) {
  const auto draft = folder_ / "blobs" / "incoming" / random_token(32);
  std::filesystem::copy_file(folder_ / "master.key", draft);
  EXPECT_EQ(sweep().drafts, 0U);
  std::filesystem::last_write_time(draft, std::filesystem::file_time_type::clock::now() - hours(2));
  EXPECT_EQ(sweep({.dry_run = true}).drafts, 0U);
  EXPECT_EQ(sweep().drafts, 1U);
  EXPECT_FALSE(std::filesystem::exists(draft));
}

/// The real one, in which something happens after it was asked for the first time about a blob.
class BusyOutcomes final : public storage::Outcomes {
 public:
  BusyOutcomes(storage::Outcomes& real, std::string blob, std::function<void()> then)
      : real_(real), blob_(std::move(blob)), then_(std::move(then)) {}
  Result<std::vector<std::string>> referenced_blobs(const std::vector<std::string>& ids) override {
    auto answer = real_.referenced_blobs(ids);
    if (std::ranges::find(ids, blob_) != ids.end() && asked_++ == 0) then_();
    return answer;
  }
  Result<storage::OutcomeRecord> commit(
      const storage::OutcomeRecord& outcome, const std::optional<storage::LedgerEntry>& charge
  ) override {
    return real_.commit(outcome, charge);
  }
  Result<std::optional<storage::OutcomeRecord>> find_by_fingerprint(
      const std::string& customer, const std::string& fingerprint
  ) override {
    return real_.find_by_fingerprint(customer, fingerprint);
  }
  Result<storage::OutcomeRecord> find(const std::string& customer, const std::string& id) override {
    return real_.find(customer, id);
  }
  Result<void> set_ground_truth(
      const std::string& customer, const std::string& id, storage::GroundTruth truth
  ) override {
    return real_.set_ground_truth(customer, id, truth);
  }
  Result<std::optional<storage::GroundTruth>> ground_truth(
      const std::string& customer, const std::string& id
  ) override {
    return real_.ground_truth(customer, id);
  }
  Result<std::vector<storage::LedgerEntry>> ledger(const storage::LedgerQuery& query) override {
    return real_.ledger(query);
  }

 private:
  storage::Outcomes& real_;
  std::string blob_;
  std::function<void()> then_;
  int asked_ = 0;
};

class BusyDatabase final : public storage::Database {
 public:
  BusyDatabase(storage::Database& real, std::string blob, std::function<void()> then)
      : real_(real), outcomes_(real.outcomes(), std::move(blob), std::move(then)) {}
  storage::AccessKeys& access_keys() override { return real_.access_keys(); }
  storage::Customers& customers() override { return real_.customers(); }
  storage::Outcomes& outcomes() override { return outcomes_; }
  storage::SeenRequests& seen_requests() override { return real_.seen_requests(); }
  storage::VerificationSessions& verifications() override { return real_.verifications(); }
  storage::WebhookQueue& webhooks() override { return real_.webhooks(); }
  storage::IdempotentRequests& idempotent_requests() override {
    return real_.idempotent_requests();
  }
  storage::Uploads& uploads() override { return real_.uploads(); }
  storage::RegisterRecords& register_records() override { return real_.register_records(); }
  storage::NumberHistory& number_history() override { return real_.number_history(); }
  storage::SmsMessages& sms_messages() override { return real_.sms_messages(); }
  Result<void> ping() override { return real_.ping(); }

 private:
  storage::Database& real_;
  BusyOutcomes outcomes_;
};

TEST_F(BlobSweepTest, AsksAgainBeforeItErases) {
  const auto late = put();
  const auto orphan = put();
  clock_.advance(hours(25));
  BusyDatabase database(*database_, late, [&] { commit(late, "", ""); });
  const SweepReport report = sweep_blobs(database, *blobs_, clock_, {}, stop_.get_token());
  EXPECT_EQ(report.orphans, 2U);
  EXPECT_EQ(report.erased, 1U);
  EXPECT_TRUE(is_there(late));
  EXPECT_FALSE(is_there(orphan));
}

TEST_F(BlobSweepTest, ADatabaseThatDoesNotAnswerErasesNothing) {
  const auto orphan = put();
  clock_.advance(hours(25));
  BusyDatabase database(*database_, orphan, [] { throw std::runtime_error("gone"); });
  EXPECT_THROW(
      static_cast<void>(sweep_blobs(database, *blobs_, clock_, {}, stop_.get_token())),
      std::runtime_error
  );
  EXPECT_TRUE(is_there(orphan));
}

TEST_F(BlobSweepTest, WhatIsThrownEndsOneSweepAndNotTheProcess) {
  const auto orphan = put();
  clock_.advance(hours(25));
  BusyDatabase database(*database_, orphan, [] { throw std::runtime_error("gone"); });
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<SweepReport> reports;
  const PeriodicSweep periodic(
      database,
      *blobs_,
      clock_,
      {},
      std::chrono::milliseconds(1),
      [&](const SweepReport& report) {
        const std::lock_guard lock(mutex);
        reports.push_back(report);
        changed.notify_all();
      }
  );
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return reports.size() >= 2; })
  );
  EXPECT_TRUE(reports[0].failure);
  EXPECT_EQ(reports[1].erased, 1U);
}

TEST_F(BlobSweepTest, TwoServersMaySweepAtOnce) {
  std::vector<std::string> kept;
  for (int i = 0; i < 30; ++i) {
    kept.push_back(put());
    commit(kept.back(), "", "");
    (void)put();
  }
  clock_.advance(hours(25));
  SweepReport a;
  SweepReport b;
  {
    const std::jthread one([&] { a = sweep(); });
    const std::jthread two([&] { b = sweep(); });
  }
  EXPECT_EQ(a.erased + b.erased, 30U);
  EXPECT_FALSE(a.failure);
  EXPECT_FALSE(b.failure);
  for (const auto& blob : kept) EXPECT_TRUE(is_there(blob));
}

TEST_F(BlobSweepTest, SweepsAgainAndAgainUntilDestroyed) {
  (void)put();
  clock_.advance(hours(25));
  std::mutex mutex;
  std::condition_variable changed;
  int sweeps = 0;
  std::size_t erased = 0;
  {
    const PeriodicSweep periodic(
        *database_,
        *blobs_,
        clock_,
        {},
        std::chrono::milliseconds(10),
        [&](const SweepReport& report) {
          const std::lock_guard lock(mutex);
          ++sweeps;
          erased += report.erased;
          changed.notify_all();
        }
    );
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return sweeps >= 3; }));
  }
  EXPECT_EQ(erased, 1U);
}

}  // namespace
}  // namespace selfsame::flows
