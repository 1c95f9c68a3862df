// SPDX-License-Identifier: Apache-2.0
// What every database must do. Their own promises are in sqlite_database_test.cpp and
// postgres/*_test.cpp.
#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <cmath>
#include <csignal>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "base/crypto.h"
#include "storage/repositories.h"
#include "storage/test_databases.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using testing::DatabasePlace;
using testing::master_key_of;

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};

OutcomeRecord record(std::string id, std::string customer = "bank", std::string fingerprint = "") {
  return {
      .id = std::move(id),
      .customer = std::move(customer),
      .access_key_id = "AK1",
      .surface = "tencent",
      .operation = "CompareFaceLiveness",
      .request_fingerprint = std::move(fingerprint),
      .outcome = core::Outcome::attack,
      .attack_class = core::AttackClass::mask,
      .cosine = 0.4375,
      .pad_score = 0.1,
      .calibration = "face_r50@7/bf16",
      .reference_blob = "aa",
      .capture_blob = "bb",
      .best_frame_blob = "",
      .decided_at = kNow
  };
}

LedgerEntry charge_for(const OutcomeRecord& outcome) {
  return {
      .outcome_id = outcome.id,
      .customer = outcome.customer,
      .product = "tencent.pure-api",
      .code = "Success",
      .billed_at = outcome.decided_at
  };
}

auto tied(const OutcomeRecord& r) {
  return std::tie(
      r.id,
      r.customer,
      r.access_key_id,
      r.surface,
      r.operation,
      r.request_fingerprint,
      r.outcome,
      r.attack_class,
      r.cosine,
      r.pad_score,
      r.calibration,
      r.reference_blob,
      r.capture_blob,
      r.best_frame_blob,
      r.decided_at
  );
}

auto tied(const LedgerEntry& e) {
  return std::tie(e.outcome_id, e.customer, e.product, e.code, e.billed_at);
}

std::string text_of(const Secret& secret) {
  return std::string(selfsame::text_of(secret.reveal()));
}

class RepositoryContract : public testing::DatabaseTest {};

// Access keys

TEST_P(RepositoryContract, AKeyIsFoundByIdAndByAppcode) {
  std::string id;
  std::string secret;
  std::string appcode;
  {
    const auto database = open();
    const auto made = database->access_keys().create("bank", kNow);
    ASSERT_TRUE(made) << made.error().detail;
    id = made->key.access_key_id;
    secret = text_of(made->access_key_secret);
    appcode = text_of(made->appcode);
  }
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(id.substr(0, 2), "AK");
  EXPECT_EQ(secret.size(), 40U);
  EXPECT_EQ(appcode.size(), 32U);
  for (const std::string& text : {id, secret, appcode}) {
    EXPECT_TRUE(std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0; }));
  }

  const auto database = open();
  const auto by_id = database->access_keys().find(id);
  ASSERT_TRUE(by_id) << by_id.error().detail;
  EXPECT_EQ(by_id->key.access_key_id, id);
  EXPECT_EQ(by_id->key.customer, "bank");
  EXPECT_EQ(by_id->key.created_at, kNow);
  EXPECT_FALSE(by_id->key.disabled_at);
  EXPECT_EQ(text_of(by_id->access_key_secret), secret);
  EXPECT_EQ(text_of(by_id->appcode), appcode);
  const auto by_appcode = database->access_keys().find_by_appcode(Secret(appcode));
  ASSERT_TRUE(by_appcode) << by_appcode.error().detail;
  EXPECT_EQ(by_appcode->access_key_id, id);
}

TEST_P(RepositoryContract, UnknownKeysAreUnknown) {
  const auto database = open();
  AccessKeys& keys = database->access_keys();
  const auto made = keys.create("bank", kNow).value();
  for (const std::string& id :
       {std::string(), std::string("AK"), made.key.access_key_id + "x", text_of(made.appcode)}) {
    EXPECT_EQ(keys.find(id).error().code, Errc::unknown_key) << id;
  }
  for (const std::string& code : {std::string(), text_of(made.access_key_secret)}) {
    EXPECT_EQ(keys.find_by_appcode(Secret(code)).error().code, Errc::unknown_key);
  }
  // Whatever bytes a stranger sends.
  for (const std::string& id :
       {std::string("AK\0x", 4), std::string("\xff\xfe"), std::string(5000, 'A')}) {
    EXPECT_EQ(keys.find(id).error().code, Errc::unknown_key);
    EXPECT_EQ(keys.find_by_appcode(Secret(id)).error().code, Errc::unknown_key);
  }
  std::string other_case = made.key.access_key_id;
  std::ranges::transform(other_case, other_case.begin(), [](unsigned char c) {
    return static_cast<char>(std::isupper(c) != 0 ? std::tolower(c) : std::toupper(c));
  });
  EXPECT_EQ(keys.find(other_case).error().code, Errc::unknown_key);
}

