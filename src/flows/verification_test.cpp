// SPDX-License-Identifier: Apache-2.0
// The flow over a real database and blob store, with an engine whose measurements the test sets.
// The real engine runs it in tests/native.
#include "flows/verification.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <latch>
#include <optional>
#include <set>
#include <thread>

#include "base/crypto.h"
#include "core/customer_fields.h"
#include "flows/blob_sweep.h"
#include "flows/idempotency.h"
#include "flows/number_watch.h"
#include "flows/reference_photos.h"
#include "flows/test_await.h"
#include "flows/test_engine.h"
#include "flows/webhooks.h"
#include "storage/blobs_folder.h"
#include "storage/customer_repositories.h"
#include "storage/master_key.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite_database.h"
#include "storage/verification_repositories.h"

namespace selfsame::flows {
namespace {

using core::Outcome;
using core::VerificationState;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::await;
using testing::kPolicy;
using testing::ScriptedEngine;

constexpr Timestamp kNow{milliseconds(1'800'000'000'000)};

Bytes bytes(std::size_t count, std::uint8_t value) {
  return Bytes(count, value);
}

/// An executor with a thread of its own; or without one, as on a server that is about to die.
class Background {
 public:
  explicit Background(bool runs) {
    if (runs) thread_ = std::jthread([this] { io_.run(); });
  }
  ~Background() {
    work_.reset();
    io_.stop();
  }
  boost::asio::any_io_executor executor() { return io_.get_executor(); }

 private:
  boost::asio::io_context& io_ = testing::lasting_context();
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()
  };
  std::jthread thread_;
};

class VerificationTest : public ::testing::Test {
 protected:
  VerificationTest() {
    auto master = storage::load_or_create_master_key(folder_);
    database_ = std::move(*storage::open_database(folder_ / "test.db", master->key));
    blobs_ = std::move(*storage::open_folder_blobs(folder_ / "blobs", master->key));
    flow_ = make_flow(background_);
  }
  ~VerificationTest() override {
    inference_.join();
    storage_.join();
    flow_.reset();
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<Verifications> make_flow(Background& background) {
    VerificationOptions options;
    options.limits.chunk_bytes_min = 4;
    options.limits.video_bytes_max = 1'000;
    options.limits.still_bytes_max = 100;
    options.limits.evidence_bytes_max = 1'200;
    options.judging_limit = judging_limit_;
    options.billed_code =
        [this](const std::string&, Outcome outcome) -> std::optional<std::string> {
      if (core::is_live(outcome) || bill_all_) return core::name_of(outcome);
      return std::nullopt;
    };
    options.number_mark = [this](const std::string&, const std::string&) { return number_mark_; };
    options.kept = [this](const std::string&) { return kept_; };
    return std::make_unique<Verifications>(
        engine_,
        *database_,
        *blobs_,
        inference_,
        storage_,
        storage_,
        clock_,
        background.executor(),
        kPolicy,
        VerificationKeys{.challenge = Secret("challenge key"), .token = Secret("token key")},
        std::move(options)
    );
  }

  void settle(std::initializer_list<std::pair<const char*, const char*>> fields) {
    storage::CustomerVersion next;
    next.customer = caller_.customer;
    next.version = 1;
    for (const auto& [name, value] : fields) {
      ASSERT_TRUE(core::assign(next.settings, name, value)) << name;
    }
    ASSERT_TRUE(database_->customers().settle(next));
  }

  OpenedVerification open(core::VerificationTerms terms = {}) {
    VerificationOrder order;
    order.caller = caller_;
    order.terms = std::move(terms);
    if (order.terms.compares) order.reference_image = {1, 2, 3};
    order.metadata = "order 7";
    order.surface = surface_;
    order.product = product_;
    auto opened = await(flow_->open(std::move(order), deadline_));
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *opened;
  }
  ChallengeForDevice challenge(const std::string& token, core::DeviceFacts device = {}) {
    auto issued = await(flow_->challenge(token, device, deadline_));
    if (!issued) throw std::runtime_error(name_of(issued.error().code));
    return *issued;
  }
  static EvidenceChunk chunk(
      const ChallengeForDevice& of,
      const std::string& part,
      const Bytes& whole,
      std::size_t offset,
      std::size_t length
  ) {
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(offset);
    return {
        .challenge_id = of.issued.id,
        .part = part,
        .offset = offset,
        .total_bytes = whole.size(),
        .sha256 = sha256_hex(text_of(whole)),
        .content = Bytes(begin, begin + static_cast<std::ptrdiff_t>(length))
    };
  }
  std::optional<Errc> upload(const std::string& token, EvidenceChunk chunk) {
    const auto kept = await(flow_->upload(token, std::move(chunk), deadline_));
    return kept ? std::nullopt : std::optional(kept.error().code);
  }
  void upload_video(const std::string& token, const ChallengeForDevice& of) {
    ASSERT_EQ(upload(token, chunk(of, "video", video_, 0, video_.size())), std::nullopt);
  }
  static EvidenceManifest manifest(const ChallengeForDevice& of) {
    EvidenceManifest manifest;
    manifest.challenge_id = of.issued.id;
    manifest.signature = of.signature;
    return manifest;
  }
  std::optional<Errc> seal(const std::string& token, EvidenceManifest manifest) {
    const auto sealed = await(flow_->seal(token, std::move(manifest), deadline_));
    return sealed ? std::nullopt : std::optional(sealed.error().code);
  }
  DeviceView result(const std::string& token) {
    auto view = await(flow_->result(token, deadline_));
    if (!view) throw std::runtime_error(name_of(view.error().code));
    return *view;
  }
  /// Once nothing is being judged any more.
  DeviceView judged(const std::string& token) {
    for (;;) {
      const DeviceView view = result(token);
      if (view.state != VerificationState::in_progress) return view;
      std::this_thread::sleep_for(milliseconds(2));
    }
  }
  /// Answers the next challenge with a video of the right length.
  DeviceView answer(const std::string& token) {
    const auto issued = challenge(token);
    clock_.advance(seconds(5));
    upload_video(token, issued);
    EXPECT_EQ(seal(token, manifest(issued)), std::nullopt);
    return judged(token);
  }
  VerificationView show(const std::string& id) {
    auto view = await(flow_->show(caller_, id, deadline_));
    if (!view) throw std::runtime_error(name_of(view.error().code));
    return *view;
  }

  std::size_t charges() { return database_->outcomes().ledger("bank")->size(); }
  /// Erasing comes after the verdict: waits a while for this number.
  std::size_t files(std::size_t expected) {
    const auto patience = std::chrono::steady_clock::now() + seconds(10);
    while (files() != expected && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(2));
    }
    return files();
  }
  std::size_t files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "blobs")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("selfsame_flow_" + random_token(12));
  std::string number_mark_;
  std::string surface_ = "native";
  std::string product_ = "native.verifications";
  Caller caller_{.customer = "bank", .access_key_id = "AK1"};
  Bytes video_ = bytes(50, 7);
  ScriptedEngine engine_;
  milliseconds judging_limit_{5'000};
  std::optional<milliseconds> kept_;
  bool bill_all_ = false;
  ManualClock clock_{kNow};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  InferencePool inference_{2, 8};
  WorkerPool storage_{4, 32};
  Background background_{true};
  std::unique_ptr<Verifications> flow_;
  Deadline deadline_ = std::chrono::steady_clock::now() + minutes(5);
};

TEST_F(VerificationTest, AMatchIsDecidedStoredAndBilledOnce) {
  const auto opened = open();
  EXPECT_EQ(opened.token.size(), 43U);
  EXPECT_EQ(opened.start_by, kNow + minutes(10));
  EXPECT_EQ(result(opened.token).state, VerificationState::created);
  EXPECT_EQ(result(opened.token).attempts_left, 3);
  const DeviceView view = answer(opened.token);
  EXPECT_EQ(view.state, VerificationState::decided);
  EXPECT_TRUE(view.passed);
  EXPECT_EQ(view.attempts_left, 0);

  const VerificationView shown = show(opened.id);
  EXPECT_EQ(shown.metadata, "order 7");
  EXPECT_TRUE(shown.has_best_frame);
  EXPECT_EQ(shown.progress.finding->outcome, Outcome::match);
  ASSERT_EQ(shown.history.size(), 3U);
  const auto stored = database_->outcomes().find("bank", opened.id);
  ASSERT_TRUE(stored) << stored.error().detail;
  EXPECT_EQ(stored->outcome, Outcome::match);
  EXPECT_EQ(stored->cosine, 0.7);
  EXPECT_EQ(*blobs_->get(stored->reference_blob), (Bytes{1, 2, 3}));
  EXPECT_EQ(*await(flow_->best_frame(caller_, opened.id, deadline_)), (Bytes{'j', 'p', 'g'}));
  const auto ledger = database_->outcomes().ledger("bank").value();
  ASSERT_EQ(ledger.size(), 1U);
  EXPECT_EQ(ledger[0].product, "native.verifications");
  EXPECT_EQ(ledger[0].code, "match");
  EXPECT_EQ(files(3), 3U) << "reference, video, best frame";

  // What was measured decides again as it did.
  const auto& finding = std::get<core::Judged>(shown.history[2].event).finding;
  const auto& issued = std::get<core::ChallengeIssued>(shown.history[0].event).issued;
  EXPECT_EQ(core::decide(finding.evidence, issued.challenge, finding.policy), finding.outcome);
}

TEST_F(VerificationTest, FurtherPhotosAreReportedAndDecideNothing) {
  for (const bool is_attack : {false, true}) {
    VerificationOrder order;
    order.caller = caller_;
    order.terms.compares = false;
    order.terms.attempts_max = 1;
    order.further_photos = {{4, 5}, {6}};
    const auto opened = await(flow_->open(std::move(order), deadline_)).value();
    engine_.pad = is_attack ? 0.1 : 0.9;
    engine_.cosine = 0.1;  // nobody whom the photos show
    EXPECT_EQ(answer(opened.token).passed, !is_attack);
    const auto finding = show(opened.id).progress.finding.value();
    EXPECT_EQ(finding.outcome, is_attack ? Outcome::attack : Outcome::live);
    EXPECT_EQ(finding.further_cosines, (std::vector<double>{0.1, 0.1}));
    const auto stored = database_->outcomes().find("bank", opened.id);
    const auto photos = unpack(blobs_->get(stored->reference_blob).value());
    EXPECT_TRUE(photos->deciding.empty());
    EXPECT_EQ(photos->further, (std::vector<Bytes>{{4, 5}, {6}}));
  }
}

TEST_F(VerificationTest, FurtherPhotosThatCannotBeReadHaveNoScore) {
  VerificationOrder order;
  order.caller = caller_;
  order.terms.compares = false;
  order.further_photos = {{4, 5}};
  const auto opened = await(flow_->open(std::move(order), deadline_)).value();
  engine_.reference_defect = core::CaptureDefect::no_face;
  EXPECT_TRUE(answer(opened.token).passed);
  const auto finding = show(opened.id).progress.finding.value();
  ASSERT_EQ(finding.further_cosines.size(), 1U);
  EXPECT_TRUE(std::isnan(finding.further_cosines[0]));
}

TEST_F(VerificationTest, ItsOwnMatchRateTakesThePlaceOfTheInstallations) {
  engine_.cosine = 0.44;  // between the thresholds at 1e-4 and 1e-5
  for (int index = 0; index < 4; ++index) {
    core::VerificationTerms terms;
    terms.match_fmr = index;
    EXPECT_EQ(answer(open(terms).token).passed, index < 2) << index;
  }
  core::VerificationTerms terms;
  terms.match_fmr = 4;
  VerificationOrder order;
  order.caller = caller_;
  order.terms = terms;
  order.reference_image = {1};
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::invalid_parameter);
}

