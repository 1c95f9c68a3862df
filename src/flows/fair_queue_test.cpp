// SPDX-License-Identifier: Apache-2.0
#include "flows/fair_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace selfsame::flows {
namespace {

using Seconds = std::chrono::duration<double>;

/// The queue on a machine whose jobs take exactly as long as they are said to.
class Machine {
 public:
  explicit Machine(std::size_t workers, std::size_t burst = 32) : queue_(workers, burst) {}

  bool offer(const std::string& customer, double cost_s, Work kind = Work::photo_comparison) {
    if (queue_.refusal(customer, now())) {
      ++refused[customer];
      return false;
    }
    queue_.push({.customer = customer, .kind = kind, .start = {}}, now());
    asked_[customer].push_back({now_s_, cost_s});
    start();
    return true;
  }

  void run_until(double end_s) {
    while (!running_.empty() && running_.begin()->first <= end_s) {
      const auto [at_s, job] = *running_.begin();
      running_.erase(running_.begin());
      now_s_ = at_s;
      queue_.finish(job.held, job.cost_s, now());
      latencies_s[job.held.customer].push_back(at_s - job.asked_s);
      start();
    }
    now_s_ = end_s;
  }

  [[nodiscard]] FairQueue::Time now() const {
    return FairQueue::Time{} + std::chrono::hours(1) +
           std::chrono::duration_cast<FairQueue::Time::duration>(Seconds(now_s_));
  }
  [[nodiscard]] double worst(const std::string& customer) const {
    return *std::ranges::max_element(latencies_s.at(customer));
  }
  FairQueue& queue() { return queue_; }

  std::map<std::string, std::vector<double>> latencies_s;
  std::map<std::string, int> refused;
  std::size_t most_running = 0;

 private:
  struct Running {
    FairQueue::Held held;
    double asked_s;
    double cost_s;
  };
  struct Asked {
    double at_s;
    double cost_s;
  };

  void start() {
    while (auto job = queue_.take(now())) {
      // Jobs of one customer start in the order in which they came.
      const Asked asked = asked_[job->held.customer].front();
      asked_[job->held.customer].pop_front();
      running_.insert({now_s_ + asked.cost_s, {job->held, asked.at_s, asked.cost_s}});
    }
    most_running = std::max(most_running, queue_.running());
  }

