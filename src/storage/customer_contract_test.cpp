// SPDX-License-Identifier: Apache-2.0
// What every database must do about customers, balances and quotas.
#include <atomic>
#include <thread>
#include <vector>

#include "core/customer_fields.h"
#include "storage/customer_repositories.h"
#include "storage/test_databases.h"

namespace selfsame::storage {
namespace {

constexpr Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};
constexpr core::Product kProduct = core::Product::alibaba_id_verification;

core::Customer with(std::initializer_list<std::pair<const char*, const char*>> fields) {
  core::Customer customer;
  for (const auto& [name, value] : fields) EXPECT_TRUE(core::assign(customer, name, value)) << name;
  return customer;
}

CustomerVersion version(int number, core::Customer settings, std::string customer = "bank") {
  return {
      .customer = std::move(customer),
      .version = number,
      .settings = std::move(settings),
      .set_at = kNow + std::chrono::seconds(number),
      .set_by = "root"
  };
}

OutcomeRecord outcome(std::string id, std::string customer = "bank", std::string fingerprint = "") {
  OutcomeRecord record;
  record.id = std::move(id);
  record.customer = std::move(customer);
  record.request_fingerprint = std::move(fingerprint);
  record.decided_at = kNow;
  return record;
}

LedgerEntry charge(const OutcomeRecord& outcome, std::string code = "Success") {
  return {
      .outcome_id = outcome.id,
      .customer = outcome.customer,
      .product = "tencent.pure-api",
      .code = std::move(code),
      .billed_at = outcome.decided_at
  };
}

class CustomerContract : public testing::DatabaseTest {};

TEST_P(CustomerContract, NothingIsSettledAtFirst) {
  const auto database = open();
  const auto standing = database->customers().standing("bank");
  ASSERT_TRUE(standing) << standing.error().detail;
  EXPECT_EQ(standing->version, 0);
  EXPECT_EQ(core::text_of(standing->settings), "");
  EXPECT_EQ(standing->balance_minor, 0);
  EXPECT_TRUE(database->customers().names().value().empty());
  EXPECT_TRUE(database->customers().history("bank").value().empty());
  for (const std::string& odd : {std::string(), std::string("\xff"), std::string("a\0b", 3)}) {
    EXPECT_EQ(database->customers().standing(odd)->version, 0);
  }
}

TEST_P(CustomerContract, TheNewestVersionIsInForceAndTheOthersStay) {
  {
    const auto database = open();
    ASSERT_TRUE(database->customers().settle(version(1, with({{"verified", "false"}}))));
    ASSERT_TRUE(database->customers().settle(version(2, with({{"currency", "VND"}}))));
    ASSERT_TRUE(database->customers().settle(version(1, with({}), "another")));
  }
  const auto database = open();
  Customers& customers = database->customers();
  EXPECT_EQ(customers.standing("bank")->version, 2);
  EXPECT_EQ(core::text_of(customers.standing("bank")->settings), "currency=VND\n");
  EXPECT_EQ(core::text_of(customers.standing("another")->settings), "");
  const auto history = customers.history("bank").value();
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(core::text_of(history[0].settings), "verified=false\n");
  EXPECT_EQ(history[1].set_at, kNow + std::chrono::seconds(2));
  EXPECT_EQ(history[1].set_by, "root");
  EXPECT_EQ(customers.names().value(), (std::vector<std::string>{"another", "bank"}));
}

TEST_P(CustomerContract, WhoSettlesOnWhatIsOldHasAConflict) {
  const auto database = open();
  Customers& customers = database->customers();
  EXPECT_EQ(customers.settle(version(2, {})).error().code, Errc::conflict) << "there is no first";
  ASSERT_TRUE(customers.settle(version(1, {})));
  for (const int number : {0, 1, 3}) {
    const auto late = customers.settle(version(number, with({{"suspended", "true"}})));
    ASSERT_FALSE(late) << number;
    EXPECT_EQ(late.error().code, Errc::conflict) << number;
  }
  EXPECT_FALSE(customers.standing("bank")->settings.suspended);
}

TEST_P(CustomerContract, OfManyWhoSettleAtOnceOneSucceeds) {
  const auto one = open();
  const auto other = open();
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Database& database = i % 2 == 0 ? *one : *other;
      if (database.customers().settle(version(1, {}))) ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
}

TEST_P(CustomerContract, AStoredCustomerThatDoesNotReadIsNotGuessed) {
  const auto database = open();
  ASSERT_TRUE(database->customers().settle(version(1, {})));
  place_->meddle("UPDATE customer_versions SET settings = 'colour=red'");
  EXPECT_EQ(database->customers().standing("bank").error().code, Errc::integrity_failure);
  const OutcomeRecord decided = outcome("r1");
  const auto committed = database->outcomes().commit(decided, charge(decided));
  ASSERT_FALSE(committed) << "nobody knows the price";
  EXPECT_EQ(database->outcomes().find("bank", "r1").error().code, Errc::not_found);
}

TEST_P(CustomerContract, AChargeIsPricedAndTakenOffTheBalanceWithItsOutcome) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  ASSERT_TRUE(database->customers().settle(version(
      1,
      with(
          {{"price/tencent.pure-api", "10"},
           {"price/tencent.pure-api/Success", "25"},
           {"currency", "EUR"}}
      )
  )));
  const CustomerCredit paid{
      .customer = "bank",
      .amount_minor = 100,
      .note = "n",
      .credited_at = kNow,
      .credited_by = "root"
  };
  EXPECT_EQ(database->customers().credit(paid).value(), 100);
  const OutcomeRecord first = outcome("r1", "bank", "fp");
  ASSERT_TRUE(outcomes.commit(first, charge(first)));
  const OutcomeRecord again = outcome("r2", "bank", "fp");
  EXPECT_EQ(outcomes.commit(again, charge(again)).value().id, "r1") << "billed once";
  const OutcomeRecord taken = outcome("r1", "bank", "other");
  EXPECT_FALSE(outcomes.commit(taken, charge(taken)));
  const OutcomeRecord second = outcome("r3");
  ASSERT_TRUE(outcomes.commit(second, charge(second, "FailedOperation.CompareLowSimilarity")));
  const OutcomeRecord free_of_charge = outcome("r4");
  ASSERT_TRUE(outcomes.commit(free_of_charge, std::nullopt));
  const OutcomeRecord of_another = outcome("r5", "another");
  ASSERT_TRUE(outcomes.commit(of_another, charge(of_another)));

