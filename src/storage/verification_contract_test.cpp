// SPDX-License-Identifier: Apache-2.0
// What every database must do with sessions, webhooks and repeated requests.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <set>
#include <thread>

#include "base/crypto.h"
#include "storage/blob_envelope.h"
#include "storage/test_databases.h"
#include "storage/verification_repositories.h"

namespace selfsame::storage {
namespace {

using core::VerificationState;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kNow{milliseconds(1'800'000'000'123)};

Bytes hash_of(const std::string& token) {
  return {token.begin(), token.end()};
}

VerificationRecord session(const std::string& id, const std::string& customer = "bank") {
  VerificationRecord record;
  record.id = id;
  record.customer = customer;
  record.access_key_id = "AK1";
  record.surface = "native";
  record.operation = "verifications";
  record.product = "native.verifications";
  record.token_hash = hash_of("token of " + id);
  record.terms.actions = 2;
  record.terms.allowed_actions = {core::FaceAction::nod, core::FaceAction::blink};
  record.metadata = "Nguyễn \"x\"\n";
  record.reference_blob = new_blob_id();
  record.created_at = kNow;
  record.progress.created_at = kNow;
  record.progress.changed_at = kNow;
  return record;
}

core::VerificationEvent challenge(const VerificationRecord& of, const std::string& id) {
  core::ChallengeIssued event;
  event.issued.id = id;
  event.issued.attempt = of.progress.attempt + 1;
  event.issued.issued_at = kNow;
  event.issued.expires_at = kNow + seconds(120);
  event.issued.challenge.digits = "0815";
  return event;
}

core::VerificationEvent sealed(const std::string& challenge_id) {
  return core::EvidenceSealed{
      .challenge_id = challenge_id, .stills = {}, .flash_shown_at_s = {}, .hints = {}
  };
}

core::VerificationEvent judged(core::Outcome outcome) {
  core::Judged event;
  event.finding.outcome = outcome;
  event.finding.evidence.video.pad = core::PadScore{0.1 + 0.2};
  event.finding.reasons = {"cut"};
  return event;
}

/// The step that `event` makes of the record, which goes on with it.
VerificationStep step_of(VerificationRecord& record, core::VerificationEvent event) {
  auto transition = core::advance(record.terms, record.progress, std::move(event), kNow);
  if (!transition) throw std::runtime_error(transition.error().detail);
  record.progress = core::after(record.terms, record.progress, *transition);
  VerificationStep step;
  step.id = record.id;
  step.transition = *transition;
  step.challenge_id = record.progress.challenge ? record.progress.challenge->id : "";
  step.due_at = core::expires_at(record.terms, record.progress);
  return step;
}

EvidenceArrival arrival(
    const std::string& id, const std::string& part, std::int64_t offset, std::int64_t length
) {
  EvidenceArrival arrival;
  arrival.id = id;
  arrival.challenge_id = "c1";
  arrival.chunk = {.part = part, .offset = offset, .length = length, .blob = new_blob_id()};
  arrival.total_bytes = 100;
  arrival.sha256 = "abc";
  arrival.evidence_bytes_max = 150;
  return arrival;
}

OutcomeRecord outcome_of(const VerificationRecord& record) {
  OutcomeRecord outcome;
  outcome.id = record.id;
  outcome.customer = record.customer;
  outcome.access_key_id = record.access_key_id;
  outcome.surface = record.surface;
  outcome.operation = record.operation;
  outcome.outcome = core::Outcome::match;
  outcome.decided_at = kNow;
  return outcome;
}

LedgerEntry charge_of(const VerificationRecord& record) {
  return {
      .outcome_id = record.id,
      .customer = record.customer,
      .product = record.product,
      .code = "match",
      .billed_at = kNow
  };
}

class VerificationContract : public testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    database_ = open();
  }
  VerificationSessions& sessions() { return database_->verifications(); }

  VerificationRecord create(const std::string& id, const std::string& customer = "bank") {
    VerificationRecord record = session(id, customer);
    EXPECT_TRUE(sessions().create(record, kNow + minutes(10)));
    return record;
  }
  /// With the challenge "c1" out.
  VerificationRecord create_challenged(const std::string& id) {
    VerificationRecord record = create(id);
    EXPECT_TRUE(sessions().take_step(step_of(record, challenge(record, "c1"))));
    return record;
  }
  VerificationRecord create_in_progress(const std::string& id) {
    VerificationRecord record = create_challenged(id);
    EXPECT_TRUE(sessions().take_step(step_of(record, sealed("c1"))));
    return record;
  }
  std::set<std::string> referenced(const std::vector<std::string>& blobs) {
    const auto found = database_->outcomes().referenced_blobs(blobs).value();
    return {found.begin(), found.end()};
  }

  std::unique_ptr<Database> database_;
};