TEST_F(VerificationTest, FurtherPhotosHaveLimits) {
  VerificationOrder order;
  order.caller = caller_;
  order.terms.compares = false;
  order.further_photos = std::vector<Bytes>(4, Bytes{1});
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::invalid_parameter);
  order.further_photos = std::vector<Bytes>(3, Bytes(4u << 20, 1));
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::image_too_large);
}

TEST_F(VerificationTest, ItGoesOnOnlyWhileItsCustomerMay) {
  int version = 0;
  const auto settle = [&](const core::Customer& settings) {
    ASSERT_TRUE(database_->customers().settle(
        {.customer = "bank",
         .version = ++version,
         .settings = settings,
         .set_at = kNow,
         .set_by = "test"}
    ));
  };
  const auto opened = open();
  core::Customer customer;
  customer.suspended = true;
  settle(customer);
  const auto refused = await(flow_->challenge(opened.token, {}, deadline_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::forbidden);
  EXPECT_EQ(result(opened.token).state, VerificationState::created);

  customer.suspended = false;
  settle(customer);
  const auto issued = challenge(opened.token);
  clock_.advance(seconds(5));
  upload_video(opened.token, issued);
  customer.prepaid = true;
  customer.prices[{core::Product::native_verifications, ""}] = 7;
  settle(customer);
  EXPECT_EQ(challenge(opened.token).issued.id, issued.issued.id) << "the one that is out";
  EXPECT_EQ(seal(opened.token, manifest(issued)), Errc::forbidden);
  EXPECT_EQ(result(opened.token).state, VerificationState::challenged);
  ASSERT_TRUE(database_->customers().credit(
      {.customer = "bank", .amount_minor = 7, .note = {}, .credited_at = kNow, .credited_by = "test"
      }
  ));
  EXPECT_EQ(seal(opened.token, manifest(issued)), std::nullopt);
  EXPECT_TRUE(judged(opened.token).passed);
  EXPECT_EQ(database_->customers().standing("bank")->balance_minor, 0);
}

TEST_F(VerificationTest, APageThatHasClaimedItIsTheOnlyOneThatGoesOn) {
  core::VerificationTerms terms;
  terms.page.language = "th";
  const auto token = open(terms).token;
  const auto holds = [&](const std::string& key) {
    return await(flow_->check_device(token, key, deadline_)).has_value();
  };
  const auto claim = [&](const std::string& key, const std::string& proposed) {
    const auto claimed = await(flow_->claim(token, key, proposed, deadline_));
    return claimed ? *claimed : std::string(name_of(claimed.error().code));
  };
  EXPECT_TRUE(holds("")) << "nobody has it yet: an app needs no key";
  EXPECT_FALSE(await(flow_->outline(token, deadline_))->is_claimed);
  const std::string key = claim("", "");
  EXPECT_EQ(key.size(), 43U);
  EXPECT_TRUE(holds(key));
  EXPECT_FALSE(holds(""));
  EXPECT_FALSE(holds("another"));
  EXPECT_EQ(claim("", ""), "conflict");
  EXPECT_EQ(claim("another", "a proposal"), "conflict");
  EXPECT_EQ(claim(key, ""), key) << "the page was loaded again";
  const auto outline = await(flow_->outline(token, deadline_));
  EXPECT_TRUE(outline->is_claimed);
  EXPECT_EQ(outline->state, VerificationState::created);
  EXPECT_EQ(outline->terms.page.language, "th");
  EXPECT_EQ(outline->attempts_left, 3);
  EXPECT_TRUE(answer(token).passed);
  EXPECT_FALSE(holds("")) << "the result is its own, too";
  EXPECT_EQ(await(flow_->outline(token, deadline_))->state, VerificationState::decided);
  EXPECT_EQ(await(flow_->outline("nobody's", deadline_)).error().code, Errc::not_found);
}

TEST_F(VerificationTest, AClaimWhoseAnswerWasLostIsMadeAgain) {
  const auto token = open().token;
  const std::string own(40, 'k');
  EXPECT_EQ(*await(flow_->claim(token, "", own, deadline_)), own);
  EXPECT_EQ(*await(flow_->claim(token, "", own, deadline_)), own);
  EXPECT_FALSE(await(flow_->claim(token, "", std::string(40, 'x'), deadline_)));
  EXPECT_TRUE(await(flow_->check_device(token, own, deadline_)));
}

TEST_F(VerificationTest, OfPagesThatRaceOneGetsTheSession) {
  const auto token = open().token;
  std::atomic<int> claimed{0};
  {
    std::vector<std::jthread> pages;
    for (int i = 0; i < 6; ++i) {
      pages.emplace_back([&] {
        claimed += await(flow_->claim(token, "", "", deadline_)).has_value() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(claimed, 1);
}

TEST_F(VerificationTest, AnotherCustomerAndAnUnknownTokenFindNothing) {
  const auto opened = open();
  const Caller other{.customer = "other", .access_key_id = "AK2"};
  EXPECT_EQ(await(flow_->show(other, opened.id, deadline_)).error().code, Errc::not_found);
  EXPECT_EQ(
      await(flow_->show_by_token(other, opened.token, deadline_)).error().code, Errc::not_found
  );
  EXPECT_TRUE(await(flow_->show_by_token(caller_, opened.token, deadline_)));
  EXPECT_EQ(await(flow_->result("unknown", deadline_)).error().code, Errc::not_found);
  EXPECT_EQ(await(flow_->result(opened.id, deadline_)).error().code, Errc::not_found);
}

TEST_F(VerificationTest, AnUnsureAttemptIsAskedAgainWithAnotherChallenge) {
  const auto opened = open();
  engine_.pad = 0.55;
  const auto first = challenge(opened.token);
  clock_.advance(seconds(5));
  upload_video(opened.token, first);
  ASSERT_EQ(seal(opened.token, manifest(first)), std::nullopt);
  DeviceView view = judged(opened.token);
  EXPECT_EQ(view.state, VerificationState::challenged);
  EXPECT_EQ(view.outcome, Outcome::liveness_unsure);
  EXPECT_EQ(view.attempts_left, 2);
  EXPECT_EQ(files(1), 1U) << "the reference; the video is of no use any more";
  EXPECT_EQ(seal(opened.token, manifest(first)), Errc::conflict) << "used once";
  EXPECT_EQ(upload(opened.token, chunk(first, "video", video_, 0, 50)), Errc::conflict);
  EXPECT_NE(challenge(opened.token).issued.id, first.issued.id);

  engine_.pad = 0.9;
  view = answer(opened.token);
  EXPECT_EQ(view.state, VerificationState::decided);
  EXPECT_TRUE(view.passed);
  EXPECT_EQ(charges(), 1U);
}

TEST_F(VerificationTest, AfterTheLastAttemptItIsDecidedAndNotBilled) {
  core::VerificationTerms terms;
  terms.attempts_max = 2;
  const auto opened = open(terms);
  engine_.video_defect = core::CaptureDefect::no_face;
  EXPECT_EQ(answer(opened.token).state, VerificationState::challenged);
  const DeviceView view = answer(opened.token);
  EXPECT_EQ(view.state, VerificationState::decided);
  EXPECT_FALSE(view.passed);
  EXPECT_EQ(view.outcome, Outcome::video_no_face);
  EXPECT_TRUE(database_->outcomes().find("bank", opened.id));
  EXPECT_EQ(charges(), 0U);
  EXPECT_EQ(await(flow_->best_frame(caller_, opened.id, deadline_)).error().code, Errc::not_found);
}

TEST_F(VerificationTest, OfWhatCannotBeUsedNothingIsKept) {
  core::VerificationTerms terms;
  terms.attempts_max = 1;
  const auto opened = open(terms);
  engine_.video_defect = core::CaptureDefect::undecodable;
  EXPECT_EQ(answer(opened.token).outcome, Outcome::video_undecodable);
  EXPECT_TRUE(database_->outcomes().find("bank", opened.id)) << "it is decided all the same";
  EXPECT_EQ(files(0), 0U);
}

TEST_F(VerificationTest, AnAttackDecidesAtOnceAndIsNotBilled) {
  const auto opened = open();
  engine_.pad = 0.1;
  const DeviceView view = answer(opened.token);
  EXPECT_EQ(view.state, VerificationState::decided);
  EXPECT_FALSE(view.passed);
  EXPECT_EQ(view.outcome, Outcome::attack);
  EXPECT_EQ(database_->outcomes().find("bank", opened.id)->attack_class, core::AttackClass::print);
  EXPECT_EQ(charges(), 0U);
}

TEST_F(VerificationTest, WithoutReferenceALivePersonIsLive) {
  core::VerificationTerms terms;
  terms.compares = false;
  const auto opened = open(terms);
  const DeviceView view = answer(opened.token);
  EXPECT_TRUE(view.passed);
  EXPECT_EQ(view.outcome, Outcome::live);
  EXPECT_FALSE(database_->outcomes().find("bank", opened.id)->cosine);
  EXPECT_EQ(database_->outcomes().ledger("bank")->at(0).code, "live");
}

TEST_F(VerificationTest, ACaptureFromBeforeItsChallengeIsAnAttack) {
  engine_.duration_s = 3;
  for (const auto& [waited, expected] :
       {std::pair(milliseconds(2'400), Outcome::attack),
        std::pair(milliseconds(2'600), Outcome::match)}) {
    const auto opened = open();
    const auto issued = challenge(opened.token);
    clock_.advance(waited);
    upload_video(opened.token, issued);
    ASSERT_EQ(seal(opened.token, manifest(issued)), std::nullopt);
    EXPECT_EQ(judged(opened.token).outcome, expected);
    const auto stored = database_->outcomes().find("bank", opened.id);
    const bool is_attack = expected == Outcome::attack;
    EXPECT_EQ(stored->attack_class == core::AttackClass::injected, is_attack);
    const auto reasons = show(opened.id).progress.finding->reasons;
    EXPECT_EQ(reasons == std::vector<std::string>{"older_than_challenge"}, is_attack);
  }
  const auto opened = open();  // the same for stills
  const auto issued = challenge(opened.token);
  engine_.duration_s = 0;
  clock_.advance(seconds(1));
  const Bytes still = bytes(10, 1);
  ASSERT_EQ(upload(opened.token, chunk(issued, "still-1", still, 0, 10)), std::nullopt);
  auto late = manifest(issued);
  late.stills = {{.part = "still-1", .time_s = 2}};
  ASSERT_EQ(seal(opened.token, late), std::nullopt);
  EXPECT_EQ(judged(opened.token).outcome, Outcome::attack);
}

TEST_F(VerificationTest, EvidenceAnswersOnlyItsOwnChallenge) {
  const auto a = open();
  const auto b = open();
  const auto of_a = challenge(a.token);
  const auto of_b = challenge(b.token);
  upload_video(a.token, of_a);
  upload_video(b.token, of_b);
  EXPECT_EQ(upload(b.token, chunk(of_a, "still-1", video_, 0, 50)), Errc::conflict);
  EXPECT_EQ(seal(b.token, manifest(of_a)), Errc::conflict);
  auto mixed = manifest(of_b);
  mixed.signature = of_a.signature;
  EXPECT_EQ(seal(b.token, mixed), Errc::unauthenticated);
  mixed.signature = "";
  EXPECT_EQ(seal(b.token, mixed), Errc::unauthenticated);
  clock_.advance(seconds(5));
  EXPECT_EQ(seal(b.token, manifest(of_b)), std::nullopt);
  EXPECT_TRUE(judged(b.token).passed);
  EXPECT_EQ(result(a.token).state, VerificationState::challenged);
}

TEST_F(VerificationTest, NothingIsAcceptedBeforeAChallengeIsOut) {
  const auto opened = open();
  ChallengeForDevice invented;
  invented.issued.id = "invented";
  EXPECT_EQ(upload(opened.token, chunk(invented, "video", video_, 0, 50)), Errc::conflict);
  EXPECT_EQ(seal(opened.token, manifest(invented)), Errc::conflict);
  EXPECT_EQ(files(1), 1U);
}

TEST_F(VerificationTest, OfParallelEvidenceOneIsSealed) {
  const auto opened = open();
  const auto issued = challenge(opened.token);
  clock_.advance(seconds(5));
  upload_video(opened.token, issued);
  constexpr int kThreads = 6;
  std::latch begin(kThreads);
  std::atomic<int> sealed = 0;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        begin.arrive_and_wait();
        const auto error = seal(opened.token, manifest(issued));
        sealed += error ? 0 : 1;
        refused += error == Errc::conflict ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(sealed, 1);
  EXPECT_EQ(refused, kThreads - 1);
  EXPECT_TRUE(judged(opened.token).passed);
  EXPECT_EQ(engine_.captures, 1);
  EXPECT_EQ(charges(), 1U);
}

TEST_F(VerificationTest, ParallelCallsGetTheSameChallenge) {
  const auto opened = open();
  constexpr int kThreads = 6;
  std::latch begin(kThreads);
  std::mutex mutex;
  std::set<std::string> ids;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        begin.arrive_and_wait();
        const auto issued = challenge(opened.token);
        const std::lock_guard lock(mutex);
        ids.insert(issued.issued.id + issued.signature);
      });
    }
  }
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(result(opened.token).attempts_left, 2);
}

TEST_F(VerificationTest, AnUploadGoesOnWhereItBroke) {
  const auto opened = open();
  const auto issued = challenge(opened.token);
  EXPECT_EQ(upload(opened.token, chunk(issued, "video", video_, 0, 20)), std::nullopt);
  EXPECT_EQ(seal(opened.token, manifest(issued)), Errc::invalid_parameter) << "incomplete";
  EXPECT_EQ(upload(opened.token, chunk(issued, "video", video_, 0, 20)), Errc::conflict);
  EXPECT_EQ(upload(opened.token, chunk(issued, "video", video_, 21, 20)), Errc::conflict);
  const auto arrived = await(flow_->arrived(opened.token, deadline_)).value();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].part, "video");
  EXPECT_EQ(arrived[0].received_bytes, 20U);
  EXPECT_EQ(arrived[0].total_bytes, 50U);
  EXPECT_EQ(upload(opened.token, chunk(issued, "video", video_, 20, 30)), std::nullopt);
  EXPECT_EQ(files(3), 3U) << "refused chunks leave nothing";
  clock_.advance(seconds(5));
  EXPECT_EQ(seal(opened.token, manifest(issued)), std::nullopt);
  EXPECT_TRUE(judged(opened.token).passed);
}

TEST_F(VerificationTest, ChunksAndManifestsHaveTheirLimits) {
  const auto opened = open();
  const auto issued = challenge(opened.token);
  const auto refused = [&](auto change) {
    auto bad = chunk(issued, "video", video_, 0, 50);
    change(bad);
    return upload(opened.token, bad);
  };
  using Chunk = EvidenceChunk;
  constexpr auto kInvalid = Errc::invalid_parameter;
  EXPECT_EQ(refused([](Chunk& c) { c.part = "audio"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.part = "still-0"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.part = "still-01"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.part = "still-65"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.part = "still-99999999999999999999"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.sha256 = "ABC"; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.content.clear(); }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.offset = 1; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.offset = SIZE_MAX; }), kInvalid);
  EXPECT_EQ(refused([](Chunk& c) { c.content.resize(3); }), kInvalid) << "tiny, and not the last";
  EXPECT_EQ(refused([](Chunk& c) { c.total_bytes = 1'001; }), Errc::payload_too_large);
  EXPECT_EQ(
      refused([](Chunk& c) {
        c.part = "still-1";
        c.total_bytes = 101;
      }),
      Errc::payload_too_large
  );
  EXPECT_EQ(files(1), 1U);

  const Bytes still = bytes(10, 1);
  ASSERT_EQ(upload(opened.token, chunk(issued, "still-1", still, 0, 10)), std::nullopt);
  const auto unsealed = [&](auto change) {
    auto bad = manifest(issued);
    bad.stills = {{.part = "still-1", .time_s = 0.5}};
    change(bad);
    return seal(opened.token, bad);
  };
  using Manifest = EvidenceManifest;
  EXPECT_EQ(unsealed([](Manifest& m) { m.stills.clear(); }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.stills[0].part = "still-2"; }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.stills[0].time_s = -1; }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.stills[0].time_s = std::nan(""); }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.stills.push_back(m.stills[0]); }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.flash_shown_at_s = {1}; }), kInvalid);
  EXPECT_EQ(unsealed([](Manifest& m) { m.hints.camera_labels.resize(9); }), kInvalid);
  EXPECT_EQ(result(opened.token).state, VerificationState::challenged) << "nothing has happened";
  clock_.advance(seconds(5));
  EXPECT_EQ(unsealed([](Manifest&) {}), std::nullopt);
}

TEST_F(VerificationTest, APartThatIsNotWhatItsHashSaysSealsNothingAndMayComeAgain) {
  const auto opened = open();
  const auto issued = challenge(opened.token);
  auto forged = chunk(issued, "video", video_, 0, 50);
  forged.content[7] ^= 1;
  ASSERT_EQ(upload(opened.token, forged), std::nullopt);
  EXPECT_EQ(seal(opened.token, manifest(issued)), Errc::invalid_parameter);
  EXPECT_EQ(result(opened.token).state, VerificationState::challenged);
  EXPECT_EQ(engine_.captures, 0);
  EXPECT_TRUE(await(flow_->arrived(opened.token, deadline_))->empty());
  EXPECT_EQ(files(1), 1U);
  clock_.advance(seconds(5));
  upload_video(opened.token, issued);
  EXPECT_EQ(seal(opened.token, manifest(issued)), std::nullopt);
  EXPECT_TRUE(judged(opened.token).passed);
}

TEST_F(VerificationTest, TimePassesForSessionChallengeAndResult) {
  auto opened = open();
  clock_.advance(minutes(10));
  EXPECT_EQ(result(opened.token).state, VerificationState::expired);
  EXPECT_EQ(await(flow_->challenge(opened.token, {}, deadline_)).error().code, Errc::expired);
  EXPECT_EQ(files(0), 0U) << "its reference is erased";

  opened = open();
  const auto issued = challenge(opened.token);
  upload_video(opened.token, issued);
  clock_.advance(seconds(120));
  EXPECT_EQ(upload(opened.token, chunk(issued, "still-1", video_, 0, 50)), Errc::expired);
  EXPECT_EQ(seal(opened.token, manifest(issued)), Errc::expired);
  EXPECT_TRUE(answer(opened.token).passed) << "the next attempt";
  clock_.advance(hours(72) - milliseconds(1));
  EXPECT_TRUE(result(opened.token).passed);
  clock_.advance(milliseconds(1));
  EXPECT_EQ(await(flow_->result(opened.token, deadline_)).error().code, Errc::expired);
  EXPECT_EQ(show(opened.id).progress.state, VerificationState::decided) << "for the customer";
}

TEST_F(VerificationTest, TheSweepExpiresWhatNobodyAsksFor) {
  const auto idle = open();
  const auto left = open();
  upload_video(left.token, challenge(left.token));
  EXPECT_EQ(flow_->sweep().value(), 0U);
  clock_.advance(minutes(30));
  EXPECT_EQ(flow_->sweep().value(), 2U);
  EXPECT_EQ(files(0), 0U);
  EXPECT_EQ(flow_->sweep().value(), 0U);
  EXPECT_EQ(show(idle.id).history.size(), 1U);
}

TEST_F(VerificationTest, ASessionThatCannotBeReadHoldsUpNoOther) {
  const auto broken = open();
  clock_.advance(milliseconds(1));
  const auto sound = open();
  using storage::sqlite::Connection;
  auto meddler = Connection::open(folder_ / "test.db", Connection::Mode::read_write);
  ASSERT_TRUE(meddler->run(
      "UPDATE verifications SET state = 3 WHERE id = ?1", {std::string_view(broken.id)}
  ));
  clock_.advance(minutes(10));
  EXPECT_EQ(flow_->sweep().error().code, Errc::integrity_failure);
  EXPECT_EQ(files(1), 1U) << "the sound one has expired";
  EXPECT_EQ(show(sound.id).history.size(), 1U);
  EXPECT_EQ(
      await(flow_->show(caller_, broken.id, deadline_)).error().code, Errc::integrity_failure
  );
}

TEST_F(VerificationTest, ADeviceMayEndItsSessionButNotEscapeAVerdict) {
  const auto opened = open();
  upload_video(opened.token, challenge(opened.token));
  const auto ended =
      await(flow_->end(opened.token, core::EndReason::no_camera_permission, deadline_));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->state, VerificationState::cancelled);
  EXPECT_EQ(show(opened.id).progress.end_reason, core::EndReason::no_camera_permission);
  EXPECT_EQ(files(0), 0U);
  const auto again = await(flow_->end(opened.token, core::EndReason::other, deadline_));
  EXPECT_EQ(again.error().code, Errc::conflict);

  const auto decided = open();
  engine_.pad = 0.1;
  answer(decided.token);
  const auto late = await(flow_->end(decided.token, core::EndReason::other, deadline_));
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_EQ(result(decided.token).outcome, Outcome::attack);
}

