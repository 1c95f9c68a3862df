// SPDX-License-Identifier: Apache-2.0
// What only a database across a network can do to us. The rest is in repository_contract_test.cpp.
#include "storage/postgres_database.h"

#include <chrono>
#include <thread>

#include "storage/postgres/migrate.h"
#include "storage/postgres/test_relay.h"
#include "storage/postgres/test_server.h"
#include "storage/sms_repositories.h"
#include "storage/test_old_accounts.h"
#include "storage/test_places.h"

namespace selfsame::storage {
namespace {

using postgres::testing::Relay;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::master_key_of;
using Clock = std::chrono::steady_clock;

constexpr Timestamp kNow{milliseconds(1'800'000'000'000)};

class PostgresDatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SELFSAME_NEEDS_POSTGRES();
    place_.emplace();
    relay_.emplace(place_->url());
  }

  [[nodiscard]] std::unique_ptr<Database> open(const std::string& url) {
    auto database = open_postgres_database({.url = url, .password = {}}, master_key_of(1));
    if (!database) throw std::runtime_error(database.error().detail);
    return std::move(*database);
  }

  /// Commits a charged outcome; the id that was answered, or the error's name.
  static std::string commit(Database& database, const std::string& id) {
    const OutcomeRecord outcome{
        .id = id, .customer = "bank", .request_fingerprint = "fp", .decided_at = kNow
    };
    const LedgerEntry charge{
        .outcome_id = id, .customer = "bank", .product = "p", .code = "c", .billed_at = kNow
    };
    const auto committed = database.outcomes().commit(outcome, charge);
    return committed ? committed->id : name_of(committed.error().code);
  }

  static bool heals_within(Database& database, seconds patience) {
    const auto limit = Clock::now() + patience;
    while (Clock::now() < limit) {
      if (database.ping()) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }

  std::optional<postgres::testing::TemporaryDatabase> place_;
  std::optional<Relay> relay_;
};

TEST_F(PostgresDatabaseTest, AccountStatesAndTheLedgerMoveToTheCustomers) {
  {
    auto old = place_->connect();
    const auto nothing_more = [](postgres::Connection&) { return Result<void>(); };
    ASSERT_TRUE(postgres::migrate(old, postgres_migrations().first(5), kNow, nothing_more));
  }
  place_->meddle(testing::kOldAccounts);
  testing::check_moved_accounts(*open(place_->url()));
}

TEST_F(PostgresDatabaseTest, ACommitWhoseAnswerIsLostIsNotAcknowledgedAndBilledOnce) {
  const auto database = open(relay_->url());
  relay_->set(Relay::Weather::cut_after_commit);
  EXPECT_EQ(commit(*database, "first"), "storage_unavailable");
  EXPECT_EQ(relay_->weather(), Relay::Weather::fair) << "the COMMIT came through";
  EXPECT_EQ(place_->number("SELECT count(*) FROM outcomes"), 1) << "it happened nevertheless";
  EXPECT_EQ(database->outcomes().find_by_fingerprint("bank", "fp").value()->id, "first");
  EXPECT_EQ(commit(*database, "second"), "first") << "the identical request gets what is stored";
  EXPECT_EQ(database->outcomes().ledger("bank").value().size(), 1U);
}

TEST_F(PostgresDatabaseTest, ACommitThatNeverArrivesIsNotAcknowledgedEither) {
  const auto database = open(relay_->url());
  relay_->set(Relay::Weather::cut_before_commit);
  EXPECT_EQ(commit(*database, "first"), "storage_unavailable");
  EXPECT_EQ(relay_->weather(), Relay::Weather::fair);
  EXPECT_EQ(place_->number("SELECT count(*) FROM outcomes"), 0);
  EXPECT_EQ(commit(*database, "second"), "second");
  EXPECT_EQ(database->outcomes().ledger("bank").value().size(), 1U);
}

TEST_F(PostgresDatabaseTest, AServerThatIsAwayIsAnErrorAtOnceAndHeals) {
  const auto database = open(relay_->url());
  EXPECT_TRUE(database->ping());
  EXPECT_EQ(commit(*database, "before"), "before");
  relay_->set(Relay::Weather::away);
  const auto start = Clock::now();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(database->ping().error().code, Errc::storage_unavailable);
    EXPECT_EQ(commit(*database, "meanwhile"), "storage_unavailable");
    EXPECT_EQ(database->access_keys().find("AK").error().code, Errc::storage_unavailable);
  }
  EXPECT_LT(Clock::now() - start, seconds(5));
  relay_->set(Relay::Weather::fair);
  EXPECT_TRUE(heals_within(*database, seconds(10)));
  EXPECT_EQ(commit(*database, "after"), "before");
}

