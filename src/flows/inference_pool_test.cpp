// SPDX-License-Identifier: Apache-2.0
#include "flows/inference_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "flows/test_await.h"

namespace selfsame::flows {
namespace {

using testing::await;

const Deadline kFar = std::chrono::steady_clock::now() + std::chrono::hours(1);

Turn turn_of(std::string customer, Deadline deadline = kFar) {
  return {.customer = std::move(customer), .deadline = deadline, .is_abandoned = {}};
}

/// Holds a worker until it is released.
class Holder {
 public:
  Holder(InferencePool& pool, std::string customer)
      : thread_([this, &pool, turn = turn_of(std::move(customer))] {
          const auto hold = [this] {
            running_.set_value();
            go_.get_future().wait();
            return Result<int>(1);
          };
          EXPECT_EQ(*await(pool.run(turn, hold)), 1);
        }) {}
  ~Holder() { release(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  void until_running() { running_.get_future().wait(); }
  void release() {
    if (!thread_.joinable()) return;
    go_.set_value();
    thread_.join();
  }

 private:
  std::promise<void> running_;
  std::promise<void> go_;
  std::thread thread_;
};

Result<int> two() {
  return 2;
}

TEST(InferencePool, RunsElsewhereAndComesBack) {
  InferencePool pool(1, 1);
  const auto where = [] { return Result<std::thread::id>(std::this_thread::get_id()); };
  EXPECT_NE(*await(pool.run(turn_of("a"), where)), std::this_thread::get_id());
  EXPECT_EQ(pool.in_flight(), 0u);
}

TEST(InferencePool, RefusesAtOnceWhenFull) {
  InferencePool pool(1, 0);
  Holder holder(pool, "a");
  holder.until_running();
  EXPECT_TRUE(pool.refuses("a"));
  EXPECT_EQ(await(pool.run(turn_of("a"), two)).error().code, Errc::overloaded);
  EXPECT_EQ(pool.load().refused.share + pool.load().refused.full, 2u);
  holder.release();
  EXPECT_FALSE(pool.refuses("a"));
  EXPECT_EQ(*await(pool.run(turn_of("a"), two)), 2);
}

TEST(InferencePool, AnotherCustomerDoesNotWaitForTheOneThatHoldsAllWorkers) {
  InferencePool pool(2, 8);
  Holder one(pool, "a");
  Holder other(pool, "a");
  one.until_running();
  other.until_running();
  EXPECT_EQ(*await(pool.run(turn_of("b"), two)), 2);
}

TEST(InferencePool, AJobAfterItsDeadlineIsNotStarted) {
  InferencePool pool(1, 1);
  bool started = false;
  const auto job = [&] {
    started = true;
    return Result<int>(1);
  };
  const Deadline past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(await(pool.run(turn_of("a", past), job)).error().code, Errc::deadline_exceeded);
  EXPECT_FALSE(started);
  EXPECT_EQ(pool.load().refused.deadline, 1u);
}

TEST(InferencePool, AJobThatWaitedUntilNobodyWantedItIsNotStarted) {
  InferencePool pool(1, 1);
  std::atomic<int> started = 0;
  const auto job = [&] {
    ++started;
    return Result<int>(1);
  };
  Turn turn = turn_of("a");
  turn.is_abandoned = [] { return true; };
  EXPECT_TRUE(await(pool.run(turn, job)));  // it did not wait
  Holder holder(pool, "a");
  holder.until_running();
  auto waiting = std::async(std::launch::async, [&] { return await(pool.run(turn, job)); });
  std::this_thread::sleep_for(2 * kPatience);
  holder.release();
  EXPECT_EQ(waiting.get().error().code, Errc::deadline_exceeded);
  EXPECT_EQ(started, 1);
  EXPECT_EQ(pool.load().refused.abandoned, 1u);
}

TEST(InferencePool, WhatAJobThrowsReachesTheCaller) {
  InferencePool pool(1, 1);
  const auto job = []() -> Result<int> { throw std::runtime_error("broken"); };
  EXPECT_THROW(static_cast<void>(await(pool.run(turn_of("a"), job))), std::runtime_error);
  EXPECT_EQ(pool.in_flight(), 0u);
}

TEST(InferencePool, ServesManyCallersAtOnce) {
  InferencePool pool(2, 4);
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, customer = std::to_string(i % 3)] {
      for (int n = 0; n < 200; ++n) {
        const auto result = await(pool.run(turn_of(customer), two));
        ++(result ? done : refused);
        if (!result) EXPECT_EQ(result.error().code, Errc::overloaded);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done + refused, 1600);
  EXPECT_GT(done, 0);
  EXPECT_EQ(pool.in_flight(), 0u);
}

}  // namespace
}  // namespace selfsame::flows