TEST_F(VerificationTest, AnotherServerTakesUpWhatAKilledOneLeft) {
  Background dying(false);
  const auto doomed = make_flow(dying);
  const auto opened = open();
  const auto issued = challenge(opened.token);
  clock_.advance(seconds(5));
  upload_video(opened.token, issued);
  ASSERT_TRUE(await(doomed->seal(opened.token, manifest(issued), deadline_)));
  EXPECT_EQ(flow_->sweep().value(), 0U) << "its server may still be at work";
  EXPECT_EQ(result(opened.token).state, VerificationState::in_progress);
  clock_.advance(minutes(1));
  EXPECT_EQ(flow_->sweep().value(), 1U);
  const DeviceView view = judged(opened.token);
  EXPECT_TRUE(view.passed) << "what was sealed in time is judged, however late";
  EXPECT_EQ(charges(), 1U);
  EXPECT_EQ(flow_->sweep().value(), 0U);
}

TEST_F(VerificationTest, AVerdictThatComesLateIsStoredAllTheSame) {
  judging_limit_ = milliseconds(100);
  flow_ = make_flow(background_);
  engine_.delay = milliseconds(200);
  const auto opened = open();
  const auto issued = challenge(opened.token);
  clock_.advance(seconds(5));
  upload_video(opened.token, issued);
  EXPECT_EQ(flow_->judging(), 0U);
  EXPECT_EQ(seal(opened.token, manifest(issued)), std::nullopt);
  EXPECT_EQ(flow_->judging(), 1U);
  EXPECT_TRUE(judged(opened.token).passed);
  EXPECT_EQ(engine_.captures, 1);
  while (flow_->judging() > 0) std::this_thread::sleep_for(milliseconds(2));
}