TEST_P(VerificationContract, ASessionIsFoundAsItWasStored) {
  const VerificationRecord made = create("v1");
  database_ = open();
  for (const auto& found :
       {sessions().find("bank", "v1"), sessions().find_by_token(made.token_hash)}) {
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->id, "v1");
    EXPECT_EQ(found->customer, "bank");
    EXPECT_EQ(found->access_key_id, made.access_key_id);
    EXPECT_EQ(found->surface, made.surface);
    EXPECT_EQ(found->operation, made.operation);
    EXPECT_EQ(found->product, made.product);
    EXPECT_EQ(found->token_hash, made.token_hash);
    EXPECT_EQ(found->terms.actions, 2);
    EXPECT_EQ(found->terms.allowed_actions, made.terms.allowed_actions);
    EXPECT_EQ(found->metadata, made.metadata);
    EXPECT_EQ(found->reference_blob, made.reference_blob);
    EXPECT_EQ(found->created_at, kNow);
    EXPECT_EQ(found->progress.state, VerificationState::created);
    EXPECT_TRUE(found->history.empty());
    EXPECT_TRUE(found->outcome_id.empty());
  }
  EXPECT_EQ(sessions().find("other", "v1").error().code, Errc::not_found);
  EXPECT_EQ(sessions().find("bank", std::string("v\0", 2)).error().code, Errc::not_found);
  EXPECT_EQ(sessions().find("bank", "\xff").error().code, Errc::not_found);
  EXPECT_EQ(sessions().find_by_token({}).error().code, Errc::not_found);
  EXPECT_EQ(sessions().create(session("v1"), std::nullopt).error().code, Errc::conflict);
  VerificationRecord same_token = session("v2");
  same_token.token_hash = made.token_hash;
  EXPECT_EQ(sessions().create(same_token, std::nullopt).error().code, Errc::conflict);
}

TEST_P(VerificationContract, AHistoryIsStoredWholeAndFoldsToTheState) {
  VerificationRecord record = create_in_progress("v1");
  VerificationStep last = step_of(record, judged(core::Outcome::match));
  last.outcome = outcome_of(record);
  last.charge = charge_of(record);
  ASSERT_TRUE(sessions().take_step(last));
  const auto found = open()->verifications().find("bank", "v1");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->progress.state, VerificationState::decided);
  EXPECT_EQ(found->outcome_id, "v1");
  ASSERT_EQ(found->history.size(), 3U);
  const auto& issued = std::get<core::ChallengeIssued>(found->history[0].event).issued;
  EXPECT_EQ(issued.challenge.digits, "0815");
  EXPECT_EQ(issued.expires_at, kNow + seconds(120));
  const auto& finding = std::get<core::Judged>(found->history[2].event).finding;
  EXPECT_EQ(finding.evidence.video.pad->value, 0.1 + 0.2);
  EXPECT_EQ(finding.reasons, std::vector<std::string>{"cut"});
  EXPECT_EQ(database_->outcomes().find("bank", "v1")->outcome, core::Outcome::match);
  EXPECT_EQ(database_->outcomes().ledger("bank")->size(), 1U);
}

TEST_P(VerificationContract, AStepThatDoesNotFollowIsRefusedWhole) {
  VerificationRecord record = create_in_progress("v1");
  VerificationRecord other = record;
  VerificationStep first = step_of(record, judged(core::Outcome::attack));
  first.outcome = outcome_of(record);
  ASSERT_TRUE(sessions().take_step(first));
  VerificationStep second = step_of(other, judged(core::Outcome::match));
  second.outcome = outcome_of(other);
  second.outcome->id = "another";
  second.charge = charge_of(other);
  second.charge->outcome_id = "another";
  EXPECT_EQ(sessions().take_step(second).error().code, Errc::conflict);
  EXPECT_EQ(sessions().find("bank", "v1")->history.size(), 3U);
  EXPECT_EQ(database_->outcomes().find("bank", "another").error().code, Errc::not_found);
  EXPECT_TRUE(database_->outcomes().ledger("bank")->empty());
}

TEST_P(VerificationContract, OfStepsThatRaceExactlyOneSucceeds) {
  constexpr int kThreads = 8;
  for (int round = 0; round < 5; ++round) {
    const std::string id = "v" + std::to_string(round);
    const VerificationRecord record = create_in_progress(id);
    std::barrier begin(kThreads);
    std::atomic<int> succeeded = 0;
    std::atomic<int> conflicts = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, mine = record]() mutable {
        VerificationStep step = step_of(mine, judged(core::Outcome::match));
        step.outcome = outcome_of(mine);
        step.charge = charge_of(mine);
        begin.arrive_and_wait();
        const auto taken = sessions().take_step(step);
        succeeded += taken ? 1 : 0;
        conflicts += !taken && taken.error().code == Errc::conflict ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(succeeded, 1);
    EXPECT_EQ(conflicts, kThreads - 1);
    EXPECT_EQ(database_->outcomes().ledger("bank")->size(), static_cast<std::size_t>(round) + 1);
  }
}

