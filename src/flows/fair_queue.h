// SPDX-License-Identifier: Apache-2.0
// Which inference job is admitted and which one is next: the law of InferencePool, without threads
// and clock. docs/decisions/2026-11-26-admission.md says why it is this one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace selfsame::flows {

/// Kinds of jobs that differ in cost.
enum class Work : std::uint8_t { photo_comparison, video_liveness, document_reading };
inline constexpr std::size_t kWorkKinds = 3;

/// Why a job is not admitted.
enum class Refusal : std::uint8_t {
  share,  // as much of this customer waits already as may
  full,   // as much of all customers waits already as may
};

/// Jobs wait for one of `workers` places. The next one is of the customer that used the workers the
/// least in the last seconds: customers get the same share of the time, whatever their jobs cost,
/// and one that asks for little does not wait for those that ask for much.
///
/// While there was room lately, `burst` jobs may wait. Once the workers have had no rest for about
/// a second, only as many jobs as there are workers may: whoever is admitted then waits as long as
/// one more job takes. A customer of whom nothing waits is admitted beyond that, unless as many
/// jobs come before its own.
///
/// One place more (the spare) is there for the time when all running jobs are of one customer and
/// another waits. Not thread-safe.
class FairQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A place while a job runs in it.
  struct Held {
    std::string customer;
    Work kind{};
    double charged_s = 0;  // the cost that was expected
  };
  struct Job {
    std::string customer;
    Work kind{};
    std::function<void(Held)> start;  // for the caller of take(); never called here
  };
  struct Started {
    Held held;
    std::function<void(Held)> start;
  };

  /// @param workers  at least 1
  /// @param burst    jobs that may wait while the pool was not busy
  FairQueue(std::size_t workers, std::size_t burst) : workers_(workers), burst_(burst) {}

  /// Why a job of this customer would be refused now; nothing: it is welcome.
  [[nodiscard]] std::optional<Refusal> refusal(const std::string& customer, Time now) const;
  /// After refusal() had nothing to say.
  void push(Job job, Time now);
  /// The job that starts now; nothing: none waits, or no place is free. Call it after push() and
  /// finish() until there is none.
  [[nodiscard]] std::optional<Started> take(Time now);
  /// The job in this place has ended and took `cost_s` seconds; nothing: it was not done.
  void finish(const Held& held, std::optional<double> cost_s, Time now);

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
  [[nodiscard]] std::size_t running() const noexcept { return running_; }
  /// What a job of that kind took lately, seconds.
  [[nodiscard]] double cost_s(Work kind) const noexcept {
    return costs_s_.at(static_cast<std::size_t>(kind));
  }
  /// The share of the workers' time that was in use in the last second or so, 0..1.
  [[nodiscard]] double busy(Time now) const noexcept;
  /// Only as many jobs as there are workers may wait now.
  [[nodiscard]] bool is_strict(Time now) const noexcept;

  static constexpr std::size_t kSpare = 1;

 private:
  struct Waiting {
    std::uint64_t arrival;
    Job job;
  };
  struct Account {
    double spent_s = 0;    // by what has ended, fading
    double charged_s = 0;  // for what runs
    std::deque<Waiting> waiting;
    std::size_t running = 0;

    [[nodiscard]] double used_s() const { return spent_s + charged_s; }
    [[nodiscard]] bool comes_before(double other_used_s, std::uint64_t other_arrival) const;
  };
  using Accounts = std::unordered_map<std::string, Account>;

  [[nodiscard]] Accounts::iterator choose();
  [[nodiscard]] const std::string* sole_holder() const;
  void note_time(Time now);

  std::size_t workers_;
  std::size_t burst_;
  Accounts accounts_;  // of customers of whom something waits, runs or is remembered
  std::size_t waiting_ = 0;
  std::size_t running_ = 0;
  std::uint64_t arrivals_ = 0;
  std::array<double, kWorkKinds> costs_s_ = {0.1, 0.5, 0.5};  // guesses until the first has ended
  std::array<bool, kWorkKinds> measured_{};
  double busy_ = 0;
  Time noted_;
};

}  // namespace selfsame::flows
