// SPDX-License-Identifier: Apache-2.0
// The document of a session over a real database and blob store, with a reader that says what the
// test sets. The real reader runs it in tests/native.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "base/crypto.h"
#include "core/customer_fields.h"
#include "flows/test_await.h"
#include "flows/test_engine.h"
#include "flows/verification.h"
#include "storage/blobs_folder.h"
#include "storage/customer_repositories.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"
#include "storage/verification_repositories.h"
#include "vision/decode_image.h"

namespace selfsame::flows {
namespace {

using core::DocumentFault;
using core::DocumentNeed;
using core::Outcome;
using core::VerificationState;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::await;
using testing::kPolicy;
using testing::ScriptedEngine;

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'000)};  // 2027-01-15

Bytes picture() {
  vision::Image image{64, 40, std::vector<std::uint8_t>(std::size_t{64} * 40 * 3, 128)};
  return vision::encode_jpeg(image, 90);
}

Bytes magic(const std::string& word) {
  const std::string text = "a photo\nselfsame-sandbox:" + word;
  return {text.begin(), text.end()};
}

core::FieldValue field(const char* name, const char* value) {
  return {.name = name, .value = value, .printed = {value}, .lines = {0}, .confidence = 0.9};
}

vision::DocumentReading card(const char* side = "front") {
  vision::DocumentReading reading;
  reading.type = "SingaporeIDCard";
  reading.side = side;
  reading.card = {{{0, 0}, {60, 0}, {60, 38}, {0, 38}}};
  if (reading.side == "front")
    reading.portrait = vision::Quad{{{2, 2}, {20, 2}, {20, 30}, {2, 30}}};
  reading.fields.fields = {field("document_number", "S1234567D"), field("full_name", "TAN AH KOW")};
  return reading;
}

class DocumentSessionTest : public ::testing::Test {
 protected:
  DocumentSessionTest() {
    auto master = storage::load_or_create_master_key(folder_);
    database_ = std::move(*storage::open_database(folder_ / "test.db", master->key));
    blobs_ = std::move(*storage::open_folder_blobs(folder_ / "blobs", master->key));
    runner_ = std::jthread([this] { background_.run(); });
    documents_ = std::make_unique<Documents>(
        DocumentSource{
            .types = {"SingaporeIDCard", "HKIDCard"},
            .read = [this](const vision::Image&, const vision::DocumentOptions&)
                -> Result<vision::DocumentReading> {
              std::this_thread::sleep_for(delay_);
              return reading_;
            },
            .forms =
                {{"SingaporeIDCard", "front", {"document_number", "full_name", "date_of_birth"}},
                 {"SingaporeIDCard", "back", {"address", "document_number", "date_of_expiry"}},
                 {"HKIDCard", "front", {"document_number", "full_name"}}}
        },
        *database_,
        inference_,
        storage_,
        clock_
    );
    VerificationOptions options;
    options.limits.chunk_bytes_min = 4;
    options.documents = documents_.get();
    options.billed_code = [](const std::string&, Outcome outcome) -> std::optional<std::string> {
      return core::name_of(outcome);
    };
    options.ask_register = [this](
                               Caller, core::RegisterQuery query, bool, Deadline
                           ) -> asio::awaitable<Result<core::RegisterFinding>> {
      ++enquiries_;
      asked_ = std::move(query);
      co_return register_;
    };
    flow_ = std::make_unique<Verifications>(
        engine_,
        *database_,
        *blobs_,
        inference_,
        storage_,
        storage_,
        clock_,
        background_.get_executor(),
        kPolicy,
        VerificationKeys{.challenge = Secret("challenge key"), .token = Secret("token key")},
        std::move(options)
    );
  }
  ~DocumentSessionTest() override {
    inference_.join();
    storage_.join();
    work_.reset();
    background_.stop();
    flow_.reset();
    documents_.reset();
    blobs_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<OpenedVerification> try_open(core::VerificationTerms terms) {
    VerificationOrder order;
    order.caller = caller_;
    order.terms = std::move(terms);
    return await(flow_->open(std::move(order), deadline_));
  }
  OpenedVerification open(core::DocumentTerms document = {}, bool judges_liveness = false) {
    core::VerificationTerms terms;
    terms.judges_liveness = judges_liveness;
    terms.compares = document.compares_portrait;
    terms.document = std::move(document);
    auto opened = try_open(std::move(terms));
    if (!opened) throw std::runtime_error(opened.error().detail);
    return *opened;
  }
  Result<DocumentForDevice> show(
      const std::string& token, const std::string& side = "front", Bytes encoded = picture()
  ) {
    DocumentPicture sent{.side = side, .encoded = std::move(encoded), .is_abandoned = {}};
    return await(flow_->show_document(token, std::move(sent), deadline_));
  }
  Result<DeviceView> confirm(const std::string& token, std::vector<DocumentEdit> edits = {}) {
    return await(flow_->confirm_document(token, std::move(edits), deadline_));
  }
  Result<DocumentCase> document(const std::string& id) {
    return await(flow_->document(caller_, id, deadline_));
  }
  VerificationView view(const std::string& id) {
    auto shown = await(flow_->show(caller_, id, deadline_));
    if (!shown) throw std::runtime_error(name_of(shown.error().code));
    return *shown;
  }
  Result<ChallengeForDevice> challenge(const std::string& token) {
    return await(flow_->challenge(token, {}, deadline_));
  }
  DeviceView answer(const std::string& token) {
    const auto issued = challenge(token).value();
    clock_.advance(seconds(5));
    const Bytes video(50, 7);
    EvidenceChunk chunk{
        .challenge_id = issued.issued.id,
        .part = "video",
        .offset = 0,
        .total_bytes = video.size(),
        .sha256 = sha256_hex(text_of(video)),
        .content = video
    };
    EXPECT_TRUE(await(flow_->upload(token, std::move(chunk), deadline_)));
    EvidenceManifest manifest;
    manifest.challenge_id = issued.issued.id;
    manifest.signature = issued.signature;
    EXPECT_TRUE(await(flow_->seal(token, std::move(manifest), deadline_)));
    for (;;) {
      const auto now = await(flow_->result(token, deadline_)).value();
      if (now.state != VerificationState::in_progress) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  void be_sandbox() {
    storage::CustomerVersion next;
    next.customer = caller_.customer;
    next.version = 1;
    ASSERT_TRUE(core::assign(next.settings, "sandbox", "true"));
    ASSERT_TRUE(database_->customers().settle(next));
  }
  std::size_t files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "blobs")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("selfsame_document_" + random_token(12));
  Caller caller_{.customer = "bank", .access_key_id = "AK1"};
  ScriptedEngine engine_;
  vision::DocumentReading reading_ = card();
  std::chrono::milliseconds delay_{0};
  core::RegisterFinding register_ = core::RegisterFinding::found;
  std::atomic<int> enquiries_ = 0;
  core::RegisterQuery asked_;
  ManualClock clock_{kNow};
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::BlobStore> blobs_;
  InferencePool inference_{2, 8};
  WorkerPool storage_{4, 32};
  boost::asio::io_context& background_ = testing::lasting_context();
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      background_.get_executor()
  };
  std::jthread runner_;
  std::unique_ptr<Documents> documents_;
  std::unique_ptr<Verifications> flow_;
  Deadline deadline_ = std::chrono::steady_clock::now() + minutes(5);
};

TEST_F(DocumentSessionTest, ADocumentAloneIsReadKeptBilledAndDecided) {
  const auto opened = open();
  const auto shown = show(opened.token);
  ASSERT_TRUE(shown) << shown.error().detail;
  EXPECT_EQ(shown->session.state, VerificationState::decided);
  EXPECT_TRUE(shown->session.passed);
  EXPECT_EQ(shown->fields.find("full_name")->value, "TAN AH KOW");

  const auto kept = document(opened.id);
  ASSERT_TRUE(kept) << kept.error().detail;
  ASSERT_EQ(kept->sides.size(), 1U);
  EXPECT_EQ(kept->sides[0].picture, picture());
  EXPECT_TRUE(vision::decode_image(kept->sides[0].cut_jpeg));
  EXPECT_EQ(vision::decode_image(kept->portrait_jpeg)->width_px, 18);
  EXPECT_EQ(kept->fields().find("document_number")->value, "S1234567D");
  const auto stored = database_->outcomes().find("bank", opened.id);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->outcome, Outcome::document_read);
  EXPECT_EQ(database_->outcomes().ledger("bank")->size(), 1U);
  const auto strangers = await(flow_->document({.customer = "other"}, opened.id, deadline_));
  EXPECT_EQ(strangers.error().code, Errc::not_found);
  EXPECT_EQ(show(opened.token).error().code, Errc::conflict) << "it is decided";
}

TEST_F(DocumentSessionTest, WhatTheHistoryHoldsIsNoPersonalData) {
  core::DocumentTerms terms;
  terms.may_edit = true;
  const auto opened = open(terms);
  ASSERT_TRUE(show(opened.token));
  ASSERT_TRUE(confirm(opened.token, {{.field = "full_name", .read = "", .given = "TAN A. KOW"}}));
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    found += text.find("KOW") != std::string::npos || text.find("S1234567D") != std::string::npos;
  }
  EXPECT_EQ(found, 0U) << "in the clear, on disk";
}

TEST_F(DocumentSessionTest, ThePortraitIsWhatTheLiveFaceIsComparedWith) {
  core::DocumentTerms terms;
  terms.compares_portrait = true;
  for (const double cosine : {0.7, 0.2}) {
    engine_.cosine = cosine;
    const auto opened = open(terms, true);
    EXPECT_EQ(challenge(opened.token).error().code, Errc::conflict) << "a document is owed";
    const auto shown = show(opened.token);
    ASSERT_TRUE(shown) << shown.error().detail;
    EXPECT_EQ(shown->session.state, VerificationState::challenged);
    EXPECT_EQ(shown->session.document_need, DocumentNeed::nothing);
    EXPECT_EQ(answer(opened.token).passed, cosine > 0.5);
    const auto stored = database_->outcomes().find("bank", opened.id);
    EXPECT_EQ(stored->outcome, cosine > 0.5 ? Outcome::match : Outcome::non_match);
    EXPECT_EQ(*blobs_->get(stored->reference_blob), document(opened.id)->portrait_jpeg);
  }
}

TEST_F(DocumentSessionTest, APortraitNeedsTheStricterThreshold) {
  core::DocumentTerms terms;
  terms.compares_portrait = true;
  engine_.cosine = 0.40;  // between those at 1e-3, the installation's, and at 1e-4
  const auto opened = open(terms, true);
  ASSERT_TRUE(show(opened.token));
  EXPECT_FALSE(answer(opened.token).passed);
  EXPECT_EQ(view(opened.id).progress.finding->policy.comparison.match_threshold, 0.42);
}

TEST_F(DocumentSessionTest, APictureThatIsNotTakenSaysWhyAndLeavesNothing) {
  core::DocumentTerms terms;
  terms.types = {"HKIDCard"};
  terms.tries_max = 3;
  const auto opened = open(terms);
  const auto other = show(opened.token);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->session.document_fault, DocumentFault::other_type);
  EXPECT_TRUE(other->fields.fields.empty());
  EXPECT_EQ(other->session.pictures_left, 2);
  reading_.type = "";
  EXPECT_EQ(show(opened.token)->session.document_fault, DocumentFault::not_found);
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(document(opened.id).error().code, Errc::not_found);
  EXPECT_EQ(show(opened.token, "front", {1, 2}).error().code, Errc::image_undecodable);
  const auto last = show(opened.token);
  EXPECT_EQ(last->session.state, VerificationState::decided);
  EXPECT_FALSE(last->session.passed);
  EXPECT_EQ(view(opened.id).progress.finding->outcome, Outcome::document_refused);
}