TEST_P(RepositoryContract, CustomersHaveProperNames) {
  const auto database = open();
  AccessKeys& keys = database->access_keys();
  const auto check = [&keys](std::string customer, bool accepted) {
    const auto made = keys.create(customer, kNow);
    EXPECT_EQ(made.has_value(), accepted) << customer;
    EXPECT_TRUE(made || made.error().code == Errc::invalid_parameter) << customer;
  };
  check("", false);
  check(std::string(65, 'x'), false);
  check("a\nb", false);
  check(std::string("a\0b", 3), false);
  check(std::string(64, 'x'), true);
  check("Ngân hàng 'x\"; DROP TABLE access_keys; --", true);
  EXPECT_EQ(keys.list().value().size(), 2U);
}

TEST_P(RepositoryContract, DisablingTakesAllKeysOfOneCustomer) {
  const auto database = open();
  AccessKeys& keys = database->access_keys();
  const auto one = keys.create("bank", kNow).value();
  const auto two = keys.create("bank", kNow + std::chrono::seconds(1)).value();
  const auto other = keys.create("other", kNow).value();
  EXPECT_EQ(keys.disable("nobody", kNow).error().code, Errc::not_found);
  EXPECT_EQ(keys.disable("bank", kNow + std::chrono::seconds(5)).value(), 2);
  EXPECT_EQ(keys.disable("bank", kNow + std::chrono::seconds(6)).value(), 0);

  EXPECT_EQ(keys.find(one.key.access_key_id).error().code, Errc::unknown_key);
  EXPECT_EQ(keys.find_by_appcode(two.appcode).error().code, Errc::unknown_key);
  EXPECT_TRUE(keys.find(other.key.access_key_id));
  int disabled = 0;
  const auto listed = keys.list().value();
  for (const AccessKey& key : listed) {
    if (!key.disabled_at) continue;
    ++disabled;
    EXPECT_EQ(key.customer, "bank");
    EXPECT_EQ(*key.disabled_at, kNow + std::chrono::seconds(5));
  }
  EXPECT_EQ(disabled, 2);
  EXPECT_TRUE(keys.create("bank", kNow)) << "a new key may follow";
}

TEST_P(RepositoryContract, AnotherMasterKeyIsRefusedAtOpening) {
  (void)open(1);
  const auto wrong = place_->open(master_key_of(2));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::integrity_failure);
  EXPECT_NE(wrong.error().detail.find(master_key_of(1).id()), std::string::npos)
      << wrong.error().detail;
  (void)open(1);
}

TEST_P(RepositoryContract, RowsThatWereTamperedWithDoNotOpen) {
  const auto database = open();
  AccessKeys& keys = database->access_keys();
  const auto poor = keys.create("poor", kNow).value();
  const auto rich = keys.create("rich", kNow).value();
  place_->meddle("UPDATE access_keys SET customer = 'rich' WHERE customer = 'poor'");
  EXPECT_EQ(keys.find(poor.key.access_key_id).error().code, Errc::integrity_failure);
  EXPECT_EQ(keys.find_by_appcode(poor.appcode).error().code, Errc::integrity_failure);
  EXPECT_TRUE(keys.find(rich.key.access_key_id));
  place_->meddle("UPDATE access_keys SET sealed_secret = sealed_appcode");
  EXPECT_EQ(keys.find(rich.key.access_key_id).error().code, Errc::integrity_failure);
}

TEST_P(RepositoryContract, AnAppcodeHashMovedToAnotherRowDoesNotPass) {
  const auto database = open();
  AccessKeys& keys = database->access_keys();
  const auto mine = keys.create("poor", kNow).value();
  (void)keys.create("rich", kNow).value();
  place_->meddle(
      "CREATE TEMP TABLE h AS SELECT appcode_hash FROM access_keys WHERE customer = 'poor';"
      "DELETE FROM access_keys WHERE customer = 'poor';"
      "UPDATE access_keys SET appcode_hash = (SELECT appcode_hash FROM h)"
  );
  EXPECT_EQ(keys.find_by_appcode(mine.appcode).error().code, Errc::integrity_failure);
}

