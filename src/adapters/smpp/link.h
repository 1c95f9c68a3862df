// SPDX-License-Identifier: Apache-2.0
// One transceiver bind to a message centre: keeps it up, and sends through it.
//
// What it promises about an end of the link, expected or not: a segment of which not all bytes were
// handed to the system has not been sent (a message centre cannot take half a PDU for one); one
// whose bytes were handed over and that was not answered is in doubt, for ever.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/smpp/pdu.h"
#include "base/secret.h"
#include "flows/sms_sender.h"

namespace selfsame::adapters::smpp {

struct LinkOptions {
  std::string host;
  std::uint16_t port = 2775;
  std::string system_id;
  Secret password;
  std::string system_type;
  std::size_t window = 10;  // segments that wait for their answers at once
  double per_second = 0;    // segments, evenly; 0: as fast as it goes
  std::chrono::milliseconds connect_timeout{10'000};  // of each address; of the bind too
  std::chrono::milliseconds response_timeout{10'000};
  std::chrono::milliseconds enquire_interval{30'000};  // of silence
  std::chrono::milliseconds first_pause{500};          // before connecting again; then doubled
  std::chrono::milliseconds longest_pause{30'000};
};

/// Since the start. Read from any thread.
struct LinkCounts {
  std::atomic<bool> up = false;
  std::atomic<std::uint64_t> binds = 0;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> put_off = 0;
  std::atomic<std::uint64_t> in_doubt = 0;
  std::atomic<std::uint64_t> receipts = 0;
};

/// Not thread-safe but for counts(): everything happens on the executor, which must be one
/// thread's.
class Link final : public flows::SmsSender {
 public:
  /// @param note  one line for the log about the link, without numbers or texts of messages
  Link(
      boost::asio::any_io_executor executor,
      LinkOptions options,
      flows::SmsArrivals arrivals,
      std::function<void(const std::string&)> note
  );
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() override;

  /// Connects, binds and serves, again and again, until stop(). Call it once.
  [[nodiscard]] boost::asio::awaitable<void> run();

  /// Takes no more segments, waits so long for the answers to those that have left, unbinds.
  [[nodiscard]] boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  [[nodiscard]] bool is_up() const override;
  [[nodiscard]] std::size_t window() const override { return options_.window; }
  [[nodiscard]] boost::asio::awaitable<flows::SubmitResult> submit(flows::SmsSegment segment
  ) override;

  [[nodiscard]] const LinkCounts& counts() const noexcept { return counts_; }

 private:
  struct Session;

  [[nodiscard]] boost::asio::awaitable<std::shared_ptr<Session>> connect();
  [[nodiscard]] boost::asio::awaitable<bool> bind(std::shared_ptr<Session> session);
  [[nodiscard]] boost::asio::awaitable<void> pause();
  [[nodiscard]] boost::asio::awaitable<bool> wait_for_turn(std::shared_ptr<Session> session);
  void take(const std::shared_ptr<Session>& session, Pdu pdu);
  [[nodiscard]] boost::asio::awaitable<void> take_delivery(
      std::shared_ptr<Session> session, Pdu pdu
  );
  [[nodiscard]] boost::asio::awaitable<void> read_all(std::shared_ptr<Session> session);
  [[nodiscard]] flows::SubmitResult result_of(const Pdu& answer);
  void count(const flows::SubmitResult& result);

  boost::asio::any_io_executor executor_;
  LinkOptions options_;
  flows::SmsArrivals arrivals_;
  std::function<void(const std::string&)> note_;
  LinkCounts counts_;
  std::shared_ptr<Session> session_;  // null: not connected
  std::chrono::steady_clock::time_point next_slot_;
  std::chrono::milliseconds next_pause_;
  bool stopping_ = false;
  std::unique_ptr<class Wakeup> woken_;  // from a pause, by stop()
};

/// The submit_sm of a segment.
[[nodiscard]] ShortMessage submit_of(const flows::SmsSegment& segment);

}  // namespace selfsame::adapters::smpp