TEST_F(VerificationTest, AServerThatCannotJudgeGivesNoVerdict) {
  core::VerificationTerms terms;
  terms.attempts_max = 2;
  const auto opened = open(terms);
  engine_.video_error = Errc::engine_failed;
  EXPECT_EQ(answer(opened.token).state, VerificationState::challenged);
  const DeviceView view = answer(opened.token);
  EXPECT_EQ(view.state, VerificationState::expired);
  EXPECT_FALSE(view.passed);
  EXPECT_FALSE(view.outcome);
  EXPECT_EQ(database_->outcomes().find("bank", opened.id).error().code, Errc::not_found);
  EXPECT_EQ(charges(), 0U);
  EXPECT_EQ(files(0), 0U);
}

TEST_F(VerificationTest, ADeviceThatCannotFlashGetsActionsWhereTheTermsAllowIt) {
  core::VerificationTerms terms;
  terms.flashes = 8;
  const core::DeviceFacts unable{.mirrored = true, .can_flash = false};
  const auto strict = open(terms);
  EXPECT_EQ(
      await(flow_->challenge(strict.token, unable, deadline_)).error().code, Errc::unsupported
  );
  terms.fallback_actions = 2;
  const auto lenient = open(terms);
  const auto issued = challenge(lenient.token, unable).issued;
  EXPECT_TRUE(issued.challenge.flashes.empty());
  EXPECT_TRUE(issued.challenge.mirrored);
  EXPECT_EQ(issued.challenge.actions.size(), 2U);
  EXPECT_EQ(issued.fallback, core::FallbackReason::client_cannot_flash);
}