TEST_F(DocumentSessionTest, APortraitThatCannotBeComparedWithIsNotTaken) {
  core::DocumentTerms terms;
  terms.compares_portrait = true;
  const auto opened = open(terms, true);
  engine_.reference_defect = core::CaptureDefect::no_face;
  const auto shown = show(opened.token);
  EXPECT_EQ(shown->session.document_fault, DocumentFault::portrait_unfit);
  EXPECT_EQ(shown->seen.portrait_defect, core::CaptureDefect::no_face);
  reading_.portrait.reset();
  EXPECT_EQ(show(opened.token)->session.document_fault, DocumentFault::no_portrait);
  EXPECT_EQ(challenge(opened.token).error().code, Errc::conflict);
}

TEST_F(DocumentSessionTest, WarningsStopWhereTheyAreToldTo) {
  reading_.fields.findings = {
      {.code = core::FindingCode::consistency, .field = "sex", .sure = true},
      {.code = core::FindingCode::format, .field = "document_number", .sure = false}
  };
  core::DocumentTerms terms;
  terms.stopping = {core::DocumentWarning::format};
  const auto taken = show(open(terms).token);
  EXPECT_FALSE(taken->session.document_fault) << "a rule that was never proven stops nobody";
  EXPECT_EQ(
      taken->seen.warnings, std::vector<core::DocumentWarning>{core::DocumentWarning::consistency}
  );
  terms.stopping = {core::DocumentWarning::consistency};
  EXPECT_EQ(show(open(terms).token)->session.document_fault, DocumentFault::warned);
}

