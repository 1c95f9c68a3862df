// SPDX-License-Identifier: Apache-2.0
// The one door from coroutines to work that blocks: inference, decoding, the database.
#pragma once

#include <atomic>
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
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"

namespace selfsame::flows {

namespace asio = boost::asio;

using Deadline = std::chrono::steady_clock::time_point;

/// A fixed number of threads and a bounded queue. Thread-safe.
class WorkerPool {
 public:
  /// @param threads      at least 1
  /// @param max_waiting  jobs that may wait for a thread; one more is refused
  WorkerPool(std::size_t threads, std::size_t max_waiting)
      : pool_(threads), limit_(threads + max_waiting) {}

  /// Runs `work(args...)`, which returns a Result, on a pool thread and resumes the caller on its
  /// own executor. Refuses at once with `overloaded` when the queue is full: a queue that cannot be
  /// drained before the deadline only adds latency. A job whose deadline has passed when its turn
  /// comes is not started: `deadline_exceeded`. What `work` throws is thrown to the caller.
  /// Arguments are moved into the coroutine frame; pass a function and its arguments, not a
  /// capturing lambda (gcc 12 destroys a temporary closure twice inside co_await).
  template <class F, class... Args>
  [[nodiscard]] asio::awaitable<std::invoke_result_t<F, Args&...>> run(
      Deadline deadline, F work, Args... args
  ) {
    using Value = std::invoke_result_t<F, Args&...>;
    const Ticket ticket(*this);
    if (!ticket.admitted) {
      refused_.fetch_add(1, std::memory_order_relaxed);
      co_return fail(Errc::overloaded, "worker queue is full");
    }
    const auto home = co_await asio::this_coro::executor;
    co_await asio::post(asio::bind_executor(pool_, asio::use_awaitable));
    std::optional<Value> result;
    std::exception_ptr thrown;
    if (std::chrono::steady_clock::now() < deadline) {
      try {
        result.emplace(std::invoke(work, args...));
      } catch (...) {
        thrown = std::current_exception();
      }
    } else {
      result.emplace(fail(Errc::deadline_exceeded, "waited too long for a worker"));
    }
    co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*result);
  }

  /// Waits for the running and queued jobs. No `run` may be called afterwards.
  void join() { pool_.join(); }

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_.load(); }
  [[nodiscard]] std::size_t refused() const noexcept { return refused_.load(); }

 private:
  struct Ticket {
    explicit Ticket(WorkerPool& pool)
        : owner(pool), admitted(pool.in_flight_.fetch_add(1) < pool.limit_) {}
    ~Ticket() { owner.in_flight_.fetch_sub(1); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    WorkerPool& owner;
    bool admitted;
  };

  asio::thread_pool pool_;
  std::atomic<std::size_t> in_flight_ = 0;
  std::atomic<std::size_t> refused_ = 0;
  std::size_t limit_;
};

}  // namespace selfsame::flows