TEST_F(VerificationTest, APhotoThatCannotBeComparedWithOpensNothing) {
  VerificationOrder order;
  order.caller = caller_;
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::missing_parameter);
  order.reference_image = {1};
  order.terms.digits = 3;
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::invalid_parameter);
  order.terms.digits = 4;
  order.metadata = std::string(16'001, 'x');
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::invalid_parameter);
  order.metadata.clear();
  engine_.reference_defect = core::CaptureDefect::several_faces;
  const auto refused = await(flow_->open(order, deadline_));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reference_defect, core::CaptureDefect::several_faces);
  EXPECT_TRUE(refused->token.empty());
  engine_.photo_error = Errc::image_undecodable;
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::image_undecodable);
  EXPECT_EQ(files(0), 0U);

  engine_.photo_error.reset();
  engine_.reference_defect.reset();
  order.token = "OWN-SHAPE";
  EXPECT_EQ(await(flow_->open(order, deadline_))->token, "OWN-SHAPE");
  EXPECT_EQ(await(flow_->open(order, deadline_)).error().code, Errc::conflict);
  EXPECT_EQ(files(1), 1U);
}

TEST_F(VerificationTest, APhotoMayBeTakenAsItIsAndTheVerdictSaysSo) {
  engine_.reference_defect = core::CaptureDefect::no_face;
  VerificationOrder order;
  order.caller = caller_;
  order.reference_image = {1, 2, 3};
  order.wants_usable_reference = false;
  const auto opened = await(flow_->open(std::move(order), deadline_));
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_FALSE(opened->reference_defect);
  const DeviceView view = answer(opened->token);
  EXPECT_EQ(view.state, VerificationState::decided);
  EXPECT_EQ(view.outcome, Outcome::reference_no_face);
}

