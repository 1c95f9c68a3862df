// SPDX-License-Identifier: Apache-2.0
#include "flows/fair_queue.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace selfsame::flows {
namespace {

constexpr double kBusyFades_s = 0.4;  // without rest busy() reaches kBusy in 0.9 s
constexpr double kBusy = 0.9;
constexpr double kUseFades_s = 2;
constexpr double kForgotten_s = 1e-3;  // use that makes no difference any more
constexpr double kWeight = 0.1;        // of the latest job in the cost of its kind

double fading(double past_s, double time_s) {
  return std::exp(-std::max(0.0, past_s) / time_s);
}

double seconds_between(FairQueue::Time from, FairQueue::Time to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace

/// Whoever used less comes first, and then whoever came first.
bool FairQueue::Account::comes_before(double other_used_s, std::uint64_t other_arrival) const {
  if (waiting.empty()) return false;
  return used_s() < other_used_s ||
         (used_s() == other_used_s && waiting.front().arrival < other_arrival);
}

double FairQueue::busy(Time now) const noexcept {
  const double share =
      static_cast<double>(std::min(running_, workers_)) / static_cast<double>(workers_);
  return share + (busy_ - share) * fading(seconds_between(noted_, now), kBusyFades_s);
}

bool FairQueue::is_strict(Time now) const noexcept {
  return busy(now) >= kBusy;
}

/// Lets time pass: what was spent fades, and customers of whom nothing is left are forgotten.
void FairQueue::note_time(Time now) {
  busy_ = busy(now);
  const double left = fading(seconds_between(noted_, now), kUseFades_s);
  noted_ = std::max(noted_, now);
  for (auto& [customer, account] : accounts_) account.spent_s *= left;
  std::erase_if(accounts_, [](const auto& entry) {
    const Account& account = entry.second;
    return account.waiting.empty() && account.running == 0 && account.spent_s < kForgotten_s;
  });
}

std::optional<Refusal> FairQueue::refusal(const std::string& customer, Time now) const {
  if (running_ < workers_) return std::nullopt;
  const std::size_t most = is_strict(now) ? std::min(workers_, burst_) : burst_;
  if (waiting_ < most) return std::nullopt;
  const auto found = accounts_.find(customer);
  const bool known = found != accounts_.end();
  if (known && !found->second.waiting.empty()) return Refusal::share;
  // Nobody is shut out by what others wait for, unless there are many of them.
  const double used_s = known ? found->second.used_s() : 0;
  std::size_t ahead = 0;
  for (const auto& [name, account] : accounts_) {
    if (account.comes_before(used_s, arrivals_)) ahead += account.waiting.size();
  }
  if (ahead < most && waiting_ < 2 * burst_) return std::nullopt;
  return Refusal::full;
}

void FairQueue::push(Job job, Time now) {
  note_time(now);
  Account& account = accounts_[job.customer];
  account.waiting.push_back({.arrival = arrivals_++, .job = std::move(job)});
  ++waiting_;
}

/// The customer of all running jobs; null where they are of several.
const std::string* FairQueue::sole_holder() const {
  const auto found = std::ranges::find_if(accounts_, [&](const auto& entry) {
    return entry.second.running == running_;
  });
  return found == accounts_.end() ? nullptr : &found->first;
}

/// Whose waiting job may start; end() where none may.
FairQueue::Accounts::iterator FairQueue::choose() {
  const std::string* passed_over = nullptr;
  if (running_ >= workers_) {
    if (running_ >= workers_ + kSpare) return accounts_.end();
    passed_over = sole_holder();
    if (passed_over == nullptr) return accounts_.end();
  }
  auto next = accounts_.end();
  double used_s = std::numeric_limits<double>::infinity();
  std::uint64_t arrival = 0;
  for (auto each = accounts_.begin(); each != accounts_.end(); ++each) {
    if (&each->first == passed_over || !each->second.comes_before(used_s, arrival)) continue;
    next = each;
    used_s = each->second.used_s();
    arrival = each->second.waiting.front().arrival;
  }
  return next;
}

std::optional<FairQueue::Started> FairQueue::take(Time now) {
  note_time(now);
  const auto next = choose();
  if (next == accounts_.end()) return std::nullopt;
  Account& account = next->second;
  Job job = std::move(account.waiting.front().job);
  account.waiting.pop_front();
  --waiting_;
  ++account.running;
  ++running_;
  const double charged_s = cost_s(job.kind);
  account.charged_s += charged_s;
  return Started{
      .held = {.customer = std::move(job.customer), .kind = job.kind, .charged_s = charged_s},
      .start = std::move(job.start)
  };
}

void FairQueue::finish(const Held& held, std::optional<double> cost_s, Time now) {
  note_time(now);
  Account& account = accounts_[held.customer];
  --account.running;
  --running_;
  account.charged_s = account.running == 0 ? 0 : account.charged_s - held.charged_s;
  account.spent_s += cost_s.value_or(0);
  if (!cost_s) return;
  const auto kind = static_cast<std::size_t>(held.kind);
  double& known_s = costs_s_.at(kind);
  known_s += (std::exchange(measured_.at(kind), true) ? kWeight : 1) * (*cost_s - known_s);
}

}  // namespace selfsame::flows
