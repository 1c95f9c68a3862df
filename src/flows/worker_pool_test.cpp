// SPDX-License-Identifier: Apache-2.0
#include "flows/worker_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "flows/test_await.h"

namespace selfsame::flows {
namespace {

using testing::await;

const Deadline kFar = std::chrono::steady_clock::now() + std::chrono::hours(1);

TEST(WorkerPool, RunsElsewhereAndComesBack) {
  WorkerPool pool(1, 1);
  const auto where = [] { return Result<std::thread::id>(std::this_thread::get_id()); };
  EXPECT_NE(*await(pool.run(kFar, where)), std::this_thread::get_id());
  EXPECT_EQ(pool.in_flight(), 0u);
}

TEST(WorkerPool, RefusesAtOnceWhenFull) {
  WorkerPool pool(1, 0);
  std::promise<void> go;
  std::promise<void> running;
  const auto wait = [&](std::shared_future<void> until) {
    running.set_value();
    until.wait();
    return Result<int>(1);
  };
  std::thread busy([&] {
    EXPECT_EQ(*await(pool.run(kFar, wait, std::shared_future<void>(go.get_future()))), 1);
  });
  running.get_future().wait();
  const auto two = [] { return Result<int>(2); };
  EXPECT_EQ(await(pool.run(kFar, two)).error().code, Errc::overloaded);
  EXPECT_EQ(pool.refused(), 1u);
  go.set_value();
  busy.join();
  EXPECT_EQ(*await(pool.run(kFar, two)), 2);
}

TEST(WorkerPool, AJobAfterItsDeadlineIsNotStarted) {
  WorkerPool pool(1, 1);
  bool started = false;
  const auto job = [&] {
    started = true;
    return Result<int>(1);
  };
  const Deadline past = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(await(pool.run(past, job)).error().code, Errc::deadline_exceeded);
  EXPECT_FALSE(started);
}

TEST(WorkerPool, WhatAJobThrowsReachesTheCaller) {
  WorkerPool pool(1, 1);
  const auto job = []() -> Result<int> { throw std::runtime_error("broken"); };
  EXPECT_THROW(static_cast<void>(await(pool.run(kFar, job))), std::runtime_error);
  EXPECT_EQ(pool.in_flight(), 0u);
}

}  // namespace
}  // namespace selfsame::flows
