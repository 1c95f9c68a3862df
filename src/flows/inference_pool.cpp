// SPDX-License-Identifier: Apache-2.0
#include "flows/inference_pool.h"

namespace selfsame::flows {

InferencePool::Place::~Place() {
  const auto now = Clock::now();
  std::optional<double> cost_s;
  if (began_) cost_s = std::chrono::duration<double>(now - *began_).count();
  const std::scoped_lock lock(pool_.mutex_);
  pool_.queue_.finish(held_, cost_s, now);
  pool_.start_next();
}

void InferencePool::count(Refusal refusal) {
  ++(refusal == Refusal::share ? refused_.share : refused_.full);
}

/// Queues the job, or says no.
bool InferencePool::admit(FairQueue::Job job) {
  const std::scoped_lock lock(mutex_);
  const auto now = Clock::now();
  if (const auto refusal = queue_.refusal(job.customer, now)) {
    count(*refusal);
    return false;
  }
  queue_.push(std::move(job), now);
  start_next();
  return true;
}

/// Under the lock.
void InferencePool::start_next() {
  while (auto started = queue_.take(Clock::now())) {
    asio::post(threads_, [next = std::move(*started)]() mutable {
      next.start(std::move(next.held));
    });
  }
}

bool InferencePool::is_wanted(const Turn& turn, Clock::time_point asked_at) {
  const auto now = Clock::now();
  const bool late = now >= turn.deadline;
  const bool may_ask = turn.is_abandoned && now - asked_at > kPatience;
  const bool wanted = !late && !(may_ask && turn.is_abandoned());
  if (!wanted) {
    const std::scoped_lock lock(mutex_);
    ++(late ? refused_.deadline : refused_.abandoned);
  }
  return wanted;
}

bool InferencePool::refuses(const std::string& customer) {
  const std::scoped_lock lock(mutex_);
  const auto refusal = queue_.refusal(customer, Clock::now());
  if (refusal) count(*refusal);
  return refusal.has_value();
}

std::size_t InferencePool::in_flight() const {
  const std::scoped_lock lock(mutex_);
  return queue_.running() + queue_.waiting();
}

InferencePool::Load InferencePool::load() const {
  const std::scoped_lock lock(mutex_);
  Load load{
      .running = queue_.running(), .waiting = queue_.waiting(), .busy = queue_.busy(Clock::now())
  };
  for (std::size_t kind = 0; kind < kWorkKinds; ++kind) {
    load.costs_s.at(kind) = queue_.cost_s(static_cast<Work>(kind));
  }
  load.refused = refused_;
  return load;
}

}  // namespace selfsame::flows