TEST_P(VerificationContract, ASessionIsReadAsOfOneMoment) {
  constexpr int kSessions = 40, kPictures = 4;
  core::DocumentPictured pictured;
  pictured.seen.asked_side = pictured.seen.side = "front";
  pictured.seen.type = "HKIDCard";
  pictured.seen.is_readable = true;
  for (int i = 0; i < kSessions; ++i) {
    VerificationRecord record = session("v" + std::to_string(i));
    record.reference_blob.clear();
    record.terms.document.emplace();
    record.terms.document->may_edit = true;
    ASSERT_TRUE(sessions().create(record, kNow + minutes(10)));
    std::vector<std::string> blobs = {""};
    for (int picture = 0; picture < kPictures; ++picture) blobs.push_back(new_blob_id());
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    for (int reader = 0; reader < 3; ++reader) {
      readers.emplace_back([&] {
        while (!done) {
          const auto found = sessions().find("bank", record.id);
          ASSERT_TRUE(found) << found.error().detail;
          ASSERT_EQ(found->document_blob, blobs.at(found->history.size()));
        }
      });
    }
    VerificationRecord mine = record;
    for (int picture = 1; picture <= kPictures; ++picture) {
      VerificationStep step = step_of(mine, pictured);
      step.document_blob = blobs.at(static_cast<std::size_t>(picture));
      EXPECT_TRUE(sessions().take_step(step));
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
  }
}

TEST_P(VerificationContract, ChunksFollowOneAnother) {
  create_challenged("v1");
  ASSERT_TRUE(sessions().add_chunk(arrival("v1", "video", 0, 60)));
  const auto refused = [&](EvidenceArrival chunk) {
    const auto added = sessions().add_chunk(chunk);
    return added ? std::nullopt : std::optional(added.error().code);
  };
  EXPECT_EQ(refused(arrival("v1", "video", 0, 60)), Errc::conflict) << "again";
  EXPECT_EQ(refused(arrival("v1", "video", 61, 10)), Errc::conflict) << "a gap";
  EXPECT_EQ(refused(arrival("v1", "video", 59, 10)), Errc::conflict) << "an overlap";
  EXPECT_EQ(refused(arrival("v1", "video", 60, 41)), Errc::payload_too_large);
  EXPECT_EQ(refused(arrival("v2", "video", 0, 10)), Errc::conflict) << "no such session";
  auto other = arrival("v1", "video", 60, 40);
  other.sha256 = "other";
  EXPECT_EQ(refused(other), Errc::conflict) << "another content was announced";
  other = arrival("v1", "video", 60, 40);
  other.challenge_id = "c2";
  EXPECT_EQ(refused(other), Errc::conflict) << "not the current challenge";
  EXPECT_EQ(refused(arrival("v1", "still-1", 0, 91)), Errc::payload_too_large) << "in all";
  EXPECT_EQ(refused(arrival("v1", "video", 60, 40)), std::nullopt);
  EXPECT_EQ(refused(arrival("v1", "still-1", 0, 50)), std::nullopt);

  const auto parts = sessions().parts("v1");
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ(parts->at(0).part, "still-1");
  EXPECT_EQ(parts->at(0).received_bytes(), 50);
  EXPECT_EQ(parts->at(1).part, "video");
  EXPECT_EQ(parts->at(1).received_bytes(), 100);
  EXPECT_EQ(parts->at(1).total_bytes, 100);
  EXPECT_EQ(parts->at(1).sha256, "abc");
  EXPECT_EQ(parts->at(1).chunks.size(), 2U);
}

TEST_P(VerificationContract, APartThatIsForgottenMayArriveAgain) {
  VerificationRecord record = create_challenged("v1");
  const auto bad = arrival("v1", "video", 0, 100);
  const auto good = arrival("v1", "still-1", 0, 50);
  ASSERT_TRUE(sessions().add_chunk(bad));
  ASSERT_TRUE(sessions().add_chunk(good));
  EXPECT_EQ(sessions().forget_part("v1", "c2", "video", "abc").error().code, Errc::conflict);
  EXPECT_TRUE(sessions().forget_part("v1", "c1", "still-2", "abc")->empty());
  EXPECT_TRUE(sessions().forget_part("v1", "c1", "video", "abd")->empty()) << "another one by now";
  EXPECT_EQ(*sessions().forget_part("v1", "c1", "video", "abc"), std::vector{bad.chunk.blob});
  EXPECT_EQ(sessions().parts("v1")->size(), 1U);
  EXPECT_EQ(referenced({bad.chunk.blob, good.chunk.blob}), std::set{good.chunk.blob});
  EXPECT_TRUE(sessions().add_chunk(arrival("v1", "video", 0, 100))) << "there is room for it again";
  auto step = step_of(record, sealed("c1"));
  step.evidence_bytes = 149;
  EXPECT_EQ(sessions().take_step(step).error().code, Errc::conflict) << "something came meanwhile";
  step.evidence_bytes = 150;
  ASSERT_TRUE(sessions().take_step(step));
  EXPECT_EQ(sessions().forget_part("v1", "c1", "video", "abc").error().code, Errc::conflict);
}

TEST_P(VerificationContract, NoChunkArrivesOnceEvidenceIsSealed) {
  VerificationRecord record = create("v1");
  EXPECT_EQ(sessions().add_chunk(arrival("v1", "video", 0, 1)).error().code, Errc::conflict);
  ASSERT_TRUE(sessions().take_step(step_of(record, challenge(record, "c1"))));
  ASSERT_TRUE(sessions().add_chunk(arrival("v1", "video", 0, 1)));
  ASSERT_TRUE(sessions().take_step(step_of(record, sealed("c1"))));
  EXPECT_EQ(sessions().add_chunk(arrival("v1", "video", 1, 1)).error().code, Errc::conflict);
}

TEST_P(VerificationContract, BlobsAreReferencedUntilTheyAreForgotten) {
  VerificationRecord record = create_challenged("v1");
  const auto one = arrival("v1", "video", 0, 60);
  const auto two = arrival("v1", "video", 60, 40);
  ASSERT_TRUE(sessions().add_chunk(one));
  ASSERT_TRUE(sessions().add_chunk(two));
  const std::set<std::string> evidence = {one.chunk.blob, two.chunk.blob};
  const std::vector<std::string> all = {
      record.reference_blob, one.chunk.blob, two.chunk.blob, new_blob_id()
  };
  EXPECT_EQ(referenced(all).size(), 3U);
  ASSERT_TRUE(sessions().take_step(step_of(record, sealed("c1"))));
  EXPECT_EQ(referenced(all).size(), 3U);

  VerificationStep again = step_of(record, judged(core::Outcome::video_too_dark));
  again.forget_evidence = true;
  const auto forgotten = sessions().take_step(again);
  ASSERT_TRUE(forgotten) << forgotten.error().detail;
  EXPECT_EQ(std::set<std::string>(forgotten->begin(), forgotten->end()), evidence);
  EXPECT_EQ(referenced(all), std::set<std::string>{record.reference_blob});
  EXPECT_TRUE(sessions().parts("v1")->empty());

  // The next attempt has room for all its bytes again.
  ASSERT_TRUE(sessions().take_step(step_of(record, challenge(record, "c2"))));
  auto next = arrival("v1", "video", 0, 100);
  next.challenge_id = "c2";
  EXPECT_TRUE(sessions().add_chunk(next));

  VerificationStep last = step_of(record, core::EndedByDevice{core::EndReason::no_camera});
  last.forget_evidence = true;
  last.forget_reference = true;
  const auto rest = sessions().take_step(last);
  ASSERT_TRUE(rest) << rest.error().detail;
  EXPECT_EQ(
      std::set<std::string>(rest->begin(), rest->end()),
      (std::set<std::string>{next.chunk.blob, record.reference_blob})
  );
  EXPECT_TRUE(referenced(all).empty());
  EXPECT_TRUE(sessions().find("bank", "v1")->reference_blob.empty());
}

TEST_P(VerificationContract, ADocumentTakesThePlaceOfTheOneBeforeAndGoesWithItsSession) {
  VerificationRecord record = session("v1");
  record.reference_blob.clear();
  record.terms.document.emplace();
  record.terms.document->may_edit = true;
  ASSERT_TRUE(sessions().create(record, kNow + minutes(10)));
  core::DocumentPictured pictured;
  pictured.seen.asked_side = pictured.seen.side = "front";
  pictured.seen.type = "HKIDCard";
  pictured.seen.is_readable = true;
  std::vector<std::string> blobs = {new_blob_id(), new_blob_id(), new_blob_id(), new_blob_id()};
  VerificationStep first = step_of(record, pictured);
  first.document_blob = blobs[0];
  first.reference_blob = blobs[1];
  EXPECT_TRUE(sessions().take_step(first)->empty());
  EXPECT_EQ(sessions().find("bank", "v1")->document_blob, blobs[0]);
  EXPECT_EQ(sessions().find("bank", "v1")->reference_blob, blobs[1]);
  EXPECT_EQ(referenced(blobs).size(), 2U);

  VerificationStep again = step_of(record, pictured);
  again.document_blob = blobs[2];
  again.reference_blob = blobs[3];
  const auto replaced = sessions().take_step(again);
  EXPECT_EQ(
      std::set<std::string>(replaced->begin(), replaced->end()),
      (std::set<std::string>{blobs[0], blobs[1]})
  );
  VerificationStep confirmed = step_of(record, core::DocumentConfirmed{.edited = {"full_name"}});
  EXPECT_TRUE(sessions().take_step(confirmed)->empty()) << "what is not named stays";
  EXPECT_EQ(referenced(blobs).size(), 2U);
  EXPECT_EQ(
      sessions().find("bank", "v1")->progress.document.edited, std::vector<std::string>{"full_name"}
  );

  VerificationStep last = step_of(record, core::EndedByDevice{core::EndReason::other});
  last.forget_reference = true;
  last.forget_document = true;
  const auto rest = sessions().take_step(last);
  EXPECT_EQ(
      std::set<std::string>(rest->begin(), rest->end()), (std::set<std::string>{blobs[2], blobs[3]})
  );
  EXPECT_TRUE(referenced(blobs).empty());
  EXPECT_TRUE(sessions().find("bank", "v1")->document_blob.empty());
}

TEST_P(VerificationContract, WhatIsDueIsNamedAndPostponedByOne) {
  create("v1");
  VerificationRecord later = session("v2");
  ASSERT_TRUE(sessions().create(later, kNow + minutes(5)));
  EXPECT_TRUE(sessions().due(kNow, 10)->empty());
  const auto due = sessions().due(kNow + minutes(10), 10).value();
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].id, "v2");
  EXPECT_EQ(due[0].customer, "bank");
  EXPECT_EQ(due[0].number, 0);
  EXPECT_EQ(sessions().due(kNow + minutes(10), 1)->size(), 1U);

  const Timestamp now = kNow + minutes(6);
  EXPECT_FALSE(sessions().postpone("v2", 1, now, now + minutes(1)).value()) << "it went on";
  EXPECT_TRUE(sessions().postpone("v2", 0, now, now + minutes(1)).value());
  EXPECT_FALSE(sessions().postpone("v2", 0, now, now + minutes(1)).value()) << "somebody has it";
  EXPECT_TRUE(sessions().due(now, 10)->empty());
}

