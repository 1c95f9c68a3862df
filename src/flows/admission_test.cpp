// SPDX-License-Identifier: Apache-2.0
#include "flows/admission.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/customer_fields.h"
#include "flows/test_await.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

using core::RefusalCause;
using std::chrono::milliseconds;
using testing::await;

constexpr core::Product kProduct = core::Product::native_comparisons;
constexpr Timestamp kNow{milliseconds(1'800'000'000'000)};
const Deadline kFar = std::chrono::steady_clock::now() + std::chrono::hours(1);

// Counts

class Counting : public ::testing::Test {
 protected:
  std::optional<RefusalCause> enter(
      const core::Quotas& quotas, int at_ms = 0, const std::string& customer = "bank"
  ) {
    auto place = counts_.enter(customer, kProduct, quotas, start_ + milliseconds(at_ms));
    if (!place) return place.error();
    places_.push_back(std::move(*place));
    return std::nullopt;
  }

  QuotaCounts counts_;
  QuotaCounts::Time start_ = std::chrono::steady_clock::now();
  std::vector<QuotaCounts::Place> places_;
};

TEST_F(Counting, ASecondsWorthMayComeAtOnce) {
  const core::Quotas quotas{.per_second = 5, .at_once = {}, .per_day = {}};
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(enter(quotas)) << i;
  EXPECT_EQ(enter(quotas), RefusalCause::too_many_per_second);
  EXPECT_EQ(enter(quotas, 190), RefusalCause::too_many_per_second);
  EXPECT_FALSE(enter(quotas, 210));
  EXPECT_EQ(enter(quotas, 220), RefusalCause::too_many_per_second);
  EXPECT_FALSE(enter(quotas, 0, "another"));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(enter(quotas, 60'000)) << i;
  EXPECT_TRUE(enter(quotas, 60'000)) << "a pause earns no more than a second's worth";
  EXPECT_TRUE(enter(quotas, 59'000)) << "a clock that goes back earns nothing";
}

TEST_F(Counting, InTheLongRunTheRateIsKept) {
  const core::Quotas quotas{.per_second = 10, .at_once = {}, .per_day = {}};
  int admitted = 0;
  for (int at_ms = 0; at_ms < 10'000; at_ms += 7) admitted += enter(quotas, at_ms) ? 0 : 1;
  EXPECT_NEAR(admitted, 110, 1);
}

TEST_F(Counting, PlacesAreGivenBack) {
  const core::Quotas quotas{.per_second = {}, .at_once = 2, .per_day = {}};
  EXPECT_FALSE(enter(quotas));
  EXPECT_FALSE(enter(quotas));
  EXPECT_EQ(enter(quotas), RefusalCause::too_many_at_once);
  places_.pop_back();
  EXPECT_FALSE(enter(quotas));
  EXPECT_EQ(enter(quotas), RefusalCause::too_many_at_once);
  places_.clear();
  EXPECT_FALSE(enter(quotas));
}

TEST_F(Counting, NothingSettledCountsNothing) {
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(enter({}));
  EXPECT_EQ(
      enter({.per_second = 0, .at_once = {}, .per_day = {}}), RefusalCause::too_many_per_second
  );
  EXPECT_EQ(enter({.per_second = {}, .at_once = 0, .per_day = {}}), RefusalCause::too_many_at_once);
}

TEST_F(Counting, APlaceMayOutliveTheCounts) {
  QuotaCounts::Place place;
  {
    QuotaCounts counts;
    place =
        *counts.enter("bank", kProduct, {.per_second = {}, .at_once = 1, .per_day = {}}, start_);
  }
  place.reset();
}

TEST_F(Counting, ThreadsAreNeverMoreThanTheirPlaces) {
  const core::Quotas quotas{.per_second = {}, .at_once = 3, .per_day = {}};
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2'000; ++i) {
        const auto place = counts_.enter("bank", kProduct, quotas, start_);
        if (!place) continue;
        const int now = ++inside;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_FALSE(enter(quotas));
}

// The door

class AdmissionTest : public ::testing::Test {
 protected:
  void settle(std::initializer_list<std::pair<const char*, const char*>> fields) {
    storage::CustomerVersion next;
    next.customer = "bank";
    next.version = database_->customers().standing("bank")->version + 1;
    for (const auto& [name, value] : fields) {
      ASSERT_TRUE(core::assign(next.settings, name, value)) << name;
    }
    ASSERT_TRUE(database_->customers().settle(next));
  }

  auto ask(std::string address = "127.0.0.1") {
    return await(admission_.admit({
        .caller = {.customer = "bank", .access_key_id = "AK1"},
        .product = kProduct,
        .client_address = std::move(address),
        .device = {},
        .deadline = kFar,
    }));
  }

  std::optional<RefusalCause> cause() {
    const auto admitted = ask();
    return admitted ? std::nullopt : admitted.error().cause;
  }

  storage::testing::TemporaryDirectory place_;
  std::unique_ptr<storage::Database> database_ = std::move(
      *storage::open_database(place_.path() / "data" / "db", storage::testing::master_key_of(1))
  );
  WorkerPool pool_{2, 8};
  ManualClock clock_{kNow};
  Admission admission_{*database_, pool_, clock_};
};

TEST_F(AdmissionTest, WhatIsSettledCountsFromTheNextRequestOn) {
  const auto admitted = ask();
  ASSERT_TRUE(admitted);
  EXPECT_FALSE(admitted->customer->suspended);
  settle({{"suspended", "true"}});
  EXPECT_EQ(cause(), RefusalCause::suspended);
  settle({{"sandbox", "true"}});
  EXPECT_TRUE(ask()->customer->sandbox);
  settle({{"networks", "10.0.0.0/8"}});
  EXPECT_TRUE(ask("10.1.1.1"));
  EXPECT_EQ(ask("11.1.1.1").error().cause, RefusalCause::address_not_allowed);
  EXPECT_EQ(ask("11.1.1.1").error().error.code, Errc::forbidden);
}

TEST_F(AdmissionTest, TheDayOfAQuotaIsOfUtc) {
  settle({{"quota/native.comparisons/per_day", "2"}});
  EXPECT_FALSE(cause());
  EXPECT_FALSE(cause());
  EXPECT_EQ(cause(), RefusalCause::daily_quota_used);
  EXPECT_EQ(ask().error().error.code, Errc::rate_limited);
  const auto day = std::chrono::floor<std::chrono::days>(kNow);
  clock_.advance(Timestamp(day + std::chrono::days(1)) - kNow - milliseconds(1));
  EXPECT_EQ(cause(), RefusalCause::daily_quota_used);
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(cause());
}

TEST_F(AdmissionTest, ARefusedRequestCountsToNoQuota) {
  settle({{"quota/*/per_day", "1"}, {"quota/*/at_once", "1"}});
  {
    const auto first = ask();
    ASSERT_TRUE(first);
    settle({{"quota/*/per_day", "2"}, {"quota/*/at_once", "1"}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(cause(), RefusalCause::too_many_at_once);
  }
  EXPECT_FALSE(cause()) << "those were not counted to the day";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cause(), RefusalCause::daily_quota_used);
  settle({{"quota/*/per_day", "3"}, {"quota/*/at_once", "1"}});
  EXPECT_FALSE(cause()) << "their places were given back";
}

TEST_F(AdmissionTest, WhatWasReadWithTheKeyIsNotReadAgain) {
  const Authentication authentication(*database_, pool_, clock_);
  const auto made = database_->access_keys().create("bank", kNow);
  ASSERT_TRUE(made);
  settle({{"suspended", "true"}});
  const auto key = await(authentication.find_key(made->key.access_key_id, kFar));
  const auto bearer = await(authentication.find_bearer(made->appcode.clone(), kFar));
  ASSERT_TRUE(key && bearer);
  settle({});
  const auto ask_as = [&](Caller caller) {
    return await(admission_.admit({
        .caller = std::move(caller),
        .product = kProduct,
        .client_address = "127.0.0.1",
        .device = {},
        .deadline = kFar,
    }));
  };
  for (const Caller& caller : {key->caller, *bearer}) {
    EXPECT_EQ(caller.customer, "bank");
    EXPECT_EQ(caller.access_key_id, made->key.access_key_id);
    EXPECT_EQ(ask_as(caller).error().cause, RefusalCause::suspended) << "as of that moment";
  }
  const auto next = await(authentication.find_key(made->key.access_key_id, kFar));
  ASSERT_TRUE(next);
  EXPECT_TRUE(ask_as(next->caller)) << "and the next request is of the next";
}

TEST_F(AdmissionTest, WhatCannotBeFoundOutIsNoAdmission) {
  const auto late = await(admission_.admit({
      .caller = {.customer = "bank", .access_key_id = "AK1"},
      .product = kProduct,
      .client_address = "",
      .device = {},
      .deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1),
  }));
  ASSERT_FALSE(late);
  EXPECT_FALSE(late.error().cause);
  EXPECT_EQ(late.error().error.code, Errc::deadline_exceeded);
}

}  // namespace
}  // namespace selfsame::flows