TEST_P(RepositoryContract, NumbersOfTheFutureAreNotGuessed) {
  const auto database = open();
  ASSERT_TRUE(database->outcomes().commit({.id = "id", .customer = "bank"}, std::nullopt));
  place_->meddle("UPDATE outcomes SET attack_class = 200");
  EXPECT_EQ(database->outcomes().find("bank", "id").error().code, Errc::integrity_failure);
}

TEST_P(RepositoryContract, ANewerSchemaIsRefused) {
  (void)open();
  place_->meddle("INSERT INTO schema_version VALUES (999, 'from the future', 0)");
  const auto older = place_->open(master_key_of(1));
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Errc::conflict);
  EXPECT_NE(older.error().detail.find("schema 999"), std::string::npos) << older.error().detail;
}

// Outcomes and the ledger

TEST_P(RepositoryContract, KnowsWhichBlobsAnOutcomeRefersTo) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back(to_hex(random_bytes(16)));
  EXPECT_TRUE(outcomes.referenced_blobs(ids).value().empty());
  EXPECT_TRUE(outcomes.referenced_blobs({}).value().empty());
  OutcomeRecord first = record("r1");
  first.reference_blob = ids[1];
  first.capture_blob = ids[10];
  first.best_frame_blob = ids[100];
  OutcomeRecord second = record("r2", "another bank");
  second.reference_blob = ids[999];
  second.capture_blob = second.best_frame_blob = "";
  ASSERT_TRUE(outcomes.commit(first, std::nullopt));
  ASSERT_TRUE(outcomes.commit(second, std::nullopt));
  const auto referenced = outcomes.referenced_blobs(ids);
  ASSERT_TRUE(referenced) << referenced.error().detail;
  const std::set<std::string> expected = {ids[1], ids[10], ids[100], ids[999]};
  EXPECT_EQ(std::set<std::string>(referenced->begin(), referenced->end()), expected);
  EXPECT_EQ(referenced->size(), 4U);
  // No blob id, and nothing that a query would misread.
  for (const char* odd : {"", "aa", "r1", "'", "\"", "\",\"", "]", "{}", "%"}) {
    EXPECT_TRUE(outcomes.referenced_blobs({odd}).value().empty()) << odd;
  }
}

TEST_P(RepositoryContract, AnOutcomeComesBackAsItWas) {
  const OutcomeRecord whole = record("id-1", "bank", "fp-1");
  OutcomeRecord bare = record("id-2");
  bare.outcome = core::Outcome::match;
  bare.attack_class = core::AttackClass::none;
  bare.cosine = std::nullopt;
  bare.pad_score = std::nullopt;
  {
    const auto database = open();
    for (const OutcomeRecord& given : {whole, bare}) {
      const auto committed = database->outcomes().commit(given, std::nullopt);
      ASSERT_TRUE(committed) << committed.error().detail;
      EXPECT_EQ(tied(*committed), tied(given));
    }
  }
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  EXPECT_EQ(tied(outcomes.find("bank", "id-1").value()), tied(whole));
  EXPECT_EQ(tied(outcomes.find("bank", "id-2").value()), tied(bare));
  EXPECT_EQ(tied(*outcomes.find_by_fingerprint("bank", "fp-1").value()), tied(whole));
  EXPECT_TRUE(outcomes.ledger("bank").value().empty());
}

TEST_P(RepositoryContract, AScoreThatIsNotANumberIsNone) {
  const auto database = open();
  OutcomeRecord given = record("id");
  given.cosine = std::numeric_limits<double>::quiet_NaN();
  ASSERT_TRUE(database->outcomes().commit(given, std::nullopt));
  EXPECT_FALSE(database->outcomes().find("bank", "id").value().cosine);
}

TEST_P(RepositoryContract, OutcomesBelongToTheirCustomer) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  const auto mine = record("id-1", "bank", "same");
  const auto theirs = record("id-2", "other", "same");
  ASSERT_EQ(outcomes.commit(mine, charge_for(mine)).value().id, "id-1");
  ASSERT_EQ(outcomes.commit(theirs, charge_for(theirs)).value().id, "id-2");
  EXPECT_EQ(outcomes.find("other", "id-1").error().code, Errc::not_found);
  EXPECT_EQ(outcomes.find("bank", "none").error().code, Errc::not_found);
  EXPECT_EQ(outcomes.find_by_fingerprint("bank", "same").value()->id, "id-1");
  EXPECT_EQ(outcomes.find_by_fingerprint("other", "same").value()->id, "id-2");
  EXPECT_FALSE(outcomes.find_by_fingerprint("third", "same").value());
  EXPECT_EQ(outcomes.ledger("bank").value().size(), 1U);
}