TEST_F(VerificationTest, SamplesGoWithTheResultWhereAnOperationSaysHowLong) {
  kept_ = hours(2);
  flow_ = make_flow(background_);
  const auto opened = open();
  EXPECT_EQ(await(flow_->video(caller_, opened.id, deadline_)).error().code, Errc::not_found)
      << "nothing is decided";
  answer(opened.token);
  EXPECT_EQ(*await(flow_->video(caller_, opened.id, deadline_)), video_);
  const Caller other{.customer = "other", .access_key_id = "AK2"};
  EXPECT_EQ(await(flow_->video(other, opened.id, deadline_)).error().code, Errc::not_found);
  EXPECT_EQ(files(3), 3U) << "reference, video, best frame";

  clock_.advance(hours(2) - seconds(1));
  EXPECT_EQ(flow_->sweep().value(), 0U);
  EXPECT_TRUE(await(flow_->show_by_token(caller_, opened.token, deadline_)));
  clock_.advance(seconds(1));
  EXPECT_EQ(
      await(flow_->show_by_token(caller_, opened.token, deadline_)).error().code, Errc::expired
  );
  EXPECT_EQ(flow_->sweep().value(), 1U);
  EXPECT_EQ(files(0), 0U);
  EXPECT_EQ(await(flow_->video(caller_, opened.id, deadline_)).error().code, Errc::not_found);
  EXPECT_EQ(await(flow_->best_frame(caller_, opened.id, deadline_)).error().code, Errc::not_found);
  EXPECT_EQ(show(opened.id).progress.finding->outcome, Outcome::match) << "the verdict stays";
  EXPECT_EQ(flow_->sweep().value(), 0U);
}

TEST_F(VerificationTest, WhereATableBillsAttemptsEachHasItsRow) {
  bill_all_ = true;
  flow_ = make_flow(background_);
  const auto opened = open();
  engine_.pad = 0.55;
  EXPECT_EQ(answer(opened.token).state, VerificationState::challenged);
  EXPECT_EQ(charges(), 1U);
  engine_.pad = 0.9;
  EXPECT_EQ(answer(opened.token).state, VerificationState::decided);
  const auto ledger = database_->outcomes().ledger("bank").value();
  ASSERT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger[0].code, "liveness_unsure");
  EXPECT_EQ(ledger[1].code, "match");
  EXPECT_EQ(ledger[1].outcome_id, opened.id);
  EXPECT_TRUE(show(opened.id).has_best_frame);
}

TEST_F(VerificationTest, TheSweepOfOrphansLeavesEvidenceAlone) {
  const auto opened = open();
  upload_video(opened.token, challenge(opened.token));
  ASSERT_TRUE(blobs_->put(Bytes{1}));
  const SystemClock today;
  ManualClock later(today.now() + hours(48));
  const SweepReport report = sweep_blobs(*database_, *blobs_, later, {}, {});
  EXPECT_EQ(report.blobs, 3U);
  EXPECT_EQ(report.erased, 1U);
  EXPECT_EQ(files(2), 2U);
}

// Webhooks

/// Answers with the statuses that it was given, then with 204.
class ScriptedSender final : public WebhookSender {
 public:
  Result<int> post(const WebhookMessage& message) override {
    const std::lock_guard lock(mutex);
    messages.push_back(message);
    if (statuses.empty()) return 204;
    const int status = statuses.front();
    statuses.erase(statuses.begin());
    if (status == 0) return fail(Errc::deadline_exceeded);
    return status;
  }

