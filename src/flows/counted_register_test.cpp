// SPDX-License-Identifier: Apache-2.0
#include "flows/counted_register.h"

#include <gtest/gtest.h>

#include "flows/test_await.h"
#include "storage/sqlite_database.h"
#include "storage/test_places.h"

namespace selfsame::flows {
namespace {

using core::RegisterFinding;
using testing::await;

/// Has everybody, and counts who asks.
class EverybodyRegister final : public Register {
 public:
  mutable int asked = 0;

  asio::awaitable<Result<RegisterAnswer>> look_up(core::RegisterQuery, Deadline) const override {
    ++asked;
    co_return RegisterAnswer{.finding = RegisterFinding::found, .photo = {1}};
  }
};

class CountedRegisterTest : public ::testing::Test {
 protected:
  ~CountedRegisterTest() override { pool_.join(); }

  RegisterFinding ask(const Register& from, const std::string& number) {
    const auto later = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    core::RegisterQuery query;
    query.number = number;
    const auto answer = await(from.look_up(std::move(query), later));
    EXPECT_TRUE(answer);
    return answer ? answer->finding : RegisterFinding::source_error;
  }

  storage::testing::TemporaryDirectory directory_;
  storage::MasterKey key_ = storage::testing::master_key_of(1);
  std::unique_ptr<storage::Database> database_ =
      storage::open_database(directory_.path() / "selfsame.db", key_).value();
  WorkerPool pool_{1, 8};
  ManualClock clock_{Timestamp(std::chrono::milliseconds(1'800'000'000'000))};
  NumberWatch numbers_{*database_, pool_, clock_};
  EverybodyRegister source_;
};

TEST_F(CountedRegisterTest, IsAskedSoOftenAboutANumberInADay) {
  const CountedRegister counted(source_, numbers_, 2);
  EXPECT_EQ(ask(counted, "A1"), RegisterFinding::found);
  EXPECT_EQ(ask(counted, "A1"), RegisterFinding::found);
  EXPECT_EQ(ask(counted, "A1"), RegisterFinding::too_many_enquiries);
  EXPECT_EQ(ask(counted, "B2"), RegisterFinding::found);
  EXPECT_EQ(source_.asked, 3) << "the source does not hear of it";
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(ask(counted, "A1"), RegisterFinding::found);
}

TEST_F(CountedRegisterTest, WithoutABoundItIsTheSource) {
  const CountedRegister counted(source_, numbers_, 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask(counted, "A1"), RegisterFinding::found);
}

}  // namespace
}  // namespace selfsame::flows
