// SPDX-License-Identifier: Apache-2.0
// One client's connection: reads requests, calls the handler, writes answers. Private to the room.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "http/budget.h"
#include "http/limits.h"
#include "http/request_reader.h"
#include "http/server.h"
#include "http/transport.h"

namespace selfsame::http {

/// What all connections of a server share. Outlives them.
struct Surroundings {
  Surroundings(ServerOptions with, Handler answer, LimitsFor limits, Observer watch)
      : options(std::move(with)),
        handler(std::move(answer)),
        limits_for(std::move(limits)),
        observer(std::move(watch)),
        budget(options.buffered_bytes_max) {}

  ServerOptions options;
  Handler handler;
  LimitsFor limits_for;
  Observer observer;
  Budget budget;
  std::atomic<bool> stopping{false};
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(std::unique_ptr<Transport> transport, std::shared_ptr<Surroundings> surroundings);

  /// Serves until the connection ends. On its strand; the owner keeps the object until it returns.
  boost::asio::awaitable<void> run();
  /// Answers 503 and closes: for a connection too many.
  boost::asio::awaitable<void> turn_away();

  /// Thread-safe. Something takes too long, and expire() is due.
  [[nodiscard]] bool is_overdue(Clock::time_point now) const noexcept {
    return now.time_since_epoch().count() >= deadline_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] boost::asio::any_io_executor executor() {
    return transport_->socket().get_executor();
  }
  boost::asio::cancellation_signal& cancellation() noexcept { return cancellation_; }

  // On the strand only:
  void expire();  // ends the present wait if it is overdue
  void hurry();   // the server stops: nothing to wait for but requests that have begun
  void cut();     // ends everything
  [[nodiscard]] bool was_cut() const noexcept { return cut_; }

 private:
  enum class Doing : std::uint8_t { handshaking, idle, reading, handling, writing, closing };
  enum class Read : std::uint8_t { complete, refused, closed, timed_out };

  struct Answer {
    std::string head;  // empty: nobody is there to answer
    Response response;
    bool keep_alive = false;
    bool without_body = false;  // of HEAD
  };

  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<Answer> answer_one();
  boost::asio::awaitable<Read> read_request();
  boost::asio::awaitable<bool> write(Answer answer);
  boost::asio::awaitable<void> close_politely();
  bool has_unread_bytes();
  void wait_at_most(std::chrono::milliseconds time) noexcept;
  void wait_until(Clock::time_point when) noexcept;
  void allow_for(Clock::time_point began, bool is_body) noexcept;
  void begin_exchange();
  void report(int status);

  std::shared_ptr<Surroundings> surroundings_;
  std::unique_ptr<Transport> transport_;
  RequestReader reader_;
  boost::asio::cancellation_signal cancellation_;
  std::atomic<Clock::rep> deadline_;  // steady clock; the server's sweeper reads it
  Doing doing_ = Doing::handshaking;
  bool expired_ = false;
  bool cut_ = false;

  // Of the present exchange:
  std::string request_id_;
  std::string method_;
  Clock::time_point began_;
  std::size_t bytes_out_ = 0;
  std::size_t body_began_ = 0;  // bytes of the message before its body
};

}  // namespace selfsame::http