TEST_P(VerificationContract, SamplesOfADecidedSessionAreForgottenOnceWhenTheirTimeIsOver) {
  VerificationRecord record = create_challenged("v1");
  const auto video = arrival("v1", "video", 0, 100);
  ASSERT_TRUE(sessions().add_chunk(video));
  ASSERT_TRUE(sessions().take_step(step_of(record, sealed("c1"))));
  VerificationStep decided = step_of(record, judged(core::Outcome::match));
  decided.outcome = outcome_of(record);
  decided.outcome->reference_blob = record.reference_blob;
  decided.outcome->best_frame_blob = new_blob_id();
  decided.due_at = kNow + minutes(10);
  decided.document_blob = new_blob_id();
  const std::vector<std::string> all = {
      record.reference_blob,
      video.chunk.blob,
      decided.outcome->best_frame_blob,
      *decided.document_blob
  };
  ASSERT_TRUE(sessions().take_step(decided));
  const int number = record.progress.number;

  EXPECT_TRUE(sessions().forget_samples("v1", number, kNow)->empty()) << "not yet";
  const Timestamp over = kNow + minutes(10);
  EXPECT_TRUE(sessions().forget_samples("v1", number - 1, over)->empty()) << "another transition";
  EXPECT_EQ(referenced(all).size(), 4U);
  EXPECT_EQ(sessions().due(over, 10)->size(), 1U);
  const auto forgotten = sessions().forget_samples("v1", number, over);
  ASSERT_TRUE(forgotten) << forgotten.error().detail;
  EXPECT_EQ(
      std::set<std::string>(forgotten->begin(), forgotten->end()),
      std::set<std::string>(all.begin(), all.end())
  );
  EXPECT_TRUE(referenced(all).empty());
  EXPECT_TRUE(sessions().parts("v1")->empty());
  EXPECT_TRUE(sessions().due(over, 10)->empty());
  EXPECT_TRUE(sessions().forget_samples("v1", number, over)->empty()) << "once";

  const auto found = sessions().find("bank", "v1");
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->progress.finding->outcome, core::Outcome::match) << "the verdict stays";
  EXPECT_TRUE(database_->outcomes().find("bank", "v1")->best_frame_blob.empty());
}