TEST_F(DocumentSessionTest, WhatIsOverIsSaidOrRefused) {
  reading_ = card();
  reading_.fields.fields.push_back(field("date_of_expiry", "2027-01-14"));
  core::DocumentTerms terms;
  EXPECT_TRUE(show(open(terms).token)->seen.is_expired);
  terms.refuses_expired = true;
  EXPECT_EQ(show(open(terms).token)->session.document_fault, DocumentFault::expired);
  reading_.fields.fields.back().value = "2027-01-15";
  EXPECT_FALSE(show(open(terms).token)->session.document_fault);
}

TEST_F(DocumentSessionTest, BothSidesMustBeOfOneCard) {
  core::DocumentTerms terms;
  terms.both_sides = true;
  const auto opened = open(terms);
  EXPECT_EQ(show(opened.token, "back").error().code, Errc::conflict) << "the front comes first";
  EXPECT_EQ(show(opened.token)->session.document_need, DocumentNeed::back);
  EXPECT_EQ(show(opened.token, "back")->session.document_fault, DocumentFault::other_side);
  reading_ = card("back");
  reading_.fields.fields[0].value = "S7654321A";
  EXPECT_EQ(show(opened.token, "back")->session.document_fault, DocumentFault::sides_differ);
  reading_.fields.fields = {field("document_number", "s 1234567 d"), field("address", "1 ROAD")};
  const auto both = show(opened.token, "back");
  EXPECT_EQ(both->session.state, VerificationState::decided);
  const auto kept = document(opened.id);
  ASSERT_EQ(kept->sides.size(), 2U);
  EXPECT_EQ(kept->fields().find("document_number")->value, "S1234567D");
  EXPECT_EQ(kept->fields().find("address")->value, "1 ROAD");
  EXPECT_FALSE(kept->portrait_jpeg.empty());
}

