// SPDX-License-Identifier: Apache-2.0
// SMPP 3.4 on the wire (Short Message Peer to Peer Protocol Specification v3.4, Issue 1.2): bytes
// to values and back, as far as a client needs it, and its peer in tests. No socket, no state but
// the splitter's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::adapters::smpp {

/// Section 5.1.2.1. Others are read too, and answered with generic_nack.
enum class Command : std::uint32_t {
  generic_nack = 0x80000000,
  bind_transceiver = 0x00000009,
  bind_transceiver_resp = 0x80000009,
  submit_sm = 0x00000004,
  submit_sm_resp = 0x80000004,
  deliver_sm = 0x00000005,
  deliver_sm_resp = 0x80000005,
  unbind = 0x00000006,
  unbind_resp = 0x80000006,
  enquire_link = 0x00000015,
  enquire_link_resp = 0x80000015,
};

/// Section 5.1.3, those that we tell apart or send.
namespace status {
inline constexpr std::uint32_t kOk = 0x00000000;
inline constexpr std::uint32_t kInvalidCommand = 0x00000003;
inline constexpr std::uint32_t kTemporary = 0x00000008;  // system error
inline constexpr std::uint32_t kBindFailed = 0x0000000D;
inline constexpr std::uint32_t kQueueFull = 0x00000014;
inline constexpr std::uint32_t kThrottled = 0x00000058;
inline constexpr std::uint32_t kReceiverTemporary = 0x00000064;  // what our side cannot take now
}  // namespace status

inline constexpr std::size_t kHeaderBytes = 16;
inline constexpr std::size_t kMaxPduBytes = std::size_t{64} << 10;

struct Pdu {
  Command command{};
  std::uint32_t status = status::kOk;
  std::uint32_t sequence = 0;
  Bytes body;
};

[[nodiscard]] Bytes encode(const Pdu& pdu);

/// Cuts a stream into PDUs.
class Splitter {
 public:
  void add(ByteView bytes) { pending_.insert(pending_.end(), bytes.begin(), bytes.end()); }
  /// The next one that is whole; nothing while more bytes are missing. `malformed_request` when a
  /// length is below a header's or above kMaxPduBytes: the stream cannot be read any further.
  [[nodiscard]] Result<std::optional<Pdu>> next();

 private:
  Bytes pending_;
  std::size_t begin_ = 0;  // of what next() has not taken
};

/// Section 4.1.5. Over-long fields are `invalid_parameter`.
struct BindRequest {
  std::string system_id;    // at most 15 bytes
  std::string password;     // at most 8
  std::string system_type;  // at most 12
};
[[nodiscard]] Result<Bytes> encode_body(const BindRequest& request);
[[nodiscard]] Result<BindRequest> parse_bind(ByteView body);

/// Section 5.2.5, 5.2.6.
struct Address {
  std::uint8_t type = 0;  // 0 unknown, 1 international, 3 network specific, 5 alphanumeric
  std::uint8_t plan = 0;  // 0 unknown, 1 ISDN (E.164)
  std::string text;       // at most 20 bytes

  bool operator==(const Address&) const = default;
};

/// Section 5.3.2: a parameter that is not always there.
struct Tlv {
  std::uint16_t tag = 0;
  Bytes value;

  bool operator==(const Tlv&) const = default;
};
namespace tag {
inline constexpr std::uint16_t kReceiptedMessageId = 0x001E;
inline constexpr std::uint16_t kMessagePayload = 0x0424;
inline constexpr std::uint16_t kMessageState = 0x0427;
}  // namespace tag

/// submit_sm and deliver_sm have one layout (sections 4.4.1, 4.6.1).
struct ShortMessage {
  std::string service_type;
  Address source;
  Address destination;
  std::uint8_t esm_class = 0;
  std::uint8_t protocol_id = 0;
  std::uint8_t priority = 0;
  std::string schedule_time;
  std::string validity_period;
  std::uint8_t registered_delivery = 0;
  std::uint8_t replace_if_present = 0;
  std::uint8_t data_coding = 0;
  std::uint8_t default_message_id = 0;
  Bytes short_message;  // at most 254 bytes
  std::vector<Tlv> optional;

  [[nodiscard]] const Bytes* find(std::uint16_t tag) const noexcept;
  /// short_message, or message_payload where that is empty.
  [[nodiscard]] ByteView payload() const noexcept;

  bool operator==(const ShortMessage&) const = default;
};

/// Section 5.2.12.
inline constexpr std::uint8_t kHasHeader = 0x40;
inline constexpr std::uint8_t kMessageTypeMask = 0x3C;  // not 0: a receipt or an acknowledgement

[[nodiscard]] Result<Bytes> encode_body(const ShortMessage& message);
/// `malformed_request`: cut short, or a field without its end.
[[nodiscard]] Result<ShortMessage> parse_short_message(ByteView body);

/// A C string and nothing after it that matters: system_id of bind_transceiver_resp, message_id of
/// submit_sm_resp. Empty when there is none: message centres leave it out of refusals.
[[nodiscard]] Result<std::string> parse_id(ByteView body);
[[nodiscard]] Bytes encode_id(std::string_view id);

/// Section 7.1.1.2: "000000HHMMSS000R" and longer, from now. At most 63 days.
[[nodiscard]] std::string relative_time(std::int64_t seconds);

}  // namespace selfsame::adapters::smpp
