// SPDX-License-Identifier: Apache-2.0
// The seam to what carries text messages away: one link to a message centre.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "core/sms.h"

namespace selfsame::flows {

/// One segment on its way.
struct SmsSegment {
  std::string from;  // core::is_sender_id
  std::string to;    // digits of a core::PhoneNumber
  core::SmsEncoding encoding{};
  Bytes payload;                                 // with its concatenation header, when it has one
  bool has_header = false;                       // the payload begins with a user data header
  std::optional<std::chrono::seconds> validity;  // from now
};

/// What is known of a segment once it was tried.
enum class SubmitFate : std::uint8_t {
  accepted,   // the message centre has it, under `centre_id`
  refused,    // it never will
  try_later,  // it is full or slows us down
  not_sent,   // not all of its bytes have left: sending it again cannot double it
  in_doubt,   // all of its bytes have left and no answer came
};

struct SubmitResult {
  SubmitFate fate{};
  std::string centre_id = {};
  std::uint32_t status = 0;  // the message centre's, when it refused
};

/// A message centre's word about a segment that it has accepted.
struct SmsReceipt {
  std::string centre_id;  // in whatever base it writes it
  std::string to;         // the number that the segment went to, as far as it tells
  bool is_final = false;  // else it is still on its way
  bool delivered = false;
  std::string error;  // what it says of a failure: short, printable ASCII
};

/// A message from a phone.
struct SmsReply {
  std::string from;
  std::string to;
  std::string text;  // UTF-8
};

/// What a link hands up. They return when it is durable, and true; false makes the message centre
/// send it again.
struct SmsArrivals {
  std::function<boost::asio::awaitable<bool>(SmsReceipt)> receipt;
  std::function<boost::asio::awaitable<bool>(SmsReply)> reply;
};

/// All members on the executor that the link was made for.
class SmsSender {
 public:
  virtual ~SmsSender() = default;
  /// Whether a segment would leave now.
  [[nodiscard]] virtual bool is_up() const = 0;
  /// How many segments may wait for their answers at once.
  [[nodiscard]] virtual std::size_t window() const = 0;
  /// Waits for its turn (window, pace), for the answer or for the end of the link.
  [[nodiscard]] virtual boost::asio::awaitable<SubmitResult> submit(SmsSegment segment) = 0;
};

}  // namespace selfsame::flows
