// SPDX-License-Identifier: Apache-2.0
// What every database must do with the register and the history of numbers.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/crypto.h"
#include "storage/register_repositories.h"
#include "storage/register_vault.h"
#include "storage/test_databases.h"

namespace selfsame::storage {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};
constexpr const char* kNumber = "11010519491231002X";

RegisterEntry entry(std::string number = kNumber, std::string photo_blob = "") {
  return {
      .record =
          {.number = std::move(number),
           .name = "韦小宝",
           .validity = core::validity_from("20160607", "00000000")},
      .photo_blob = photo_blob,
      .photo_sha256 = photo_blob.empty() ? "" : sha256_hex(photo_blob),
      .photo_in_colour = !photo_blob.empty(),
      .imported_at = kNow
  };
}

void expect_same(const RegisterEntry& a, const RegisterEntry& b) {
  EXPECT_EQ(a.record, b.record);
  EXPECT_EQ(a.photo_blob, b.photo_blob);
  EXPECT_EQ(a.photo_sha256, b.photo_sha256);
  EXPECT_EQ(a.photo_in_colour, b.photo_in_colour);
  EXPECT_EQ(a.imported_at, b.imported_at);
}

class RegisterContract : public testing::DatabaseTest {};

TEST_P(RegisterContract, AnEntryComesBackAsItWas) {
  RegisterEntry bare = entry("A1234563");
  bare.record.validity = std::nullopt;
  bare.record.name = std::string(128, 'n');
  {
    const auto database = open();
    EXPECT_EQ(database->register_records().put(entry(kNumber, "b1")).value(), "");
    EXPECT_EQ(database->register_records().put(bare).value(), "");
  }
  const auto database = open();
  RegisterRecords& records = database->register_records();
  expect_same(*records.find(kNumber).value(), entry(kNumber, "b1"));
  expect_same(*records.find("A1234563").value(), bare);
  EXPECT_FALSE(records.find("110105194912310020").value());
  EXPECT_FALSE(records.find("").value());
  EXPECT_FALSE(records.find(std::string("\0\xff'", 3)).value());
}

TEST_P(RegisterContract, ALaterEntryTakesThePlaceOfAnEarlierOne) {
  const auto database = open();
  RegisterRecords& records = database->register_records();
  ASSERT_TRUE(records.put(entry(kNumber, "b1")));
  EXPECT_EQ(records.put(entry(kNumber, "b1")).value(), "");
  EXPECT_EQ(records.put(entry(kNumber, "b2")).value(), "b1");
  EXPECT_EQ(records.put(entry(kNumber)).value(), "b2");
  expect_same(*records.find(kNumber).value(), entry(kNumber));
  EXPECT_THROW(static_cast<void>(records.put(entry(""))), std::invalid_argument);
  EXPECT_THROW(static_cast<void>(records.put(entry(std::string(33, '1')))), std::invalid_argument);
}

TEST_P(RegisterContract, AnErasedEntryIsGone) {
  const auto database = open();
  RegisterRecords& records = database->register_records();
  ASSERT_TRUE(records.put(entry(kNumber, "b1")));
  EXPECT_EQ(records.erase(kNumber).value(), "b1");
  EXPECT_FALSE(records.find(kNumber).value());
  EXPECT_EQ(records.erase(kNumber).error().code, Errc::not_found);
}

