// SPDX-License-Identifier: Apache-2.0
// What every database must do with text messages.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "storage/customer_repositories.h"
#include "storage/sms_repositories.h"
#include "storage/test_databases.h"

namespace selfsame::storage {
namespace {

using core::SegmentState;
using core::SmsState;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};
constexpr Timestamp kLease = kNow + seconds(60);

NewSms message(const std::string& id, int segments = 1, const std::string& number = "n1") {
  NewSms made;
  SmsRecord& record = made.record;
  record.id = id;
  record.customer = "bank";
  record.access_key_id = "AK1";
  record.number_hash.assign(number.begin(), number.end());
  record.country_code = "62";
  record.route = "main";
  record.sealed = {1, 2, 0, 3};
  record.segments = segments;
  record.created_at = kNow;
  record.next_at = kNow;
  return made;
}

SegmentNote accepted(const std::string& id, int segment, const std::string& centre_id) {
  return {
      .message_id = id,
      .segment = segment,
      .state = SegmentState::accepted,
      .centre_id = centre_id,
      .error = {},
      .next_at = {}
  };
}

SegmentNote noted(const std::string& id, int segment, SegmentState state) {
  return {
      .message_id = id,
      .segment = segment,
      .state = state,
      .centre_id = {},
      .error = {},
      .next_at = {}
  };
}

ReceiptNote receipt(std::vector<std::string> ids, const std::string& number = "n1") {
  ReceiptNote note{
      .route = "main",
      .centre_ids = std::move(ids),
      .number_hash = {},
      .delivered = true,
      .error = {}
  };
  note.number_hash.assign(number.begin(), number.end());
  return note;
}

class SmsContract : public testing::DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    database_ = open();
    sms_ = &database_->sms_messages();
  }
  void add(const NewSms& one) {
    const auto added = sms_->add({one}, {});
    ASSERT_TRUE(added) << added.error().detail;
    ASSERT_EQ(added->at(0), SmsAdmission::taken);
  }
  std::vector<ClaimedSms> claim(Timestamp now = kNow, int limit = 100) {
    auto claimed = sms_->claim("main", now, now + seconds(60), limit);
    EXPECT_TRUE(claimed) << claimed.error().detail;
    return claimed ? *claimed : std::vector<ClaimedSms>();
  }
  void note(const std::vector<SegmentNote>& notes, Timestamp now = kNow) {
    const auto done = sms_->note(notes, now);
    EXPECT_TRUE(done) << done.error().detail;
  }
  bool is_known(const ReceiptNote& receipt, Timestamp now) {
    const auto known = sms_->note(std::vector<ReceiptNote>{receipt}, now);
    EXPECT_TRUE(known) << known.error().detail;
    return known && known->at(0);
  }
  SmsState state(const std::string& id) { return sms_->find("bank", id)->state; }

  std::unique_ptr<Database> database_;
  SmsMessages* sms_ = nullptr;
};