TEST_P(VerificationContract, AnAttemptMayBeBilledWhileItsSessionGoesOn) {
  VerificationRecord record = create_in_progress("v1");
  VerificationStep again = step_of(record, judged(core::Outcome::video_too_dark));
  again.outcome = outcome_of(record);
  again.outcome->id = "c1";
  again.charge = charge_of(record);
  again.charge->outcome_id = "c1";
  ASSERT_TRUE(sessions().take_step(again));
  EXPECT_TRUE(sessions().find("bank", "v1")->outcome_id.empty());
  ASSERT_TRUE(sessions().take_step(step_of(record, challenge(record, "c2"))));
  ASSERT_TRUE(sessions().take_step(step_of(record, sealed("c2"))));
  VerificationStep last = step_of(record, judged(core::Outcome::match));
  last.outcome = outcome_of(record);
  last.charge = charge_of(record);
  ASSERT_TRUE(sessions().take_step(last));
  EXPECT_EQ(sessions().find("bank", "v1")->outcome_id, "v1");
  EXPECT_EQ(database_->outcomes().ledger("bank")->size(), 2U);
}

TEST_P(VerificationContract, AMeddledHistoryIsNotRead) {
  create_in_progress("v1");
  place_->meddle("UPDATE verifications SET state = 3 WHERE id = 'v1'");
  EXPECT_EQ(sessions().find("bank", "v1").error().code, Errc::integrity_failure);
  place_->meddle("UPDATE verifications SET state = 2 WHERE id = 'v1'");
  EXPECT_TRUE(sessions().find("bank", "v1"));
  place_->meddle("UPDATE verification_transitions SET detail = '{}' WHERE number = 1");
  EXPECT_EQ(sessions().find("bank", "v1").error().code, Errc::integrity_failure);
}

// Webhooks