TEST_F(DocumentSessionTest, EveryEditIsRecordedBesideWhatWasRead) {
  core::DocumentTerms terms;
  terms.may_edit = true;
  const auto opened = open(terms);
  EXPECT_EQ(confirm(opened.token).error().code, Errc::conflict) << "nothing was read yet";
  ASSERT_TRUE(show(opened.token));
  const auto before = document(opened.id).value();
  const auto refused = [&](const char* name, const std::string& given) {
    return confirm(opened.token, {{.field = name, .read = "", .given = given}}).error().code;
  };
  EXPECT_EQ(refused("address", "1 ROAD"), Errc::invalid_parameter) << "of the other side";
  EXPECT_EQ(refused("portrait", "x"), Errc::invalid_parameter);
  EXPECT_EQ(refused("full_name", ""), Errc::invalid_parameter);
  EXPECT_EQ(refused("full_name", std::string(257, 'A')), Errc::invalid_parameter);
  EXPECT_EQ(refused("full_name", "A\nB"), Errc::invalid_parameter);
  EXPECT_EQ(refused("full_name", "\xFF"), Errc::invalid_parameter);
  const auto confirmed = confirm(
      opened.token,
      {{.field = "full_name", .read = "forged", .given = "TAN A. KOW"},
       {.field = "document_number", .read = "", .given = "S1234567D"},
       {.field = "date_of_birth", .read = "", .given = "1990-01-01"}}
  );
  ASSERT_TRUE(confirmed) << confirmed.error().detail;
  EXPECT_EQ(confirmed->state, VerificationState::decided);
  const auto after = document(opened.id).value();
  ASSERT_EQ(after.edits.size(), 2U) << "the number was given as it was read";
  EXPECT_EQ(after.edits[0].read, "TAN AH KOW");
  EXPECT_EQ(after.edits[0].given, "TAN A. KOW");
  EXPECT_EQ(after.edits[1].read, "");
  EXPECT_EQ(after.fields().find("full_name")->value, "TAN A. KOW");
  EXPECT_EQ(after.read_value("full_name"), "TAN AH KOW");
  EXPECT_EQ(after.portrait_jpeg, before.portrait_jpeg);
  EXPECT_EQ(
      view(opened.id).progress.document.edited,
      (std::vector<std::string>{"full_name", "date_of_birth"})
  );
  EXPECT_EQ(confirm(opened.token).error().code, Errc::conflict) << "once";
  EXPECT_EQ(files(), 1U) << "what was there before is erased";
}