TEST_P(RepositoryContract, ARepeatedRequestGetsTheFirstAnswerAndIsBilledOnce) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  const auto first = record("id-1", "bank", "fp");
  auto second = record("id-2", "bank", "fp");
  second.outcome = core::Outcome::match;
  ASSERT_TRUE(outcomes.commit(first, charge_for(first)));
  const auto repeated = outcomes.commit(second, charge_for(second));
  ASSERT_TRUE(repeated) << repeated.error().detail;
  EXPECT_EQ(tied(*repeated), tied(first));
  EXPECT_EQ(outcomes.find("bank", "id-2").error().code, Errc::not_found);
  const auto ledger = outcomes.ledger("bank").value();
  ASSERT_EQ(ledger.size(), 1U);
  EXPECT_EQ(tied(ledger[0]), tied(charge_for(first)));
}

TEST_P(RepositoryContract, AnEmptyFingerprintIsNeverRepeated) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  for (const char* const id : {"a", "b", "c"}) {
    const auto given = record(id);
    EXPECT_EQ(outcomes.commit(given, charge_for(given)).value().id, id);
  }
  EXPECT_FALSE(outcomes.find_by_fingerprint("bank", "").value());
  const auto ledger = outcomes.ledger("bank").value();
  ASSERT_EQ(ledger.size(), 3U);
  EXPECT_EQ(ledger[0].outcome_id + ledger[1].outcome_id + ledger[2].outcome_id, "abc");
}

TEST_P(RepositoryContract, AnIdIsUsedOnce) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  const auto first = record("id", "bank", "fp-1");
  const auto second = record("id", "other", "fp-2");
  ASSERT_TRUE(outcomes.commit(first, charge_for(first)));
  EXPECT_EQ(outcomes.commit(second, charge_for(second)).error().code, Errc::conflict);
  EXPECT_TRUE(outcomes.ledger("other").value().empty());
  EXPECT_EQ(tied(outcomes.find("bank", "id").value()), tied(first));
}

TEST_P(RepositoryContract, AChargeForAnotherOutcomeIsABug) {
  const auto database = open();
  auto charge = charge_for(record("other id"));
  EXPECT_THROW((void)database->outcomes().commit(record("id"), charge), std::invalid_argument);
  charge = charge_for(record("id", "other"));
  EXPECT_THROW((void)database->outcomes().commit(record("id"), charge), std::invalid_argument);
}

TEST_P(RepositoryContract, TheLatestGroundTruthIsTheOneThatCounts) {
  {
    const auto database = open();
    Outcomes& outcomes = database->outcomes();
    for (const char* const id : {"id-1", "id-2"}) {
      ASSERT_TRUE(outcomes.commit(record(id), std::nullopt));
    }
    ASSERT_TRUE(outcomes.ground_truth("bank", "id-1"));
    EXPECT_FALSE(outcomes.ground_truth("bank", "id-1").value());
    const GroundTruth first{.same_person = true, .stated_at = kNow};
    const GroundTruth last{.same_person = false, .stated_at = kNow + std::chrono::seconds(1)};
    for (const GroundTruth& truth : {first, first, last}) {
      ASSERT_TRUE(outcomes.set_ground_truth("bank", "id-1", truth));
      EXPECT_EQ(outcomes.ground_truth("bank", "id-1").value()->same_person, truth.same_person);
    }
  }
  const auto database = open();
  const auto stored = database->outcomes().ground_truth("bank", "id-1").value();
  ASSERT_TRUE(stored);
  EXPECT_FALSE(stored->same_person);
  EXPECT_EQ(stored->stated_at, kNow + std::chrono::seconds(1));
  EXPECT_FALSE(database->outcomes().ground_truth("bank", "id-2").value());
  EXPECT_EQ(tied(database->outcomes().find("bank", "id-1").value()), tied(record("id-1")));
}