  std::mutex mutex;
  std::vector<int> statuses;
  std::vector<WebhookMessage> messages;
};

/// Begins at a time and goes on.
class RunningClock final : public Clock {
 public:
  explicit RunningClock(Timestamp start) : start_(start) {}
  [[nodiscard]] Timestamp now() const override {
    return start_ + std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - began_);
  }

 private:
  Timestamp start_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

TEST_F(VerificationTest, WhatIsDecidedIsToldUntilItIsHeard) {
  const RunningClock running(kNow + minutes(1));
  const Secret key(bytes(32, 5));
  const Webhooks webhooks(*database_, storage_, running, key.clone());
  const auto secret = await(webhooks.set(caller_, "https://bank.example/hook", deadline_));
  ASSERT_TRUE(secret) << secret.error().detail;
  EXPECT_EQ(await(webhooks.get(caller_, deadline_)).value()->url, "https://bank.example/hook");
  const auto opened = open();
  answer(opened.token);

  ScriptedSender sender;
  sender.statuses = {0, 500};
  WebhookOptions options;
  options.first_pause = milliseconds(5);
  options.look_every = milliseconds(2);
  options.threads = 2;
  const auto body = [](const storage::WebhookDelivery& delivery, const VerificationView& view) {
    return delivery.event + " " + view.id + " " + core::name_of(view.progress.finding->outcome);
  };
  {
    const WebhookWorker worker(*database_, sender, running, key.clone(), body, options);
    const auto patience = std::chrono::steady_clock::now() + seconds(20);
    const auto delivered = [&] {
      const auto log = await(webhooks.deliveries(caller_, deadline_)).value();
      return log.at(0).state == storage::DeliveryState::delivered;
    };
    while (!delivered() && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  ASSERT_EQ(sender.messages.size(), 3U);
  const auto log = await(webhooks.deliveries(caller_, deadline_)).value();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].state, storage::DeliveryState::delivered);
  EXPECT_EQ(log[0].attempts, 3);
  EXPECT_EQ(log[0].last_status, 204);
  for (const WebhookMessage& message : sender.messages) {
    EXPECT_EQ(message.url, "https://bank.example/hook");
    EXPECT_EQ(message.body, "verification.decided " + opened.id + " match");
    ASSERT_EQ(message.headers.size(), 3U);
    EXPECT_EQ(message.headers[0].second, log[0].id) << "the same at every attempt";
    const std::string signed_text = message.headers[1].second + "." + message.body;
    const auto expected = hmac_sha256(bytes_of(*secret), bytes_of(signed_text));
    EXPECT_EQ(message.headers[2].second, "v1=" + to_hex(expected));
  }
}