TEST_F(DocumentSessionTest, NobodyEditsWhereItIsNotAllowed) {
  core::DocumentTerms terms;
  terms.both_sides = true;
  const auto opened = open(terms);
  ASSERT_TRUE(show(opened.token));
  EXPECT_EQ(
      confirm(opened.token, {{.field = "full_name", .read = "", .given = "B"}}).error().code,
      Errc::conflict
  );
}

TEST_F(DocumentSessionTest, TheRegisterIsAskedAboutWhatWasRead) {
  core::DocumentTerms terms;
  terms.asks_register = true;
  terms.may_edit = true;
  register_ = core::RegisterFinding::number_name_mismatch;
  auto opened = open(terms);
  EXPECT_EQ(show(opened.token)->session.document_fault, DocumentFault::register_disagrees);
  EXPECT_EQ(asked_.number, "S1234567D");
  EXPECT_EQ(asked_.name, "TAN AH KOW");
  register_ = core::RegisterFinding::source_error;
  EXPECT_EQ(show(opened.token).error().code, Errc::overloaded);
  register_ = core::RegisterFinding::found;
  const auto taken = show(opened.token);
  EXPECT_FALSE(taken->session.document_fault);
  EXPECT_EQ(taken->session.pictures_left, 3) << "a register without an answer costs no try";
  // Nor is what it confirmed changed afterwards.
  const auto renamed = confirm(opened.token, {{.field = "full_name", .read = "", .given = "B"}});
  EXPECT_EQ(renamed.error().code, Errc::invalid_parameter);
  EXPECT_TRUE(confirm(opened.token));
  // What is refused anyway is nobody's business.
  const int before = enquiries_;
  reading_.fields.fields.clear();
  EXPECT_EQ(show(open(terms).token)->session.document_fault, DocumentFault::unreadable);
  EXPECT_EQ(enquiries_, before);
}