  EXPECT_EQ(database->customers().standing("bank")->balance_minor, 65);
  EXPECT_EQ(database->customers().standing("another")->balance_minor, 0);
  const auto ledger = outcomes.ledger("bank").value();
  ASSERT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger[0].price_minor, 25);
  EXPECT_EQ(ledger[0].units, 1);
  EXPECT_EQ(ledger[0].currency, "EUR");
  EXPECT_EQ(ledger[1].price_minor, 10);
  EXPECT_LT(ledger[0].entry, ledger[1].entry);

  ASSERT_TRUE(database->customers().settle(version(2, with({{"price/tencent.pure-api", "1"}}))));
  EXPECT_EQ(outcomes.ledger("bank")->at(0).price_minor, 25) << "the price of its day stays";
  EXPECT_EQ(database->customers().credits("bank").value().size(), 1U);
}

TEST_P(CustomerContract, BalancesAreExactUnderManyCharges) {
  const auto one = open();
  const auto other = open();
  for (const char* customer : {"a", "b"}) {
    ASSERT_TRUE(
        one->customers().settle(version(1, with({{"price/tencent.pure-api", "3"}}), customer))
    );
  }
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  std::atomic<int> stored = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Database& database = thread % 2 == 0 ? *one : *other;
      for (int i = 0; i < kEach; ++i) {
        const OutcomeRecord decided =
            outcome("r" + std::to_string(thread) + "-" + std::to_string(i), i % 2 == 0 ? "a" : "b");
        if (database.outcomes().commit(decided, charge(decided))) ++stored;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, kThreads * kEach);
  const auto owed = [&](const char* customer) {
    return one->customers().standing(customer)->balance_minor;
  };
  EXPECT_EQ(owed("a"), -3 * kThreads * 13);
  EXPECT_EQ(owed("b"), -3 * kThreads * 12);
}

TEST_P(CustomerContract, TheLedgerIsReadInParts) {
  const auto database = open();
  Outcomes& outcomes = database->outcomes();
  for (int i = 0; i < 25; ++i) {
    OutcomeRecord decided = outcome("r" + std::to_string(i), i % 5 == 0 ? "another" : "bank");
    decided.decided_at = kNow + std::chrono::seconds(i);
    ASSERT_TRUE(outcomes.commit(decided, charge(decided)));
  }
  LedgerQuery query{
      .customer = "bank",
      .from = kNow + std::chrono::seconds(3),
      .to = kNow + std::chrono::seconds(20),
      .limit = 4
  };
  std::vector<std::string> ids;
  for (;;) {
    const auto page = outcomes.ledger(query).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 4U);
    for (const LedgerEntry& entry : page) ids.push_back(entry.outcome_id);
    query.after_entry = page.back().entry;
  }
  EXPECT_EQ(ids.size(), 14U);
  EXPECT_EQ(ids.front(), "r3");
  EXPECT_EQ(ids.back(), "r19");
  query = {.customer = "", .from = kNow, .to = kNow + std::chrono::hours(1)};
  EXPECT_EQ(outcomes.ledger(query).value().size(), 25U);
}

TEST_P(CustomerContract, ADailyQuotaIsExactOverSeveralServers) {
  const auto one = open();
  const auto other = open();
  constexpr std::int64_t kQuota = 40;
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Customers& customers = (i % 2 == 0 ? *one : *other).customers();
      for (int n = 0; n < 15; ++n) {
        const auto used = customers.use("bank", kProduct, 20'000, kQuota);
        ASSERT_TRUE(used) << used.error().detail;
        if (*used) ++admitted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, kQuota);
  Customers& customers = one->customers();
  EXPECT_EQ(customers.used("bank", kProduct, 20'000).value(), kQuota);
  EXPECT_FALSE(customers.use("bank", kProduct, 20'000, kQuota).value());
  EXPECT_TRUE(customers.use("bank", kProduct, 20'000, kQuota + 1).value()) << "it was raised";
  EXPECT_TRUE(customers.use("bank", kProduct, 20'001, kQuota).value()) << "the next day";
  EXPECT_TRUE(customers.use("bank", core::Product::alibaba_sms, 20'000, 1).value());
  EXPECT_TRUE(customers.use("another", kProduct, 20'000, 1).value());
  EXPECT_FALSE(customers.use("nobody", kProduct, 20'000, 0).value());
  EXPECT_EQ(customers.used("nobody", kProduct, 20'000).value(), 0);
}

SELFSAME_ON_EVERY_DATABASE(CustomerContract);

}  // namespace
}  // namespace selfsame::storage