TEST_P(RepositoryContract, AGroundTruthIsTheOwnersToState) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  ASSERT_TRUE(outcomes.commit(record("id"), std::nullopt));
  const GroundTruth truth{.same_person = true, .stated_at = kNow};
  EXPECT_EQ(outcomes.set_ground_truth("other", "id", truth).error().code, Errc::not_found);
  EXPECT_EQ(outcomes.set_ground_truth("bank", "none", truth).error().code, Errc::not_found);
  EXPECT_EQ(outcomes.set_ground_truth("bank", "\xff", truth).error().code, Errc::not_found);
  EXPECT_EQ(outcomes.find("bank", "\xff").error().code, Errc::not_found);
  EXPECT_FALSE(outcomes.ground_truth("bank", "\xff").value());
  EXPECT_FALSE(outcomes.ground_truth("bank", "id").value());
  ASSERT_TRUE(outcomes.set_ground_truth("bank", "id", truth));
  EXPECT_FALSE(outcomes.ground_truth("other", "id").value());
}

TEST_P(RepositoryContract, EightThreadsWithOneRequestStoreItOnce) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  for (int round = 0; round < 10; ++round) {
    const std::string fingerprint = "fp-" + std::to_string(round);
    std::vector<std::thread> threads;
    std::vector<std::string> answers(8);
    std::barrier start(8);
    for (std::size_t t = 0; t < answers.size(); ++t) {
      threads.emplace_back([&, t] {
        const auto given = record(fingerprint + "/" + std::to_string(t), "bank", fingerprint);
        start.arrive_and_wait();
        const auto committed = outcomes.commit(given, charge_for(given));
        answers[t] = committed ? committed->id : committed.error().detail;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(std::set(answers.begin(), answers.end()).size(), 1U);
    const auto stored = outcomes.find_by_fingerprint("bank", fingerprint).value();
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->id, answers[0]);
    EXPECT_EQ(outcomes.ledger("bank").value().size(), static_cast<std::size_t>(round) + 1);
  }
}

TEST_P(RepositoryContract, TwoDatabasesOverOnePlaceAgree) {
  const auto server = open();
  const auto tool = open();
  const auto made = tool->access_keys().create("bank", kNow).value();
  EXPECT_TRUE(server->access_keys().find(made.key.access_key_id));
  const auto given = record("id", "bank", "fp");
  ASSERT_TRUE(server->outcomes().commit(given, charge_for(given)));
  EXPECT_EQ(tool->outcomes().commit(record("id-2", "bank", "fp"), std::nullopt).value().id, "id");
}

TEST_P(RepositoryContract, TwoServersWithTheSameRequestsStoreEachOnce) {
  const std::array servers{open(), open()};
  constexpr int kRequests = 40;
  std::vector<std::thread> threads;
  std::array<std::vector<std::string>, 8> answers;
  std::barrier start(8);
  for (std::size_t t = 0; t < answers.size(); ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kRequests; ++i) {
        const std::string fingerprint = "fp-" + std::to_string(i);
        const auto given = record(fingerprint + "/" + std::to_string(t), "bank", fingerprint);
        const auto committed = servers.at(t % 2)->outcomes().commit(given, charge_for(given));
        answers.at(t).push_back(committed ? committed->id : committed.error().detail);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& answer : answers) EXPECT_EQ(answer, answers[0]);
  EXPECT_EQ(servers[0]->outcomes().ledger("bank").value().size(), std::size_t{kRequests});
}

TEST_P(RepositoryContract, ManyMayOpenANewPlaceAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> opened = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      const auto database = place_->open(master_key_of(1));
      EXPECT_TRUE(database) << database.error().detail;
      if (database && (*database)->ping()) ++opened;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened, 6);
}

/// Commits charged outcomes without end and acknowledges each by one line on `acknowledge`.
[[noreturn]] void commit_forever(DatabasePlace& place, const std::string& prefix, int acknowledge) {
  const auto database = place.open(master_key_of(1));
  for (int i = 0; database; ++i) {
    const auto given = record(prefix + std::to_string(i), "bank", prefix + std::to_string(i));
    if (!(*database)->outcomes().commit(given, charge_for(given))) break;
    const std::string line = given.id + "\n";
    if (::write(acknowledge, line.data(), line.size()) != static_cast<ssize_t>(line.size())) break;
  }
  ::_exit(1);
}

