// SPDX-License-Identifier: Apache-2.0
// The one door from coroutines to inference and decoding: bounded waiting, fair between customers.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "flows/fair_queue.h"
#include "flows/worker_pool.h"

namespace selfsame::flows {

/// Who asks for which work, and how long its result is of use.
struct Turn {
  std::string customer;
  Work kind{};
  Deadline deadline;
  std::function<bool()> is_abandoned;  // nobody waits for it any more; empty: somebody does
};

/// Only after this long in the queue it is asked whether somebody still waits: a client that has
/// closed its sending half may well read its answer.
inline constexpr std::chrono::milliseconds kPatience{50};

/// A fixed number of threads and a FairQueue before them. Thread-safe.
class InferencePool {
 public:
  using Clock = std::chrono::steady_clock;

  /// What became of the jobs that were not done.
  struct Refused {
    std::size_t share = 0;      // the customer has its share of the queue
    std::size_t full = 0;       // the queue is full for everybody
    std::size_t deadline = 0;   // admitted, and its deadline passed before its turn
    std::size_t abandoned = 0;  // admitted, and nobody waited for it any more
  };
  struct Load {
    std::size_t running = 0;
    std::size_t waiting = 0;
    double busy = 0;  // FairQueue::busy
    std::array<double, kWorkKinds> costs_s{};
    Refused refused;
  };

  /// @param workers  at least 1
  /// @param burst    jobs that may wait while the workers have not been busy all the time
  InferencePool(std::size_t workers, std::size_t burst)
      : queue_(workers, burst), threads_(workers + FairQueue::kSpare) {}

  /// Runs `work(args...)`, which returns a Result, on a thread of the pool and resumes the caller
  /// on its own executor. `overloaded` at once where FairQueue refuses it; `deadline_exceeded`,
  /// without running, when its turn comes too late or for nobody. What `work` throws is thrown to
  /// the caller. Pass a function and its arguments, as to WorkerPool::run.
  template <class F, class... Args>
  [[nodiscard]] asio::awaitable<std::invoke_result_t<F, Args&...>> run(
      Turn turn, F work, Args... args
  ) {
    using Value = std::invoke_result_t<F, Args&...>;
    const auto home = co_await asio::this_coro::executor;
    auto to_threads = asio::bind_executor(threads_, asio::use_awaitable);
    const auto asked_at = Clock::now();
    using Held = std::optional<FairQueue::Held>;
    const auto enter = [this, &turn, &home](auto handler) {
      const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
      const auto start = [resume](Held place) { std::move (*resume)(std::move(place)); };
      const bool admitted = admit({.customer = turn.customer, .kind = turn.kind, .start = start});
      // An admitted caller may have gone on already: nothing of its frame may be touched.
      if (!admitted) asio::post(home, [start] { start(std::nullopt); });
    };
    const Held held =
        co_await asio::async_initiate<decltype(to_threads), void(Held)>(enter, to_threads);
    if (!held) co_return fail(Errc::overloaded, "the inference queue is full");
    std::optional<Value> result;
    std::exception_ptr thrown;
    {
      Place place(*this, *held);
      if (is_wanted(turn, asked_at)) {
        place.begin();
        try {
          result.emplace(std::invoke(work, args...));
        } catch (...) {
          thrown = std::current_exception();
        }
      } else {
        result.emplace(fail(Errc::deadline_exceeded, "waited too long for a worker"));
      }
    }
    co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*result);
  }

  /// A job of this customer would be refused now: spare the work of preparing it.
  [[nodiscard]] bool refuses(const std::string& customer);

  /// Waits for the running and queued jobs. No `run` may be called afterwards.
  void join() { threads_.join(); }

  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] Load load() const;

 private:
  /// A worker while it is held.
  class Place {
   public:
    Place(InferencePool& pool, const FairQueue::Held& held) : pool_(pool), held_(held) {}
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    void begin() { began_ = Clock::now(); }

   private:
    InferencePool& pool_;
    const FairQueue::Held& held_;
    std::optional<Clock::time_point> began_;
  };

  [[nodiscard]] bool admit(FairQueue::Job job);
  [[nodiscard]] bool is_wanted(const Turn& turn, Clock::time_point asked_at);
  void count(Refusal refusal);
  void start_next();

  mutable std::mutex mutex_;  // guards the two below
  FairQueue queue_;
  Refused refused_;
  asio::thread_pool threads_;
};

}  // namespace selfsame::flows