TEST_F(VerificationTest, ACallbackOfTheSurfaceIsToldInPlaceOfTheEndpoint) {
  settle({{"callback/megvii", "https://bank.example/results?of=megvii"}});
  const RunningClock running(kNow + minutes(1));
  const Secret key(bytes(32, 5));
  const Webhooks webhooks(*database_, storage_, running, key.clone());
  ASSERT_TRUE(await(webhooks.set(caller_, "https://bank.example/hook", deadline_)));
  for (const char* const surface : {"megvii", "native"}) {
    surface_ = surface;
    ASSERT_TRUE(await(flow_->end(open().token, core::EndReason::other, deadline_)));
  }
  ScriptedSender sender;
  WebhookOptions options;
  options.look_every = milliseconds(2);
  options.threads = 1;
  const auto body = [](const storage::WebhookDelivery&, const VerificationView& view) {
    return view.surface;
  };
  {
    const WebhookWorker worker(*database_, sender, running, key.clone(), body, options);
    const auto patience = std::chrono::steady_clock::now() + seconds(20);
    const auto delivered = [&] {
      const auto log = await(webhooks.deliveries(caller_, deadline_)).value();
      return std::ranges::all_of(log, [](const storage::WebhookDelivery& delivery) {
        return delivery.state == storage::DeliveryState::delivered;
      });
    };
    while (!delivered() && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  ASSERT_EQ(sender.messages.size(), 2U);
  for (const WebhookMessage& message : sender.messages) {
    const bool is_of_surface = message.body == "megvii";
    EXPECT_EQ(
        message.url,
        is_of_surface ? "https://bank.example/results?of=megvii" : "https://bank.example/hook"
    );
    EXPECT_EQ(message.headers.size(), 3U) << "signed like every event";
  }
}

TEST_F(VerificationTest, AnAttackIsNotedUnderTheNumberOfItsSession) {
  const std::string number = "11010519491231002X";
  const NumberWatch numbers(*database_, storage_, clock_);
  number_mark_ = numbers.mark_of(number);
  EXPECT_EQ(number_mark_.find("1949"), std::string::npos);
  const auto was_attacked = [&] { return await(numbers.was_attacked(number, deadline_)).value(); };
  for (const double cosine : {0.9, 0.1}) {  // a match and a non-match
    engine_.cosine = cosine;
    answer(open().token);
    EXPECT_FALSE(was_attacked()) << cosine;
  }
  engine_.pad = 0.1;
  answer(open().token);
  EXPECT_TRUE(was_attacked());
}

TEST_F(VerificationTest, OldDeliveriesAreForgotten) {
  const Webhooks webhooks(*database_, storage_, clock_, Secret(bytes(32, 5)), std::chrono::days(2));
  ASSERT_TRUE(await(webhooks.set(caller_, "https://bank.example/hook", deadline_)));
  ASSERT_TRUE(await(flow_->end(open().token, core::EndReason::other, deadline_)));
  ASSERT_TRUE(await(webhooks.remove(caller_, deadline_)));
  EXPECT_EQ(webhooks.sweep(), 0U);
  clock_.advance(std::chrono::hours(49));
  EXPECT_EQ(await(webhooks.deliveries(caller_, deadline_))->size(), 1U);
  EXPECT_EQ(webhooks.sweep(), 1U);
  EXPECT_TRUE(await(webhooks.deliveries(caller_, deadline_))->empty());
}

TEST_F(VerificationTest, AnAppThatTheListsRefuseEndsItsSession) {
  settle({{"sdk_version_min", "3.2.1"}, {"denied_devices", "Phone 1"}, {"bundle_ids", "com.bank"}});
  const core::DeviceClient good{.sdk_version = "3.10", .model = "Phone 2", .bundle_id = "com.bank"};
  const auto ended_with = [&](core::DeviceClient app) -> std::optional<core::EndReason> {
    core::DeviceFacts facts;
    facts.app = std::move(app);
    const auto opened = open();
    const auto issued = await(flow_->challenge(opened.token, facts, deadline_));
    if (issued) return std::nullopt;
    EXPECT_EQ(issued.error().code, Errc::forbidden);
    const auto view = await(flow_->show(caller_, opened.id, deadline_)).value();
    EXPECT_EQ(view.progress.state, core::VerificationState::cancelled);
    return view.progress.end_reason;
  };
  product_ = "native.verifications";
  auto old = good;
  old.sdk_version = "3.2.0";
  auto denied = good;
  denied.model = "Phone 1";
  auto other = good;
  other.bundle_id = "com.thief";
  EXPECT_EQ(ended_with(good), std::nullopt);
  EXPECT_EQ(ended_with(old), core::EndReason::client_too_old);
  EXPECT_EQ(ended_with(denied), core::EndReason::unsupported_device);
  EXPECT_EQ(ended_with(other), core::EndReason::bundle_not_allowed);
  EXPECT_EQ(ended_with({}), core::EndReason::client_too_old) << "who says nothing is refused";
  product_ = "tencent.web";
  EXPECT_EQ(ended_with({}), std::nullopt) << "a page is no app";
}

/// Keeps calls to "slow" until it is released; everybody else hears at once.
class SlowSender final : public WebhookSender {
 public:
  Result<int> post(const WebhookMessage& message) override {
    std::unique_lock lock(mutex);
    if (message.url.find("slow") == std::string::npos) {
      others.push_back(message);
      changed.notify_all();
      return 204;
    }
    most_slow = std::max(most_slow, ++slow);
    changed.wait_for(lock, seconds(30), [this] { return released; });
    --slow;
    return 204;
  }
  bool others_heard() {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, seconds(20), [this] { return !others.empty(); });
  }
  void release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool released = false;
  int slow = 0;
  int most_slow = 0;
  std::vector<WebhookMessage> others;
};

TEST_F(VerificationTest, ANamedWebhookIsSignedWithItsOwnKey) {
  const RunningClock running(kNow + minutes(1));
  const Secret key(bytes(32, 5));
  const Webhooks webhooks(*database_, storage_, running, key.clone());
  const NamedWebhookOrder order{
      .surface = "native",
      .name = "n",
      .scene = "s",
      .url = "https://bank.example/named",
      .key = "their key",
      .told = true
  };
  ASSERT_TRUE(await(webhooks.add_named(caller_, order, deadline_)));
  answer(open().token);
  ScriptedSender sender;
  WebhookOptions options;
  options.look_every = milliseconds(2);
  const auto body = [](const storage::WebhookDelivery& delivery, const VerificationView&) {
    return delivery.event;
  };
  {
    const WebhookWorker worker(*database_, sender, running, key.clone(), body, options);
    const auto patience = std::chrono::steady_clock::now() + seconds(20);
    const auto delivered = [&] {
      const auto log = await(webhooks.deliveries(caller_, deadline_)).value();
      return log.at(0).state == storage::DeliveryState::delivered;
    };
    while (!delivered() && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  ASSERT_EQ(sender.messages.size(), 1U);
  const WebhookMessage& message = sender.messages[0];
  EXPECT_EQ(message.url, "https://bank.example/named");
  ASSERT_EQ(message.headers.size(), 2U);
  EXPECT_EQ(message.headers[0].first, "X-Webhook-Timestamp");
  EXPECT_EQ(message.headers[1].first, "X-Webhook-Signature");
  const std::string signed_text = message.headers[0].second + ".verification.decided";
  const auto expected = hmac_sha256(bytes_of("their key"), bytes_of(signed_text));
  EXPECT_EQ(message.headers[1].second, to_hex(expected));
}

TEST_F(VerificationTest, ASlowEndpointHoldsUpNobodyElses) {
  const RunningClock running(kNow + minutes(1));
  const Secret key(bytes(32, 5));
  const Webhooks webhooks(*database_, storage_, running, key.clone());
  const auto told = [&](const char* customer, const char* url, int sessions) {
    caller_.customer = customer;
    ASSERT_TRUE(await(webhooks.set(caller_, url, deadline_)));
    for (int i = 0; i < sessions; ++i) {
      const auto opened = open();
      ASSERT_TRUE(await(flow_->end(opened.token, core::EndReason::other, deadline_)));
    }
  };
  told("bank", "https://slow.example", 4);
  told("shop", "https://quick.example", 1);

  SlowSender sender;
  WebhookOptions options;
  options.look_every = milliseconds(2);
  options.threads = 2;
  const auto body = [](const storage::WebhookDelivery& delivery, const VerificationView&) {
    return delivery.customer;
  };
  {
    const WebhookWorker worker(*database_, sender, running, key.clone(), body, options);
    EXPECT_TRUE(sender.others_heard());
    sender.release();
  }
  EXPECT_EQ(sender.most_slow, 1);
}

TEST(WebhookPause, GrowsToItsLimitAndVaries) {
  WebhookOptions options;
  options.first_pause = seconds(10);
  options.longest_pause = seconds(60);
  EXPECT_EQ(webhook_pause(options, 1, 0.5), seconds(10));
  EXPECT_EQ(webhook_pause(options, 2, 0.5), seconds(20));
  EXPECT_EQ(webhook_pause(options, 3, 0.5), seconds(40));
  EXPECT_EQ(webhook_pause(options, 4, 0.5), seconds(60));
  EXPECT_EQ(webhook_pause(options, 400, 0.5), seconds(60));
  EXPECT_EQ(webhook_pause(options, 1, 0), seconds(8));
  EXPECT_EQ(webhook_pause(options, 1, 1), seconds(12));
}

TEST_F(VerificationTest, ARepeatedRequestGetsItsFirstAnswer) {
  const Idempotency requests(*database_, storage_, clock_, Secret(bytes(32, 6)));
  const Bytes hash = {1, 2};
  EXPECT_FALSE(await(requests.begin(caller_, "k", hash, deadline_)).value());
  EXPECT_EQ(await(requests.begin(caller_, "k", hash, deadline_)).error().code, Errc::conflict);
  const StoredAnswer answer{
      .status = 201, .content_type = "application/json", .body = "{\n\"token\":\"x\"}"
  };
  ASSERT_TRUE(await(requests.finish(caller_, "k", answer, deadline_)));
  const auto again = await(requests.begin(caller_, "k", hash, deadline_)).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 201);
  EXPECT_EQ(again->content_type, answer.content_type);
  EXPECT_EQ(again->body, answer.body);
  EXPECT_EQ(
      await(requests.begin(caller_, "k", Bytes{3}, deadline_)).error().code, Errc::invalid_parameter
  );
  EXPECT_EQ(
      await(requests.begin(caller_, "a b", hash, deadline_)).error().code, Errc::invalid_parameter
  );
  clock_.advance(hours(24));
  EXPECT_FALSE(await(requests.begin(caller_, "k", hash, deadline_)).value());
  ASSERT_TRUE(await(requests.abandon(caller_, "k", deadline_)));
  EXPECT_FALSE(await(requests.begin(caller_, "k", Bytes{3}, deadline_)).value());
}

}  // namespace
}  // namespace selfsame::flows