TEST_F(PostgresDatabaseTest, SessionsThatEndWhileIdleAreNotNoticed) {
  const auto database = open(place_->url());
  for (int round = 0; round < 3; ++round) {
    place_->end_sessions();
    EXPECT_TRUE(database->ping());
    EXPECT_EQ(commit(*database, "id"), "id");
  }
}

TEST_F(PostgresDatabaseTest, AServerThatFallsSilentIsGivenUpAndHeals) {
  const auto database = open(relay_->url());
  EXPECT_TRUE(database->ping());
  relay_->set(Relay::Weather::silent);
  const auto start = Clock::now();
  EXPECT_EQ(database->ping().error().code, Errc::storage_unavailable);
  EXPECT_LT(Clock::now() - start, seconds(25));
  EXPECT_EQ(commit(*database, "meanwhile"), "storage_unavailable") << "at once: it backs off";
  relay_->set(Relay::Weather::fair);
  EXPECT_TRUE(heals_within(*database, seconds(10)));
  EXPECT_EQ(commit(*database, "after"), "after");
}

TEST_F(PostgresDatabaseTest, ChargesOfTheSameMomentDoNotOverdrawAPrepaidCustomer) {
  const auto database = open(place_->url());
  core::Customer customer;
  customer.prepaid = true;
  customer.prices[{core::Product::alibaba_sms, ""}] = 5;
  ASSERT_TRUE(database->customers().settle(
      {.customer = "bank", .version = 1, .settings = customer, .set_at = kNow, .set_by = "test"}
  ));
  ASSERT_TRUE(database->customers().credit(
      {.customer = "bank", .amount_minor = 6, .note = {}, .credited_at = kNow, .credited_by = "test"
      }
  ));
  NewSms sms;
  sms.record.id = "1";
  sms.record.customer = "bank";
  sms.record.segments = 1;
  sms.record.created_at = kNow;
  sms.charge = LedgerEntry{
      .outcome_id = "1",
      .customer = "bank",
      .product = "alibaba.sms",
      .code = "OK",
      .billed_at = kNow
  };
  postgres::Connection other = place_->connect();
  ASSERT_TRUE(other.execute("BEGIN"));
  ASSERT_TRUE(other.execute("UPDATE customer_balances SET balance = balance - 3"));
  SmsAdmission admission = SmsAdmission::taken;
  std::thread adding([&] { admission = database->sms_messages().add({sms}, {}).value().at(0); });
  const auto limit = Clock::now() + seconds(5);
  const std::string waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
  while (place_->number(waiting) == 0 && Clock::now() < limit) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  ASSERT_TRUE(other.execute("COMMIT"));
  adding.join();
  EXPECT_EQ(admission, SmsAdmission::balance_not_enough) << "3 are left, and it costs 5";
  EXPECT_EQ(database->customers().standing("bank")->balance_minor, 3);
}

TEST_F(PostgresDatabaseTest, TheFirstMasterKeyIsTheOneThatCounts) {
  std::vector<std::thread> threads;
  std::array<std::atomic<int>, 2> opened{};
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      const auto key = static_cast<std::uint8_t>(t % 2);
      const auto database = open_postgres_database(place_->target(), master_key_of(key));
      if (database) {
        ++opened.at(key);
      } else {
        EXPECT_EQ(database.error().code, Errc::integrity_failure) << database.error().detail;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened[0] + opened[1], 4) << "all with one key, nobody with the other";
  EXPECT_EQ(opened[0] * opened[1], 0);
}

TEST_F(PostgresDatabaseTest, ADatabaseOfAnotherEncodingIsRefused) {
  place_->meddle(
      "CREATE DATABASE " + place_->name() + "_latin ENCODING 'LATIN1' TEMPLATE template0"
  );
  const auto latin =
      open_postgres_database({.url = place_->url() + "_latin", .password = {}}, master_key_of(1));
  place_->meddle("DROP DATABASE " + place_->name() + "_latin");
  ASSERT_FALSE(latin);
  EXPECT_NE(latin.error().detail.find("UTF8"), std::string::npos) << latin.error().detail;
}

TEST_F(PostgresDatabaseTest, AReadOnlyDatabaseIsRefused) {
  place_->meddle("ALTER DATABASE " + place_->name() + " SET default_transaction_read_only = on");
  const auto standby = open_postgres_database(place_->target(), master_key_of(1));
  ASSERT_FALSE(standby);
  EXPECT_EQ(standby.error().code, Errc::storage_unavailable);
  EXPECT_NE(standby.error().detail.find("read-only"), std::string::npos) << standby.error().detail;
}

TEST_F(PostgresDatabaseTest, LookingChangesNothing) {
  EXPECT_TRUE(inspect_postgres(place_->target()).value().is_empty);
  EXPECT_EQ(place_->number("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), 0);
  (void)open(place_->url());
  EXPECT_FALSE(inspect_postgres(place_->target()).value().is_empty);
}

}  // namespace
}  // namespace selfsame::storage
