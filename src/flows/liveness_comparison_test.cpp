// SPDX-License-Identifier: Apache-2.0
// The flow over a real database and blob store, with an engine whose measurements the test sets.
// The real engine runs it in tests/conformance.
#include "flows/liveness_comparison.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <optional>

#include "base/crypto.h"
#include "flows/blob_sweep.h"
#include "flows/test_await.h"
#include "flows/test_engine.h"
#include "storage/blobs_folder.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"

namespace selfsame::flows {
namespace {

using core::CaptureDefect;
using core::Outcome;
using testing::kPolicy;
using testing::ScriptedEngine;

class LivenessComparisonTest : public ::testing::Test {
 protected:
  LivenessComparisonTest() {
    auto master = storage::load_or_create_master_key(folder_);
    database_ = std::move(*storage::open_database(folder_ / "test.db", master->key));
    blobs_ = std::move(*storage::open_folder_blobs(folder_ / "blobs", master->key));
  }
  ~LivenessComparisonTest() override {
    inference_.join();
    storage_.join();
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<LivenessComparisonResult> run(const std::string& id, const std::string& fingerprint) {
    return run_with(*blobs_, clock_, id, fingerprint);
  }
  Result<LivenessComparisonResult> run_with(
      storage::BlobStore& blobs,
      const Clock& clock,
      const std::string& id,
      const std::string& fingerprint = ""
  ) {
    const LivenessComparison flow(engine_, *database_, blobs, inference_, storage_, clock, kPolicy);
    LivenessComparisonRequest request;
    request.caller = {.customer = "bank", .access_key_id = "AK1"};
    request.surface = "test";
    request.operation = "op";
    request.product = "test.product";
    request.request_id = id;
    request.request_fingerprint = fingerprint;
    request.customer = customer_;
    request.reference_image = image_;
    request.samples.video = {4, 5, 6};
    request.deadline = deadline_;
    request.single_use = single_use_;
    request.single_use_until = single_use_until_;
    request.billed_code = [this](Outcome outcome) -> std::optional<std::string> {
      if (outcome == billed_) return "Billed";
      return std::nullopt;
    };
    boost::asio::io_context& io = testing::lasting_context();
    std::optional<Result<LivenessComparisonResult>> result;
    boost::asio::co_spawn(
        io,
        flow.run(std::move(request)),
        [&](std::exception_ptr thrown, Result<LivenessComparisonResult> value) {
          if (thrown) std::rethrow_exception(thrown);
          result = std::move(value);
        }
    );
    io.run();
    return std::move(*result);
  }

  std::size_t charges() { return database_->outcomes().ledger("bank")->size(); }
  std::size_t files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "blobs")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("selfsame_flow_" + random_token(12));
  ScriptedEngine engine_;
  Outcome billed_ = Outcome::match;
  std::shared_ptr<const core::Customer> customer_;
  Bytes image_ = {1, 2, 3};
  std::string single_use_;
  Timestamp single_use_until_{};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  InferencePool inference_{1, 4};
  WorkerPool storage_{1, 4};
  SystemClock clock_;
  Deadline deadline_ = std::chrono::steady_clock::now() + std::chrono::minutes(1);
};

TEST_F(LivenessComparisonTest, AMatchIsStoredWithItsSamplesAndBilledOnce) {
  const auto result = run("r1", "f1");
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->outcome, Outcome::match);
  EXPECT_EQ(result->cosine, 0.7);
  EXPECT_EQ(result->best_frame_jpeg, (Bytes{'j', 'p', 'g'}));
  EXPECT_FALSE(result->repeated);
  const auto stored = database_->outcomes().find("bank", "r1");
  ASSERT_TRUE(stored);
  EXPECT_EQ(*blobs_->get(stored->reference_blob), (Bytes{1, 2, 3}));
  EXPECT_EQ(*blobs_->get(stored->capture_blob), (Bytes{4, 5, 6}));
  EXPECT_EQ(charges(), 1u);
  EXPECT_EQ(files(), 3u);
}

TEST_F(LivenessComparisonTest, ACustomerMayBeStricterAndNeverLaxer) {
  engine_.cosine = 0.5;
  ASSERT_EQ(run("a", "")->outcome, Outcome::match);
  core::Customer strict;
  strict.match_fmr = 3;
  ASSERT_GT(engine_.calibration().threshold.at(3), engine_.cosine);
  customer_ = std::make_shared<const core::Customer>(strict);
  EXPECT_EQ(run("b", "")->outcome, Outcome::non_match);
  strict.match_fmr = 0;
  strict.bona_fide_min = 0.95;
  customer_ = std::make_shared<const core::Customer>(strict);
  EXPECT_EQ(run("c", "")->outcome, Outcome::liveness_unsure);
  strict.bona_fide_min = 0;
  customer_ = std::make_shared<const core::Customer>(strict);
  engine_.pad = 0.1;
  EXPECT_EQ(run("d", "")->outcome, Outcome::attack);
}

TEST_F(LivenessComparisonTest, AMagicInputDecidesInTheSandboxAlone) {
  constexpr std::string_view kMagic = "selfsame-sandbox:attack/mask";
  image_.assign(kMagic.begin(), kMagic.end());
  EXPECT_EQ(run("live", "")->outcome, Outcome::match) << "of a live customer";
  core::Customer sandbox;
  sandbox.sandbox = true;
  customer_ = std::make_shared<const core::Customer>(sandbox);
  const auto result = run("sandbox", "");
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->outcome, Outcome::attack);
  EXPECT_EQ(result->attack_class, core::AttackClass::mask);
  const auto stored = database_->outcomes().find("bank", "sandbox");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->calibration, "sandbox");
  EXPECT_FALSE(stored->pad_score) << "no network ran";
  constexpr std::string_view kError = "selfsame-sandbox:error/engine_failed";
  image_.assign(kError.begin(), kError.end());
  EXPECT_EQ(run("error", "").error().code, Errc::engine_failed);
  EXPECT_EQ(database_->outcomes().find("bank", "error").error().code, Errc::not_found);
  image_ = {1, 2, 3};
  EXPECT_EQ(run("plain", "")->outcome, Outcome::match) << "an ordinary input is judged";
}