TEST_P(RegisterContract, EveryEntryIsListedOnce) {
  const auto database = open();
  RegisterRecords& records = database->register_records();
  EXPECT_TRUE(records.list({}, 3).value().entries.empty());
  std::set<std::string> stored;
  for (int i = 0; i < 7; ++i) {
    stored.insert("N" + std::to_string(i));
    ASSERT_TRUE(records.put(entry("N" + std::to_string(i))));
  }
  std::multiset<std::string> listed;
  Bytes from;
  int pages = 0;
  do {
    const auto page = records.list(from, 3);
    ASSERT_TRUE(page) << page.error().detail;
    for (const RegisterEntry& each : page->entries) listed.insert(each.record.number);
    from = page->next;
    ++pages;
  } while (!from.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_TRUE(std::ranges::equal(stored, listed));
}

TEST_P(RegisterContract, ThePhotoOfAnEntryIsNoOrphan) {
  const auto database = open();
  const std::string blob = to_hex(random_bytes(16));
  ASSERT_TRUE(database->register_records().put(entry(kNumber, blob)));
  EXPECT_EQ(database->outcomes().referenced_blobs({blob}).value(), std::vector{blob});
  ASSERT_TRUE(database->register_records().erase(kNumber));
  EXPECT_TRUE(database->outcomes().referenced_blobs({blob}).value().empty());
}

/// Whoever can write rows cannot give one person's photo to another.
TEST_P(RegisterContract, ARowThatWasTamperedWithIsRefused) {
  const auto database = open();
  RegisterRecords& records = database->register_records();
  ASSERT_TRUE(records.put(entry(kNumber, "b1")));
  place_->meddle("UPDATE register_records SET photo_blob = 'b2'");
  EXPECT_EQ(records.find(kNumber).error().code, Errc::integrity_failure);
  EXPECT_EQ(records.list({}, 10).error().code, Errc::integrity_failure);
}

TEST_P(RegisterContract, AnAttackIsRememberedForItsNumber) {
  const auto database = open();
  NumberHistory& history = database->number_history();
  EXPECT_FALSE(history.was_attacked(kNumber).value());
  ASSERT_TRUE(history.note_attack(history.mark_of(kNumber), kNow));
  ASSERT_TRUE(history.note_attack(history.mark_of(kNumber), kNow + std::chrono::hours(1)));
  EXPECT_TRUE(history.was_attacked(kNumber).value());
  EXPECT_FALSE(history.was_attacked("A1234563").value());
  ASSERT_TRUE(history.forget(kNumber));
  EXPECT_FALSE(history.was_attacked(kNumber).value());
}

TEST_P(RegisterContract, EnquiriesAreCountedByDay) {
  const auto database = open();
  NumberHistory& history = database->number_history();
  EXPECT_FALSE(history.count_enquiry(kNumber, 20000, 0).value());
  EXPECT_TRUE(history.count_enquiry(kNumber, 20000, 2).value());
  EXPECT_TRUE(history.count_enquiry(kNumber, 20000, 2).value());
  EXPECT_FALSE(history.count_enquiry(kNumber, 20000, 2).value());
  EXPECT_TRUE(history.count_enquiry("A1234563", 20000, 2).value());
  EXPECT_TRUE(history.count_enquiry(kNumber, 20001, 2).value());
  ASSERT_TRUE(history.forget(kNumber));
  EXPECT_TRUE(history.count_enquiry(kNumber, 20001, 1).value());
}

TEST_P(RegisterContract, OfManyEnquiriesAtOnceNoneIsLost) {
  const auto database = open();
  constexpr int kMost = 20;
  std::atomic<int> counted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        if (database->number_history().count_enquiry(kNumber, 20000, kMost).value()) ++counted;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counted, kMost);
}

SELFSAME_ON_EVERY_DATABASE(RegisterContract);

/// A stolen database without the master key.
TEST(RegisterDatabase, HoldsNoNumberAndNoName) {
  const testing::TemporaryDirectory directory;
  {
    const auto database =
        open_database(directory.path() / "selfsame.db", testing::master_key_of(1)).value();
    ASSERT_TRUE(database->register_records().put(entry(kNumber, "b1")));
    ASSERT_TRUE(
        database->number_history().note_attack(database->number_history().mark_of(kNumber), kNow)
    );
    ASSERT_TRUE(database->number_history().count_enquiry(kNumber, 20000, 5));
  }
  std::string all;
  for (const auto& file : testing::files_below(directory.path())) {
    all += testing::content_of(file);
  }
  EXPECT_NE(all.find("b1"), std::string::npos);
  const Sha256Digest plain = sha256(bytes_of(kNumber));
  for (const std::string& told :
       {std::string(kNumber), std::string("韦小宝"), std::string(text_of(plain)), to_hex(plain)}) {
    EXPECT_EQ(all.find(told), std::string::npos);
  }
}

TEST(RegisterVault, TellsNeitherLengthsNorEqualNumbersApart) {
  const RegisterVault vault(testing::master_key_of(1));
  RegisterEntry other = entry("1", "b1");
  other.record.name = std::string(128, 'n');
  other.record.validity = std::nullopt;
  EXPECT_EQ(vault.seal(entry()).size(), vault.seal(other).size());
  EXPECT_NE(vault.number_hash(kNumber), vault.history_hash(kNumber));
  EXPECT_NE(
      vault.number_hash(kNumber), RegisterVault(testing::master_key_of(2)).number_hash(kNumber)
  );
}

TEST(RegisterVault, OpensNothingElse) {
  const RegisterVault vault(testing::master_key_of(1));
  const Bytes sealed = vault.seal(entry(kNumber, "b1"));
  const Bytes hash = vault.number_hash(kNumber);
  expect_same(vault.open(hash, "b1", sealed, kNow).value(), entry(kNumber, "b1"));
  EXPECT_EQ(vault.open(hash, "", sealed, kNow).error().code, Errc::integrity_failure);
  EXPECT_EQ(
      vault.open(vault.number_hash("1"), "b1", sealed, kNow).error().code, Errc::integrity_failure
  );
  const RegisterVault stranger(testing::master_key_of(2));
  EXPECT_EQ(stranger.open(hash, "b1", sealed, kNow).error().code, Errc::integrity_failure);
}

}  // namespace
}  // namespace selfsame::storage