class WebhookContract : public VerificationContract {
 protected:
  WebhookQueue& webhooks() { return database_->webhooks(); }
  void set_endpoint(const std::string& customer = "bank") {
    ASSERT_TRUE(webhooks().set_endpoint(
        {.customer = customer, .url = "https://x/y", .sealed_secret = {1, 0, 2}, .set_at = kNow}
    ));
  }
  /// Ends the session, and tells.
  void end(const std::string& id, const std::string& customer = "bank") {
    VerificationRecord record = create(id, customer);
    VerificationStep step = step_of(record, core::EndedByDevice{core::EndReason::other});
    step.event = "verification.cancelled";
    step.delivery_id = "d-" + id;
    ASSERT_TRUE(sessions().take_step(step));
  }
};

TEST_P(WebhookContract, AnEndpointIsSetChangedAndRemoved) {
  EXPECT_FALSE(webhooks().endpoint("bank").value());
  set_endpoint();
  set_endpoint("other");
  ASSERT_TRUE(webhooks().set_endpoint(
      {.customer = "bank", .url = "https://z", .sealed_secret = {7}, .set_at = kNow + seconds(1)}
  ));
  const auto found = webhooks().endpoint("bank").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url, "https://z");
  EXPECT_EQ(found->sealed_secret, (Bytes{7}));
  EXPECT_EQ(found->set_at, kNow + seconds(1));
  EXPECT_TRUE(webhooks().remove_endpoint("bank", kNow));
  EXPECT_EQ(webhooks().remove_endpoint("bank", kNow).error().code, Errc::not_found);
  EXPECT_FALSE(webhooks().endpoint("bank").value());
  EXPECT_TRUE(webhooks().endpoint("other").value());
}

TEST_P(WebhookContract, OnlyWhoHasAnEndpointIsTold) {
  end("before");
  set_endpoint("other");
  EXPECT_FALSE(webhooks().claim(kNow, kNow + minutes(1)).value());
  set_endpoint();
  end("after");
  const auto claimed = webhooks().claim(kNow, kNow + minutes(1)).value();
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->id, "d-after");
  EXPECT_EQ(claimed->customer, "bank");
  EXPECT_EQ(claimed->event, "verification.cancelled");
  EXPECT_EQ(claimed->verification_id, "after");
  EXPECT_EQ(claimed->state, DeliveryState::waiting);
  EXPECT_EQ(claimed->attempts, 1);
  EXPECT_FALSE(claimed->last_status);
  EXPECT_EQ(claimed->created_at, kNow);
}

TEST_P(WebhookContract, NamedWebhooksAreToldOfTheirSurface) {
  NamedWebhookRecord named;
  named.customer = "bank";
  named.surface = "native";
  named.name = "Nguyễn";
  named.scene = "S";
  named.url = "https://a";
  named.sealed_key = {1, 0, 2};
  named.told = true;
  named.added_at = kNow;
  named.modified_at = kNow;
  const std::int64_t told = webhooks().add_named(named, 3).value();
  NamedWebhookRecord silent = named;
  silent.told = false;
  ASSERT_TRUE(webhooks().add_named(silent, 3));
  NamedWebhookRecord elsewhere = named;
  elsewhere.surface = "another";
  const std::int64_t other = webhooks().add_named(elsewhere, 1).value();
  EXPECT_EQ(webhooks().add_named(named, 2).error().code, Errc::conflict);

  set_endpoint();
  end("v1");
  const auto deliveries = webhooks().deliveries("bank", 10).value();
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_NE(deliveries[0].id, deliveries[1].id);
  const std::set<std::int64_t> to = {deliveries[0].webhook_id, deliveries[1].webhook_id};
  EXPECT_EQ(to, (std::set<std::int64_t>{0, told}));

  const auto found = webhooks().find_named("bank", told).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, named.name);
  EXPECT_EQ(found->sealed_key, named.sealed_key);
  EXPECT_TRUE(found->told);
  EXPECT_FALSE(webhooks().find_named("other", told).value());
  const auto page = webhooks().named("bank", "native", 1, 10).value();
  EXPECT_EQ(page.total, 2);
  ASSERT_EQ(page.webhooks.size(), 1U);

  NamedWebhookRecord changed = named;
  changed.id = told;
  changed.url = "https://b";
  changed.sealed_key.clear();
  changed.modified_at = kNow + seconds(1);
  EXPECT_TRUE(webhooks().change_named(changed));
  EXPECT_EQ(webhooks().find_named("bank", told).value()->url, "https://b");
  EXPECT_TRUE(webhooks().find_named("bank", told).value()->sealed_key.empty());
  changed.customer = "other";
  EXPECT_EQ(webhooks().change_named(changed).error().code, Errc::not_found);
  EXPECT_EQ(webhooks().remove_named("other", "native", told, kNow).error().code, Errc::not_found);
  EXPECT_EQ(webhooks().remove_named("bank", "native", other, kNow).error().code, Errc::not_found);

  ASSERT_TRUE(webhooks().remove_endpoint("bank", kNow));
  const auto claimed = webhooks().claim(kNow, kNow + minutes(1)).value();
  ASSERT_TRUE(claimed) << "the other endpoint's goes on";
  EXPECT_EQ(claimed->webhook_id, told);
  ASSERT_TRUE(webhooks().remove_named("bank", "native", told, kNow));
  const auto ended = webhooks().deliveries("bank", 10).value();
  for (const WebhookDelivery& delivery : ended) {
    EXPECT_EQ(delivery.state, DeliveryState::given_up);
  }
}