TEST_F(LivenessComparisonTest, ARepeatedRequestGetsTheStoredAnswerAndNoSecondCharge) {
  ASSERT_TRUE(run("r1", "f1"));
  engine_.cosine = 0.1;
  const auto again = run("r2", "f1");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->request_id, "r1");
  EXPECT_EQ(again->outcome, Outcome::match);
  EXPECT_EQ(again->best_frame_jpeg, (Bytes{'j', 'p', 'g'}));
  EXPECT_EQ(charges(), 1u);
  EXPECT_EQ(files(), 3u);
}

TEST_F(LivenessComparisonTest, EveryFindingBecomesItsOutcomeAndOnlyAMatchIsBilled) {
  engine_.cosine = 0.35;
  EXPECT_EQ(run("a", "")->outcome, Outcome::non_match);
  engine_.cosine = 0.9;
  engine_.pad = 0.55;
  EXPECT_EQ(run("b", "")->outcome, Outcome::liveness_unsure);
  engine_.pad = 0.1;
  const auto attack = run("c", "");
  EXPECT_EQ(attack->outcome, Outcome::attack);
  EXPECT_EQ(attack->attack_class, core::AttackClass::print);
  EXPECT_EQ(attack->cosine, std::nullopt);
  EXPECT_TRUE(attack->best_frame_jpeg.empty());
  engine_.video_defect = CaptureDefect::mask_worn;
  EXPECT_EQ(run("d", "")->outcome, Outcome::video_mask_worn);
  engine_.reference_defect = CaptureDefect::several_faces;
  EXPECT_EQ(run("e", "")->outcome, Outcome::reference_several_faces);
  EXPECT_EQ(charges(), 0u);
}