TEST_P(SmsContract, KeepsAMessageAsItWas) {
  NewSms made = message("1", 2);
  made.record.valid_until = kNow + hours(1);
  add(made);
  const auto found = sms_->find("bank", "1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sealed, made.record.sealed);
  EXPECT_EQ(found->number_hash, made.record.number_hash);
  EXPECT_EQ(found->state, SmsState::queued);
  EXPECT_EQ(found->segments, 2);
  EXPECT_EQ(found->valid_until, made.record.valid_until);
  EXPECT_EQ(found->submitted_at, std::nullopt);
  EXPECT_EQ(sms_->find("other", "1").error().code, Errc::not_found);
  EXPECT_EQ(sms_->find("bank", "2").error().code, Errc::not_found);
  EXPECT_EQ(sms_->add({message("2"), message("1")}, {}).error().code, Errc::conflict);
  EXPECT_EQ(sms_->find("bank", "2").error().code, Errc::not_found) << "all or none";
}

TEST_P(SmsContract, IsSentByOneOnly) {
  for (int i = 0; i < 40; ++i) add(message("m" + std::to_string(i)));
  std::vector<std::string> ids;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        for (const ClaimedSms& each : claim(kNow, 7)) {
          const std::scoped_lock lock(mutex);
          ids.push_back(each.message.id);
          EXPECT_EQ(each.segments, std::vector<int>{1});
          EXPECT_EQ(each.message.attempts, 1);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 40u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 40u);
  EXPECT_TRUE(claim().empty());
}

TEST_P(SmsContract, ClaimsWhatIsDueOnItsRoute) {
  NewSms later = message("later");
  later.record.next_at = kNow + seconds(5);
  NewSms elsewhere = message("elsewhere");
  elsewhere.record.route = "other";
  NewSms kept = message("kept");
  kept.record.route = "";
  kept.record.state = SmsState::outbox;
  NewSms over = message("over");
  over.record.valid_until = kNow;
  for (const NewSms& each : {later, elsewhere, kept, over, message("b"), message("a")}) add(each);
  const auto claimed = claim();
  ASSERT_EQ(claimed.size(), 2u);
  EXPECT_EQ(claimed[0].message.id, "a");
  EXPECT_EQ(claimed[1].message.id, "b");
  EXPECT_EQ(claim(kNow + seconds(5)).at(0).message.id, "later");
  EXPECT_EQ(sms_->expire(kNow).value(), 1);
  EXPECT_EQ(state("over"), SmsState::failed);
  EXPECT_EQ(sms_->find("bank", "over")->error, "EXPIRED");
  EXPECT_EQ(sms_->expire(kNow).value(), 0);
}

TEST_P(SmsContract, FollowsASegmentToItsEnd) {
  add(message("1"));
  EXPECT_EQ(claim().at(0).segments, std::vector<int>{1});
  EXPECT_EQ(state("1"), SmsState::sending);
  note({accepted("1", 1, "53e9d30d")}, kNow + seconds(1));
  auto found = sms_->find("bank", "1");
  EXPECT_EQ(found->state, SmsState::submitted);
  EXPECT_EQ(found->submitted_at, kNow + seconds(1));
  EXPECT_EQ(found->ended_at, std::nullopt);
  EXPECT_TRUE(is_known(receipt({"1407832845", "53e9d30d"}), kNow + seconds(9)));
  found = sms_->find("bank", "1");
  EXPECT_EQ(found->state, SmsState::delivered);
  EXPECT_EQ(found->submitted_at, kNow + seconds(1));
  EXPECT_EQ(found->ended_at, kNow + seconds(9));
  // A second word of the message centre does not change the first.
  ReceiptNote undone = receipt({"53e9d30d"});
  undone.delivered = false;
  EXPECT_TRUE(is_known(undone, kNow + seconds(10)));
  EXPECT_EQ(state("1"), SmsState::delivered);
}

TEST_P(SmsContract, SendsAgainOnlyWhatDidNotLeave) {
  add(message("1", 3));
  ASSERT_EQ(claim().at(0).segments, (std::vector<int>{1, 2, 3}));
  SegmentNote back = noted("1", 3, SegmentState::waiting);
  back.next_at = kNow + seconds(2);
  note({accepted("1", 1, "a"), noted("1", 2, SegmentState::in_doubt), back});
  EXPECT_EQ(state("1"), SmsState::queued);
  EXPECT_TRUE(claim().empty()) << "not before its time";
  const auto again = claim(kNow + seconds(2));
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].segments, std::vector<int>{3});
  EXPECT_EQ(again[0].message.attempts, 2);
  note({accepted("1", 3, "c")});
  EXPECT_EQ(state("1"), SmsState::unknown);
  EXPECT_TRUE(claim(kNow + hours(100)).empty());
  EXPECT_EQ(sms_->end_leases(kNow + hours(100)).value(), 0);
}

TEST_P(SmsContract, SettlesADoubtByAReceipt) {
  add(message("1"));
  add(message("2", 1, "n2"));
  ASSERT_EQ(claim().size(), 2u);
  note({noted("1", 1, SegmentState::in_doubt), noted("2", 1, SegmentState::in_doubt)});
  EXPECT_EQ(state("2"), SmsState::unknown);
  ReceiptNote unheard = receipt({"77"}, "n2");
  EXPECT_FALSE(is_known(unheard, kNow));
  unheard.settles_doubt = true;
  EXPECT_TRUE(is_known(unheard, kNow));
  EXPECT_EQ(state("2"), SmsState::delivered);
  EXPECT_EQ(state("1"), SmsState::unknown);
  EXPECT_FALSE(is_known(unheard, kNow)) << "there is no other to that number";
}