TEST_P(WebhookContract, WhatEndedLongAgoIsForgotten) {
  set_endpoint();
  for (int day = 1; day <= 3; ++day) {
    end("v" + std::to_string(day));
    auto ended = webhooks().claim(kNow, kNow + minutes(1)).value().value();
    ended.state = day == 2 ? DeliveryState::given_up : DeliveryState::delivered;
    ended.ended_at = kNow + std::chrono::hours(24 * day);
    ASSERT_TRUE(webhooks().note(ended));
  }
  end("waits");
  const Timestamp third = kNow + std::chrono::hours(72);
  EXPECT_EQ(webhooks().forget_deliveries(kNow, 10), 0);
  EXPECT_EQ(webhooks().forget_deliveries(third, 1), 1);
  EXPECT_EQ(webhooks().forget_deliveries(third, 10), 1);
  EXPECT_EQ(webhooks().forget_deliveries(third, 10), 0);
  EXPECT_EQ(webhooks().forget_deliveries(third + minutes(1), 10), 1);
  const auto left = webhooks().deliveries("bank", 9).value();
  ASSERT_EQ(left.size(), 1U) << "what still waits is not forgotten";
  EXPECT_EQ(left[0].verification_id, "waits");
}

TEST_P(WebhookContract, CustomersMayBePassedOver) {
  set_endpoint();
  end("v1");
  EXPECT_FALSE(webhooks().claim(kNow, kNow + minutes(1), {"other", "bank"}).value());
  EXPECT_TRUE(webhooks().claim(kNow, kNow + minutes(1), {"ban", "bank2", ""}).value());
}

TEST_P(WebhookContract, WhoHasWaitedLongestIsInTurn) {
  for (const char* customer : {"a", "bank", "c"}) set_endpoint(customer);
  end("b1");
  end("b2");
  end("c1", "c");
  const auto claimed = [&](Timestamp now, const std::vector<std::string>& passed_over) {
    const auto delivery = webhooks().claim(now, now + minutes(10), passed_over).value();
    return delivery ? delivery->customer : std::string("nobody");
  };
  auto put_off = *webhooks().claim(kNow, kNow + minutes(1), {"bank"}).value();
  EXPECT_EQ(put_off.customer, "c");
  put_off.next_at = kNow + minutes(1);
  ASSERT_TRUE(webhooks().note(put_off));
  EXPECT_EQ(claimed(kNow, {"bank"}), "nobody") << "not due yet";
  end("a1", "a");
  EXPECT_EQ(claimed(kNow + minutes(2), {"a", "bank"}), "c");
  EXPECT_EQ(claimed(kNow, {"bank"}), "a");
  EXPECT_EQ(claimed(kNow, {}), "bank");
  EXPECT_EQ(claimed(kNow, {}), "bank");
  EXPECT_EQ(claimed(kNow, {}), "nobody");
}

TEST_P(WebhookContract, ADeliveryIsWithOneWorkerUntilItsLeaseEnds) {
  set_endpoint();
  end("v1");
  auto claimed = webhooks().claim(kNow, kNow + minutes(1)).value();
  ASSERT_TRUE(claimed);
  EXPECT_FALSE(webhooks().claim(kNow, kNow + minutes(1)).value());
  const auto again = webhooks().claim(kNow + minutes(1), kNow + minutes(2)).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempts, 2);

  // The first worker comes back late: what it says no longer counts.
  claimed->state = DeliveryState::given_up;
  ASSERT_TRUE(webhooks().note(*claimed));
  EXPECT_EQ(webhooks().deliveries("bank", 9)->at(0).state, DeliveryState::waiting);

  auto told = *again;
  told.last_status = 503;
  told.next_at = kNow + minutes(5);
  ASSERT_TRUE(webhooks().note(told));
  EXPECT_FALSE(webhooks().claim(kNow + minutes(4), kNow + minutes(9)).value());
  auto last = webhooks().claim(kNow + minutes(5), kNow + minutes(9)).value();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->last_status, 503);
  last->state = DeliveryState::delivered;
  last->last_status = 204;
  last->ended_at = kNow + minutes(5);
  ASSERT_TRUE(webhooks().note(*last));
  EXPECT_FALSE(webhooks().claim(kNow + minutes(60), kNow + minutes(61)).value());
  const auto log = webhooks().deliveries("bank", 9).value();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].state, DeliveryState::delivered);
  EXPECT_EQ(log[0].attempts, 3);
  EXPECT_EQ(log[0].last_status, 204);
  EXPECT_EQ(log[0].ended_at, kNow + minutes(5));
}