/// Starts a child that commits, kills it after `acknowledgements` and returns what it acknowledged.
std::vector<std::string> acknowledged_before_kill(
    DatabasePlace& place, const std::string& prefix, std::size_t acknowledgements
) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) commit_forever(place, prefix, pipe[1]);
  ::close(pipe[1]);
  std::string text;
  std::array<char, 4096> chunk{};
  bool killed = false;
  for (;;) {
    const ssize_t count = ::read(pipe[0], chunk.data(), killed ? chunk.size() : 1);
    if (count <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    if (!killed && lines >= acknowledgements) {
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  std::vector<std::string> ids;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) ids.push_back(line);
  return ids;
}

TEST_P(RepositoryContract, WhatWasAcknowledgedOutlivesAKill) {
  std::vector<std::string> acknowledged;
  for (std::size_t round = 0; round < 20; ++round) {
    const auto ids =
        acknowledged_before_kill(*place_, "round" + std::to_string(round) + "-", 1 + round % 7);
    acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
    const auto database = open();
    std::multiset<std::string> billed;
    const auto ledger = database->outcomes().ledger("bank").value();
    for (const auto& entry : ledger) {
      billed.insert(entry.outcome_id);
    }
    for (const std::string& id : acknowledged) {
      EXPECT_TRUE(database->outcomes().find("bank", id)) << id;
      EXPECT_EQ(billed.count(id), 1U) << id;
    }
  }
  EXPECT_GE(acknowledged.size(), 20U);
}

// Seen requests

TEST_P(RepositoryContract, ARequestIsRememberedUntilItExpires) {
  const auto database = open();
  SeenRequests& seen = database->seen_requests();
  const auto later = [](int seconds) { return kNow + std::chrono::seconds(seconds); };
  EXPECT_TRUE(seen.remember("fp", kNow, later(60)).value());
  EXPECT_FALSE(seen.remember("fp", kNow, later(60)).value());
  EXPECT_FALSE(seen.remember("fp", later(59), later(600)).value()) << "and is not prolonged";
  EXPECT_TRUE(seen.remember("other", kNow, later(60)).value());
  EXPECT_TRUE(seen.remember("fp", later(60), later(120)).value());
  EXPECT_FALSE(seen.remember("fp", later(119), later(200)).value());
  EXPECT_FALSE(open()->seen_requests().remember("fp", later(119), later(200)).value());
}

TEST_P(RepositoryContract, MoreMayExpireThanOneCallForgets) {
  const auto database = open();
  SeenRequests& seen = database->seen_requests();
  const auto expiry = kNow + std::chrono::seconds(1);
  for (int i = 0; i < 150; ++i) {
    ASSERT_TRUE(seen.remember("fp-" + std::to_string(i), kNow, expiry).value());
  }
  for (int i = 149; i >= 0; --i) {
    const auto again =
        seen.remember("fp-" + std::to_string(i), expiry, expiry + std::chrono::seconds(9));
    EXPECT_TRUE(again.value()) << i;
  }
}

TEST_P(RepositoryContract, OneOfEightThreadsIsTheFirst) {
  const auto database = open();
  std::vector<std::thread> threads;
  std::atomic<int> first = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const auto remembered =
          database->seen_requests().remember("fp", kNow, kNow + std::chrono::seconds(60));
      if (remembered && *remembered) ++first;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
}

// Uploads

UploadRecord upload(const std::string& name, Timestamp expires_at, std::string blob = "") {
  return {
      .file_hash = "file-" + name,
      .upload_hash = blob.empty() ? "upload-" + name : "",
      .customer = "bank",
      .purpose = "LivenessCompare",
      .blob = std::move(blob),
      .expires_at = expires_at
  };
}

TEST_P(RepositoryContract, AnUploadIsWrittenOnceAndReadUntilItExpires) {
  const auto database = open();
  Uploads& uploads = database->uploads();
  const Timestamp end = kNow + std::chrono::hours(2);
  const Timestamp before_end = end - std::chrono::milliseconds(1);
  ASSERT_TRUE(uploads.add(upload("a", end), kNow));
  EXPECT_EQ(uploads.find("file-a", kNow).error().code, Errc::not_found) << "nothing written yet";
  EXPECT_TRUE(uploads.check_open("upload-a", before_end));
  EXPECT_EQ(uploads.check_open("upload-a", end).error().code, Errc::not_found);
  EXPECT_EQ(uploads.fill("upload-a", "b1", end).error().code, Errc::not_found);
  EXPECT_EQ(uploads.fill("file-a", "b1", kNow).error().code, Errc::not_found);
  EXPECT_EQ(uploads.fill("", "b1", kNow).error().code, Errc::not_found);
  ASSERT_TRUE(uploads.fill("upload-a", "b1", before_end));
  EXPECT_EQ(uploads.fill("upload-a", "b2", kNow).error().code, Errc::conflict);
  EXPECT_EQ(uploads.check_open("upload-a", kNow).error().code, Errc::conflict);
  const auto found = open()->uploads().find("file-a", before_end);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found->blob, "b1");
  EXPECT_EQ(found->customer, "bank");
  EXPECT_EQ(found->purpose, "LivenessCompare");
  EXPECT_EQ(found->upload_hash, "upload-a");
  EXPECT_EQ(found->expires_at, end);
  EXPECT_EQ(uploads.find("upload-a", kNow).error().code, Errc::not_found);
  EXPECT_EQ(uploads.find("file-a", end).error().code, Errc::not_found);
}