TEST_P(SmsContract, SettlesNoDoubtWhereAReceiptLeavesAChoice) {
  add(message("1"));
  add(message("2", 2));
  ASSERT_EQ(claim().size(), 2u);
  note({noted("1", 1, SegmentState::in_doubt), noted("2", 1, SegmentState::in_doubt)});
  note({noted("2", 2, SegmentState::in_doubt)});
  ReceiptNote unheard = receipt({"77"});
  unheard.settles_doubt = true;
  EXPECT_FALSE(is_known(unheard, kNow)) << "which of the two arrived?";
  EXPECT_EQ(state("1"), SmsState::unknown);
  EXPECT_EQ(state("2"), SmsState::unknown);
  // Once the first is known, only the second is left, whichever of its segments it is.
  note({accepted("1", 1, "a")});
  EXPECT_TRUE(is_known(receipt({"a"}), kNow));
  EXPECT_EQ(state("1"), SmsState::delivered);
  EXPECT_TRUE(is_known(unheard, kNow));
  EXPECT_EQ(state("2"), SmsState::unknown);
  EXPECT_TRUE(is_known(unheard, kNow));
  EXPECT_EQ(state("2"), SmsState::delivered);
}

TEST_P(SmsContract, LetsNobodyResendWhatADeadServerHad) {
  add(message("1", 2));
  ASSERT_EQ(claim().size(), 1u);
  EXPECT_EQ(sms_->end_leases(kLease).value(), 0);
  EXPECT_EQ(sms_->end_leases(kLease + seconds(1)).value(), 1);
  EXPECT_EQ(state("1"), SmsState::unknown);
  EXPECT_TRUE(claim(kNow + hours(1)).empty());
  // It was only slow: what it knows for certain counts.
  note({accepted("1", 1, "a"), noted("1", 2, SegmentState::waiting)});
  EXPECT_EQ(claim(kNow + hours(1)).at(0).segments, std::vector<int>{2});
}

TEST_P(SmsContract, SaysWhyItFailed) {
  add(message("1", 2));
  ASSERT_EQ(claim().size(), 1u);
  SegmentNote refused = noted("1", 1, SegmentState::refused);
  refused.error = "status 11";
  note({refused, noted("1", 2, SegmentState::waiting)});
  EXPECT_EQ(state("1"), SmsState::failed);
  EXPECT_EQ(sms_->find("bank", "1")->error, "status 11");
  EXPECT_TRUE(claim(kNow + hours(1)).empty());
  add(message("2"));
  ASSERT_EQ(claim().size(), 1u);
  note({accepted("2", 1, "b")});
  ReceiptNote undelivered = receipt({"b"});
  undelivered.delivered = false;
  undelivered.error = "UNDELIV 001";
  EXPECT_TRUE(is_known(undelivered, kNow));
  EXPECT_EQ(state("2"), SmsState::failed);
  EXPECT_EQ(sms_->find("bank", "2")->error, "UNDELIV 001");
}

TEST_P(SmsContract, FindsTheSegmentOfAReceiptByNumberToo) {
  // "10" is an id itself and the decimal of "a".
  add(message("1", 1, "n1"));
  add(message("2", 1, "n2"));
  NewSms elsewhere = message("3", 1, "n1");
  elsewhere.record.route = "other";
  add(elsewhere);
  ASSERT_EQ(claim().size(), 2u);
  ASSERT_EQ(sms_->claim("other", kNow, kLease, 9)->size(), 1u);
  note({accepted("1", 1, "10"), accepted("2", 1, "a"), accepted("3", 1, "10")});
  EXPECT_TRUE(is_known(receipt({"10", "a"}, "n2"), kNow));
  EXPECT_EQ(state("1"), SmsState::submitted);
  EXPECT_EQ(state("2"), SmsState::delivered);
  EXPECT_TRUE(is_known(receipt({"10", "16"}, "a number rewritten"), kNow));
  EXPECT_EQ(state("1"), SmsState::delivered);
  EXPECT_EQ(state("3"), SmsState::submitted);
  EXPECT_FALSE(is_known(receipt({"", "unheard of"}), kNow));
}