TEST_P(WebhookContract, OfWorkersThatRaceEachGetsAnotherDelivery) {
  set_endpoint();
  constexpr int kDeliveries = 8;
  for (int i = 0; i < kDeliveries; ++i) end("v" + std::to_string(i));
  std::barrier begin(kDeliveries);
  std::mutex mutex;
  std::multiset<std::string> claimed;
  std::vector<std::thread> threads;
  for (int i = 0; i < kDeliveries; ++i) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      const auto mine = webhooks().claim(kNow, kNow + minutes(1));
      const std::lock_guard lock(mutex);
      if (mine && *mine) claimed.insert((*mine)->id);
    });
  }
  for (std::thread& thread : threads) thread.join();
  // One that was locked by another at that moment may be left for the next look.
  while (const auto rest = webhooks().claim(kNow, kNow + minutes(1)).value()) {
    claimed.insert(rest->id);
  }
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kDeliveries));
  EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), claimed.size());
}

TEST_P(WebhookContract, WithItsEndpointADeliveryIsGivenUp) {
  set_endpoint();
  end("v1");
  ASSERT_TRUE(webhooks().remove_endpoint("bank", kNow + seconds(3)));
  EXPECT_FALSE(webhooks().claim(kNow, kNow + minutes(1)).value());
  const auto log = webhooks().deliveries("bank", 9).value();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].state, DeliveryState::given_up);
  EXPECT_EQ(log[0].ended_at, kNow + seconds(3));
}

// Repeated requests

class IdempotencyContract : public VerificationContract {
 protected:
  Result<std::optional<IdempotentRequest>> begin(
      const std::string& key, const Bytes& hash, Timestamp now = kNow
  ) {
    return database_->idempotent_requests().begin(
        "bank", key, hash, now, now + minutes(5), now + std::chrono::hours(24)
    );
  }
};

TEST_P(IdempotencyContract, TheFirstTakesTheKeyAndTheOthersGetItsAnswer) {
  EXPECT_FALSE(begin("k", {1}).value());
  auto second = begin("k", {1}).value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->request_hash, (Bytes{1}));
  EXPECT_FALSE(second->answer) << "at work";
  ASSERT_TRUE(database_->idempotent_requests().finish("bank", "k", Bytes{9, 0, 9}));
  ASSERT_TRUE(database_->idempotent_requests().finish("bank", "k", Bytes{8})) << "no effect";
  second = open()->idempotent_requests().begin("bank", "k", Bytes{2}, kNow, kNow, kNow).value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->request_hash, (Bytes{1}));
  EXPECT_EQ(second->answer, (Bytes{9, 0, 9}));
  EXPECT_FALSE(
      database_->idempotent_requests().begin("other", "k", Bytes{1}, kNow, kNow, kNow).value()
  );
}

TEST_P(IdempotencyContract, AnAnswerIsForgottenWhenItsTimeIsOver) {
  auto& requests = database_->idempotent_requests();
  for (const char* key : {"a", "b"}) {
    EXPECT_FALSE(begin(key, {1}).value());
    ASSERT_TRUE(requests.finish("bank", key, Bytes{9}));
  }
  EXPECT_FALSE(begin("later", {1}, kNow + minutes(1)).value());
  EXPECT_EQ(requests.forget_expired(kNow + std::chrono::hours(24) - seconds(1)).value(), 0);
  EXPECT_TRUE(begin("a", {1})->value().answer);
  EXPECT_EQ(requests.forget_expired(kNow + std::chrono::hours(24)).value(), 2);
  EXPECT_FALSE(begin("a", {1}).value());
  EXPECT_TRUE(begin("later", {1}).value());
}

TEST_P(IdempotencyContract, AKeyIsFreeAgainWhenItsTimeIsOver) {
  EXPECT_FALSE(begin("dead", {1}).value());
  EXPECT_TRUE(begin("dead", {1}, kNow + minutes(4)).value());
  EXPECT_FALSE(begin("dead", {2}, kNow + minutes(5)).value()) << "its server is gone";

  EXPECT_FALSE(begin("old", {1}).value());
  ASSERT_TRUE(database_->idempotent_requests().finish("bank", "old", Bytes{9}));
  EXPECT_TRUE(begin("old", {1}, kNow + std::chrono::hours(23)).value());
  EXPECT_FALSE(begin("old", {1}, kNow + std::chrono::hours(24)).value());

  EXPECT_FALSE(begin("failed", {1}).value());
  ASSERT_TRUE(database_->idempotent_requests().abandon("bank", "failed"));
  EXPECT_FALSE(begin("failed", {1}).value());
  ASSERT_TRUE(database_->idempotent_requests().finish("bank", "failed", Bytes{9}));
  ASSERT_TRUE(database_->idempotent_requests().abandon("bank", "failed")) << "too late";
  EXPECT_TRUE(begin("failed", {1}).value()->answer);
}

TEST_P(IdempotencyContract, OfRequestsThatRaceOneTakesTheKey) {
  constexpr int kThreads = 8;
  std::barrier start(kThreads);
  std::atomic<int> first = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      const auto begun = begin("k", {1});
      first += begun && !*begun ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
}

SELFSAME_ON_EVERY_DATABASE(VerificationContract);
SELFSAME_ON_EVERY_DATABASE(WebhookContract);
SELFSAME_ON_EVERY_DATABASE(IdempotencyContract);

}  // namespace
}  // namespace selfsame::storage