TEST_P(RepositoryContract, WhatTheServerWroteNobodyWritesAgain) {
  const auto database = open();
  Uploads& uploads = database->uploads();
  const Timestamp end = kNow + std::chrono::hours(2);
  ASSERT_TRUE(uploads.add(upload("a", end, "b1"), kNow));
  ASSERT_TRUE(uploads.add(upload("b", end, "b2"), kNow)) << "both without a hash to write by";
  EXPECT_EQ(uploads.fill("", "b3", kNow).error().code, Errc::not_found);
  EXPECT_EQ(uploads.find("file-b", kNow)->blob, "b2");
  EXPECT_EQ(uploads.add(upload("b", end, "b4"), kNow).error().code, Errc::conflict);
}

TEST_P(RepositoryContract, ExpiredUploadsGiveTheirBlobsBack) {
  const auto database = open();
  Uploads& uploads = database->uploads();
  const Timestamp end = kNow + std::chrono::hours(2);
  const std::string kept = to_hex(random_bytes(16));
  ASSERT_TRUE(uploads.add(upload("unwritten", kNow), kNow - std::chrono::seconds(1)));
  ASSERT_TRUE(uploads.add(upload("old", kNow, "b1"), kNow - std::chrono::seconds(1)));
  ASSERT_TRUE(uploads.add(upload("kept", end, kept), kNow - std::chrono::seconds(1)));
  EXPECT_EQ(database->outcomes().referenced_blobs({kept}).value(), std::vector{kept});
  const auto gone = uploads.add(upload("new", end), kNow);
  ASSERT_TRUE(gone);
  EXPECT_EQ(*gone, std::vector<std::string>{"b1"});
  EXPECT_TRUE(uploads.add(upload("newer", end), kNow)->empty());
  EXPECT_TRUE(uploads.add(upload("last", end + std::chrono::hours(1)), end)->size() == 1);
  EXPECT_TRUE(database->outcomes().referenced_blobs({kept}).value().empty());
}

TEST_P(RepositoryContract, ExpiredUploadsAreForgottenAHundredAtATime) {
  const auto database = open();
  Uploads& uploads = database->uploads();
  const Timestamp before = kNow - std::chrono::seconds(1);
  for (int i = 0; i < 130; ++i) {
    const std::string name = std::to_string(i);
    ASSERT_TRUE(uploads.add(upload(name, kNow, "b" + name), before));
  }
  ASSERT_TRUE(uploads.add(upload("kept", kNow + std::chrono::hours(2), "kept"), before));
  EXPECT_TRUE(uploads.forget_expired(before)->empty());
  EXPECT_EQ(uploads.forget_expired(kNow)->size(), 100U);
  EXPECT_EQ(uploads.forget_expired(kNow)->size(), 30U);
  EXPECT_TRUE(uploads.forget_expired(kNow)->empty());
  EXPECT_TRUE(uploads.find("file-kept", kNow));
}

TEST_P(RepositoryContract, OneOfEightWritersOfAnUploadSucceeds) {
  const auto database = open();
  ASSERT_TRUE(database->uploads().add(upload("a", kNow + std::chrono::hours(2)), kNow));
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      if (database->uploads().fill("upload-a", "b" + std::to_string(t), kNow)) ++done;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
}

TEST_P(RepositoryContract, Pings) {
  EXPECT_TRUE(open()->ping());
}

SELFSAME_ON_EVERY_DATABASE(RepositoryContract);

}  // namespace
}  // namespace selfsame::storage