TEST_P(SmsContract, KeepsToTheLimitsAndTheOptOuts) {
  const SmsLimits limits{.number_per_hour = 2, .number_per_day = 3, .customer_per_day = 4};
  std::vector<SmsAdmission> admissions;
  const auto take = [&](const std::string& id, const std::string& number, Timestamp at) {
    NewSms each = message(id, 1, number);
    each.record.created_at = at;
    return sms_->add({each}, limits)->at(0);
  };
  EXPECT_EQ(take("1", "n1", kNow), SmsAdmission::taken);
  EXPECT_EQ(take("2", "n1", kNow), SmsAdmission::taken);
  EXPECT_EQ(take("3", "n1", kNow), SmsAdmission::number_limit);
  EXPECT_EQ(take("4", "n1", kNow + hours(1)), SmsAdmission::taken);
  EXPECT_EQ(take("5", "n1", kNow + hours(2)), SmsAdmission::number_limit) << "of the day";
  EXPECT_EQ(take("6", "n2", kNow + hours(2)), SmsAdmission::taken);
  EXPECT_EQ(take("7", "n3", kNow + hours(2)), SmsAdmission::customer_limit);
  EXPECT_EQ(take("8", "n3", kNow + hours(25)), SmsAdmission::taken);
  EXPECT_EQ(sms_->find("bank", "3").error().code, Errc::not_found);

  const Bytes number = message("", 1, "n9").record.number_hash;
  ASSERT_TRUE(sms_->opt_out({.number_hash = number, .sealed = {7}, .added_at = kNow}));
  ASSERT_TRUE(sms_->opt_out({.number_hash = number, .sealed = {8}, .added_at = kNow}));
  EXPECT_EQ(sms_->opt_outs()->size(), 1u);
  EXPECT_EQ(sms_->opt_outs()->at(0).sealed, Bytes{7});
  EXPECT_EQ(take("9", "n9", kNow + hours(90)), SmsAdmission::opted_out);
  EXPECT_TRUE(sms_->opt_in(number));
  EXPECT_EQ(sms_->opt_in(number).error().code, Errc::not_found);
  EXPECT_EQ(take("9", "n9", kNow + hours(90)), SmsAdmission::taken);
}

TEST_P(SmsContract, KeepsToTheLimitsWhateverComesAtOnce) {
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        const std::string id = std::to_string(i) + "-" + std::to_string(k);
        const auto added = sms_->add({message(id)}, {.number_per_hour = 13});
        if (added && added->at(0) == SmsAdmission::taken) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 13);
}

/// A message of three segments, which are billed.
NewSms charged(const std::string& id) {
  NewSms each = message(id, 3);
  each.charge = LedgerEntry{
      .outcome_id = id,
      .customer = "bank",
      .product = "alibaba.sms",
      .code = "OK",
      .billed_at = kNow,
      .units = 3
  };
  return each;
}

TEST_P(SmsContract, BillsWhatItTakesWithIt) {
  const SmsLimits limits{.number_per_hour = 2};
  const auto added = sms_->add({charged("1"), charged("2"), charged("3")}, limits);
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->at(2), SmsAdmission::number_limit);
  EXPECT_FALSE(sms_->add({charged("4"), charged("1")}, {}));
  const auto ledger = database_->outcomes().ledger("bank");
  ASSERT_TRUE(ledger);
  ASSERT_EQ(ledger->size(), 2u);
  EXPECT_EQ(ledger->at(1).outcome_id, "2");
  EXPECT_EQ(ledger->at(1).units, 3);
}