TEST_F(DocumentSessionTest, OnePictureAtATime) {
  delay_ = std::chrono::milliseconds(300);
  const auto opened = open();
  Result<DocumentForDevice> first = fail(Errc::conflict);
  std::jthread beside([&] { first = show(opened.token); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(show(opened.token).error().code, Errc::conflict);
  beside.join();
  EXPECT_TRUE(first);
}

TEST_F(DocumentSessionTest, WhoeverLeavesTakesTheDocumentAlong) {
  core::DocumentTerms terms;
  terms.compares_portrait = true;
  const auto ended = open(terms, true);
  ASSERT_TRUE(show(ended.token));
  EXPECT_EQ(files(), 2U) << "the document, and its portrait as the reference";
  ASSERT_TRUE(await(flow_->end(ended.token, core::EndReason::user_cancelled, deadline_)));
  EXPECT_EQ(files(), 0U);
  const auto late = open(terms, true);
  ASSERT_TRUE(show(late.token));
  clock_.advance(minutes(31));
  EXPECT_TRUE(flow_->sweep());
  EXPECT_EQ(view(late.id).progress.state, VerificationState::expired);
  EXPECT_EQ(files(), 0U);
}

TEST_F(DocumentSessionTest, ATokenSpeaksForItsOwnSession) {
  core::DocumentTerms terms;
  terms.may_edit = true;
  const auto mine = open(terms);
  const auto other = open(terms);
  ASSERT_TRUE(show(mine.token));
  EXPECT_EQ(document(other.id).error().code, Errc::not_found);
  EXPECT_EQ(confirm(other.token).error().code, Errc::conflict);
  EXPECT_EQ(confirm("nobody's").error().code, Errc::not_found);
}

TEST_F(DocumentSessionTest, WhatIsNotThereIsNotPromised) {
  core::VerificationTerms terms;
  terms.compares = false;
  terms.judges_liveness = false;
  terms.document = core::DocumentTerms{};
  terms.document->types = {"MacaoIDCard"};
  EXPECT_EQ(try_open(terms).error().code, Errc::invalid_parameter);
}

TEST_F(DocumentSessionTest, InTheSandboxAMagicPictureDecides) {
  core::DocumentTerms terms;
  terms.types = {"HKIDCard"};
  // For everybody else it is a picture that cannot be read.
  EXPECT_EQ(
      show(open(terms).token, "front", magic("document_read")).error().code, Errc::image_undecodable
  );
  be_sandbox();
  const auto opened = open(terms);
  EXPECT_EQ(
      show(opened.token, "front", magic("document/expired"))->session.state,
      VerificationState::decided
  ) << "which stops nobody here";
  EXPECT_EQ(document(opened.id)->sides[0].type, "HKIDCard");
  terms.refuses_expired = true;
  for (const auto fault :
       {DocumentFault::not_found,
        DocumentFault::other_type,
        DocumentFault::other_side,
        DocumentFault::unreadable,
        DocumentFault::expired}) {
    const std::string word = std::string("document/") + core::name_of(fault);
    EXPECT_EQ(show(open(terms).token, "front", magic(word))->session.document_fault, fault);
  }
  const auto read = open(terms);
  EXPECT_TRUE(show(read.token, "front", magic("document_read"))->session.passed);
  EXPECT_EQ(database_->outcomes().find("bank", read.id)->calibration, "sandbox");
}

TEST(DocumentCase, GoesThroughItsBlob) {
  DocumentCase document;
  DocumentSide back{
      .type = "HKIDCard", .side = "back", .fields = {}, .picture = {1}, .cut_jpeg = {}
  };
  DocumentSide front{.type = "HKIDCard", .side = "front", .fields = {}, .picture = {2, 3}};
  front.fields.fields = {field("full_name", "陳大文")};
  front.fields.fields[0].lines.clear();
  front.fields.findings = {{.code = core::FindingCode::format, .field = "x", .sure = true}};
  front.mrz_lines = {"P<"};
  document.put(back);
  document.put(front);
  document.portrait_jpeg = {4};
  document.edits = {{.field = "a", .read = "b", .given = "c"}};
  const Bytes packed = pack(document);
  const auto again = unpack_document(packed);
  ASSERT_TRUE(again);
  EXPECT_EQ(pack(*again), packed);
  EXPECT_EQ(again->sides[0].side, "front");
  EXPECT_EQ(again->find("back")->picture, Bytes{1});
  for (std::size_t length = 0; length < packed.size(); ++length) {
    EXPECT_FALSE(unpack_document(ByteView(packed).first(length))) << length;
  }
  Bytes longer = packed;
  longer.push_back(0);
  EXPECT_FALSE(unpack_document(longer));
}

}  // namespace
}  // namespace selfsame::flows