  FairQueue queue_;
  double now_s_ = 0;
  std::multimap<double, Running> running_;
  std::map<std::string, std::deque<Asked>> asked_;
};

TEST(FairQueue, RunsAsManyAsThereAreWorkersAndLetsABurstWait) {
  Machine machine(2, 3);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(machine.offer("a", 0.1)) << i;
  EXPECT_FALSE(machine.offer("a", 0.1));
  EXPECT_EQ(machine.queue().refusal("a", machine.now()), Refusal::share);
  EXPECT_EQ(machine.queue().running(), 2u);
  EXPECT_EQ(machine.queue().waiting(), 3u);
  machine.run_until(1);
  EXPECT_EQ(machine.latencies_s["a"].size(), 5u);
  EXPECT_EQ(machine.queue().running(), 0u);
}

TEST(FairQueue, MayHaveNoQueueAtAll) {
  Machine machine(1, 0);
  EXPECT_TRUE(machine.offer("a", 0.1));
  EXPECT_FALSE(machine.offer("a", 0.1));
  EXPECT_EQ(machine.queue().refusal("b", machine.now()), Refusal::full);
}

TEST(FairQueue, UnderLastingLoadNobodyWaitsLongerThanOneMoreJobTakes) {
  Machine machine(2);
  constexpr double kCost_s = 0.05;
  for (int i = 0; i < 80 * 60; ++i) {  // twice what two workers can do, for a minute
    machine.run_until(i * kCost_s / 4);
    if (i == 4 * 60) machine.latencies_s.clear();  // the burst is over after three seconds
    machine.offer("a", kCost_s);
  }
  EXPECT_LE(machine.worst("a"), 2 * kCost_s + 0.001);
  EXPECT_GE(machine.latencies_s["a"].size(), 0.95 * 57 * 40);  // and the workers never rest
}

TEST(FairQueue, ABurstMayWaitAgainOnceTheWorkersHaveRested) {
  Machine machine(2, 32);
  const auto admitted_of_40 = [&] {
    int admitted = 0;
    for (int i = 0; i < 40; ++i) admitted += machine.offer("a", 0.05) ? 1 : 0;
    return admitted;
  };
  EXPECT_EQ(admitted_of_40(), 34);
  double now_s = 0;
  for (int i = 0; i < 200; ++i) {
    machine.run_until(now_s += 0.0125);
    machine.offer("a", 0.05);
  }
  EXPECT_TRUE(machine.queue().is_strict(machine.now()));
  machine.run_until(now_s += 2);
  EXPECT_FALSE(machine.queue().is_strict(machine.now()));
  EXPECT_EQ(admitted_of_40(), 34);
}

TEST(FairQueue, AModestCustomerIsNotHeldUpByAFlood) {
  Machine machine(2);
  constexpr double kCost_s = 0.05;
  for (int i = 0; i < 400 * 30;
       ++i) {  // ten times what two workers can do, and one request a second
    machine.run_until(i * kCost_s / 20);
    machine.offer("flood", kCost_s);
    if (i % 400 == 200) machine.offer("modest", kCost_s);
  }
  machine.run_until(40);
  EXPECT_EQ(machine.refused["modest"], 0);
  EXPECT_EQ(machine.latencies_s["modest"].size(), 30u);
  EXPECT_LE(machine.worst("modest"), kCost_s + 0.001);  // the spare place: it starts at once
  EXPECT_EQ(machine.most_running, 3u);
  EXPECT_GE(machine.latencies_s["flood"].size(), 0.95 * 30 * 39);
}

TEST(FairQueue, ManyFloodsDoNotShutOutAModestCustomer) {
  Machine machine(2);
  constexpr double kCost_s = 0.05;
  for (int i = 0; i < 400 * 30; ++i) {
    machine.run_until(i * kCost_s / 20);
    machine.offer("flood" + std::to_string(i % 7), kCost_s);
    if (i % 400 == 200) machine.offer("modest", kCost_s);
  }
  machine.run_until(40);
  EXPECT_EQ(machine.refused["modest"], 0);
  EXPECT_LE(machine.worst("modest"), 2 * kCost_s + 0.001);
}

TEST(FairQueue, FloodsShareTheTimeWhateverTheirJobsCost) {
  Machine machine(2);
  for (int i = 0; i < 100 * 60; ++i) {
    machine.run_until(i * 0.01);
    machine.offer("cheap", 0.05);
    if (i % 3 == 0) machine.offer("dear", 0.4, Work::video_liveness);
  }
  machine.run_until(70);
  const double cheap_s = 0.05 * static_cast<double>(machine.latencies_s["cheap"].size());
  const double dear_s = 0.4 * static_cast<double>(machine.latencies_s["dear"].size());
  EXPECT_NEAR(cheap_s / dear_s, 1, 0.15);
}

TEST(FairQueue, DearJobsOfOneCustomerDoNotHoldUpAnother) {
  Machine machine(2);
  for (int i = 0; i < 6; ++i) machine.offer("dear", 12, Work::video_liveness);
  for (int i = 1; i <= 20; ++i) {
    machine.run_until(i);
    EXPECT_TRUE(machine.offer("modest", 0.05));
  }
  machine.run_until(100);
  EXPECT_LE(machine.worst("modest"), 0.051);
}

TEST(FairQueue, TheSpareIsForAnotherCustomerOnly) {
  Machine machine(2);
  for (int i = 0; i < 4; ++i) machine.offer("a", 1);
  EXPECT_EQ(machine.queue().running(), 2u);
  machine.offer("b", 1);
  EXPECT_EQ(machine.queue().running(), 3u);
  machine.offer("c", 1);  // not all that runs is of one customer any more
  EXPECT_EQ(machine.queue().running(), 3u);
  EXPECT_EQ(machine.queue().waiting(), 3u);
}

TEST(FairQueue, WaitingIsBoundedAtAnyNumberOfCustomers) {
  Machine machine(2, 8);
  std::size_t most = 0;
  for (int i = 0; i < 10'000; ++i) {
    machine.run_until(i * 0.001);
    machine.offer("customer" + std::to_string(i), 0.05);
    most = std::max(most, machine.queue().waiting());
  }
  EXPECT_LE(most, 16u);
  EXPECT_GT(machine.refused.size(), 9'000u);
}

TEST(FairQueue, LearnsWhatAKindCosts) {
  Machine machine(1);
  machine.offer("a", 0.3);
  machine.run_until(1);
  EXPECT_NEAR(machine.queue().cost_s(Work::photo_comparison), 0.3, 1e-6);
  for (int i = 1; i <= 60; ++i) {
    machine.offer("a", 0.1);
    machine.run_until(1 + i);
  }
  EXPECT_NEAR(machine.queue().cost_s(Work::photo_comparison), 0.1, 0.01);
}

}  // namespace
}  // namespace selfsame::flows