TEST_P(SmsContract, APrepaidCustomerSendsWhatItsBalanceCovers) {
  core::Customer customer;
  customer.prepaid = true;
  customer.prices[{core::Product::alibaba_sms, ""}] = 5;
  ASSERT_TRUE(database_->customers().settle(
      {.customer = "bank", .version = 1, .settings = customer, .set_at = kNow, .set_by = "test"}
  ));
  ASSERT_TRUE(database_->customers().credit(
      {.customer = "bank",
       .amount_minor = 34,
       .note = {},
       .credited_at = kNow,
       .credited_by = "test"}
  ));
  const auto added = sms_->add({charged("1"), charged("2"), charged("3")}, {});
  ASSERT_TRUE(added) << added.error().detail;
  EXPECT_EQ(added->at(0), SmsAdmission::taken);
  EXPECT_EQ(added->at(1), SmsAdmission::taken);
  EXPECT_EQ(added->at(2), SmsAdmission::balance_not_enough) << "4 are left, and it costs 15";
  EXPECT_EQ(sms_->find("bank", "3").error().code, Errc::not_found);
  EXPECT_EQ(database_->customers().standing("bank")->balance_minor, 4);
  EXPECT_EQ(sms_->add({message("4")}, {})->at(0), SmsAdmission::taken) << "it costs nothing";
}

TEST_P(SmsContract, ForgetsWhatIsOldAndOver) {
  add(message("old"));
  ASSERT_EQ(claim().size(), 1u);
  note({accepted("old", 1, "x")});
  add(message("waiting"));
  NewSms young = message("young");
  young.record.created_at = kNow + hours(5);
  young.record.state = SmsState::outbox;
  add(young);
  EXPECT_EQ(sms_->forget(kNow + hours(1), 100).value(), 1);
  EXPECT_EQ(sms_->find("bank", "old").error().code, Errc::not_found);
  EXPECT_TRUE(sms_->find("bank", "waiting"));
  EXPECT_TRUE(sms_->find("bank", "young"));
  EXPECT_FALSE(is_known(receipt({"x"}), kNow));
}

TEST_P(SmsContract, ListsAndCounts) {
  for (const char* id : {"1", "2", "3"}) add(message(id));
  NewSms other = message("4");
  other.record.customer = "shop";
  other.record.created_at = kNow + seconds(1);
  add(other);
  ASSERT_EQ(claim(kNow, 1).size(), 1u);
  EXPECT_EQ(sms_->list({})->size(), 4u);
  EXPECT_EQ(sms_->list({})->at(0).id, "4");
  EXPECT_EQ(sms_->list({.customer = "bank", .state = SmsState::queued})->size(), 2u);
  EXPECT_EQ(sms_->list({.customer = "", .state = {}, .limit = 2})->size(), 2u);
  const auto counts = sms_->counts();
  ASSERT_TRUE(counts);
  std::int64_t all = 0;
  for (const SmsCount& count : *counts) all += count.messages;
  EXPECT_EQ(all, 4);
}

TEST_P(SmsContract, KeepsTemplatesAndConversions) {
  SmsTemplate text{.customer = "bank", .code = "SMS_1", .text = "Code ${code}", .set_at = kNow};
  ASSERT_TRUE(sms_->set_template(text));
  text.text = "Your code: ${code}";
  ASSERT_TRUE(sms_->set_template(text));
  EXPECT_EQ(sms_->find_template("bank", "SMS_1")->text, text.text);
  EXPECT_EQ(sms_->find_template("shop", "SMS_1").error().code, Errc::not_found);
  EXPECT_EQ(sms_->templates()->size(), 1u);
  EXPECT_TRUE(sms_->remove_template("bank", "SMS_1"));
  EXPECT_EQ(sms_->remove_template("bank", "SMS_1").error().code, Errc::not_found);
  EXPECT_TRUE(sms_->add_conversion(
      {.id = "c1",
       .customer = "bank",
       .message_id = {},
       .rate = 0.5,
       .delivered = {},
       .reported_at = kNow,
       .stored_at = kNow}
  ));
  EXPECT_TRUE(sms_->add_conversion(
      {.id = "c2",
       .customer = "bank",
       .message_id = "1",
       .rate = {},
       .delivered = true,
       .reported_at = kNow,
       .stored_at = kNow}
  ));
}

SELFSAME_ON_EVERY_DATABASE(SmsContract);

}  // namespace
}  // namespace selfsame::storage