TEST_F(LivenessComparisonTest, AChallengeIsAnsweredOnceAndOnlyWithinItsTime) {
  ManualClock clock(Timestamp(std::chrono::hours(500'000)));
  single_use_ = "sequence";
  single_use_until_ = clock.now() + std::chrono::minutes(5);
  ASSERT_TRUE(run_with(*blobs_, clock, "r1"));
  EXPECT_EQ(run_with(*blobs_, clock, "r2").error().code, Errc::replayed);
  clock.advance(std::chrono::minutes(5));
  for (const char* challenge : {"sequence", "unused"}) {
    single_use_ = challenge;
    EXPECT_EQ(run_with(*blobs_, clock, "r3").error().code, Errc::expired) << challenge;
  }
  EXPECT_EQ(charges(), 1u);
}

TEST_F(LivenessComparisonTest, AnErrorLeavesNothingBehind) {
  engine_.photo_error = Errc::image_undecodable;
  EXPECT_EQ(run("r1", "f1").error().code, Errc::image_undecodable);
  EXPECT_EQ(database_->outcomes().find("bank", "r1").error().code, Errc::not_found);
  EXPECT_EQ(charges(), 0u);
  EXPECT_EQ(files(), 0u);
  engine_.photo_error.reset();
  EXPECT_EQ(run("r2", "f1")->request_id, "r2") << "a failed attempt is no stored answer";
}

TEST_F(LivenessComparisonTest, WhatCannotBeUsedIsAnsweredAndNotKept) {
  engine_.video_defect = CaptureDefect::undecodable;
  const auto result = run("r1", "f1");
  EXPECT_EQ(result->outcome, Outcome::video_undecodable);
  EXPECT_EQ(result->request_id, "r1");
  EXPECT_EQ(database_->outcomes().find("bank", "r1").error().code, Errc::not_found);
  EXPECT_EQ(run("r2", "f1")->request_id, "r2") << "nothing was stored that could be answered again";
  engine_.reference_defect = CaptureDefect::wrong_size;
  EXPECT_EQ(run("r3", "f3")->outcome, Outcome::reference_wrong_size);
  EXPECT_EQ(files(), 0u);
  engine_.reference_defect.reset();
  engine_.video_defect = CaptureDefect::several_faces;
  EXPECT_EQ(run("r4", "f4")->outcome, Outcome::video_several_faces);
  EXPECT_TRUE(database_->outcomes().find("bank", "r4")) << "who was looked at, is kept";
  EXPECT_EQ(files(), 2u);
}

TEST_F(LivenessComparisonTest, WhatIsBilledIsKeptEvenIfItCannotBeUsed) {
  billed_ = Outcome::video_undecodable;
  engine_.video_defect = CaptureDefect::undecodable;
  EXPECT_EQ(run("r1", "f1")->request_id, "r1");
  EXPECT_EQ(run("r2", "f1")->request_id, "r1");
  EXPECT_TRUE(database_->outcomes().find("bank", "r1"));
  EXPECT_EQ(charges(), 1u);
}

TEST_F(LivenessComparisonTest, AfterTheDeadlineNothingIsMeasured) {
  deadline_ = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(run("r1", "").error().code, Errc::deadline_exceeded);
  EXPECT_EQ(charges(), 0u);
}

TEST_F(LivenessComparisonTest, ANaNScoreIsNeverAMatchAndNeverLive) {
  engine_.cosine = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(run("a", "")->outcome, Outcome::non_match);
  engine_.pad = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(run("b", "")->outcome, Outcome::attack);
}

/// Lets something happen before the last of three blobs is stored.
class SlowBlobs final : public storage::BlobStore {
 public:
  SlowBlobs(storage::BlobStore& real, std::function<void()> meanwhile)
      : real_(real), meanwhile_(std::move(meanwhile)) {}
  Result<std::string> put(ByteView content) override {
    if (++puts_ == 3) meanwhile_();
    return real_.put(content);
  }
  Result<Bytes> get(const std::string& id) override { return real_.get(id); }
  Result<void> erase(const std::string& id) override { return real_.erase(id); }
  Result<storage::BlobPage> list(const std::string& from) override { return real_.list(from); }
  std::size_t remove_drafts() override { return real_.remove_drafts(); }

 private:
  storage::BlobStore& real_;
  std::function<void()> meanwhile_;
  int puts_ = 0;
};

TEST_F(LivenessComparisonTest, ASweepBetweenSamplesAndOutcomeLeavesNoOutcomeWithoutSamples) {
  // As long as an outcome may still be stored, no sweep takes its samples; once one could, none is.
  for (const auto asleep :
       {std::chrono::minutes(9), std::chrono::minutes(11), std::chrono::minutes(1500)}) {
    ManualClock clock(SystemClock{}.now());
    std::size_t swept = 0;
    SlowBlobs slow(*blobs_, [&] {
      clock.advance(asleep);
      swept = sweep_blobs(*database_, *blobs_, clock, {.age = std::chrono::hours(0)}, {}).erased;
    });
    const std::string id = "r" + std::to_string(asleep.count());
    const auto result = run_with(slow, clock, id);
    if (asleep < storage::kBlobCommitWithin) {
      ASSERT_TRUE(result) << result.error().detail;
      const auto stored = database_->outcomes().find("bank", id);
      for (const auto& blob :
           {stored->reference_blob, stored->capture_blob, stored->best_frame_blob}) {
        EXPECT_TRUE(blobs_->get(blob));
      }
      EXPECT_EQ(swept, 0u);
    } else {
      EXPECT_EQ(result.error().code, Errc::deadline_exceeded);
      EXPECT_EQ(database_->outcomes().find("bank", id).error().code, Errc::not_found);
      EXPECT_EQ(swept, asleep > std::chrono::hours(1) ? 2u : 0u);
    }
    EXPECT_EQ(charges(), 1u);
    EXPECT_EQ(files(), 3u) << "of the first; of the others nothing is left";
  }
}

TEST_F(LivenessComparisonTest, ABlobStoreThatFailsLeavesNothingBehind) {
  class Full final : public storage::BlobStore {
   public:
    explicit Full(storage::BlobStore& real) : real_(real) {}
    Result<std::string> put(ByteView content) override {
      if (++puts_ == 3) return fail(Errc::storage_unavailable, "full");
      return real_.put(content);
    }
    Result<Bytes> get(const std::string& id) override { return real_.get(id); }
    Result<void> erase(const std::string& id) override { return real_.erase(id); }
    Result<storage::BlobPage> list(const std::string& from) override { return real_.list(from); }
    std::size_t remove_drafts() override { return 0; }

   private:
    storage::BlobStore& real_;
    int puts_ = 0;
  };
  Full full(*blobs_);
  EXPECT_EQ(run_with(full, clock_, "r1").error().code, Errc::storage_unavailable);
  EXPECT_EQ(database_->outcomes().find("bank", "r1").error().code, Errc::not_found);
  EXPECT_EQ(charges(), 0u);
  EXPECT_EQ(files(), 0u);
}

TEST_F(LivenessComparisonTest, ACommitThatIsRefusedErasesTheSamplesAtOnce) {
  ASSERT_TRUE(run("r1", ""));
  EXPECT_EQ(run("r1", "").error().code, Errc::conflict);
  EXPECT_EQ(files(), 3u);
}

}  // namespace
}  // namespace selfsame::flows
