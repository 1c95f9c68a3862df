// SPDX-License-Identifier: Apache-2.0
#include "adapters/smpp/pdu.h"

#include <algorithm>
#include <array>
#include <limits>

namespace selfsame::adapters::smpp {
namespace {

// Sections 4.1.5, 4.4.1: with their final NUL.
constexpr std::size_t kSystemIdBytes = 16;
constexpr std::size_t kPasswordBytes = 9;
constexpr std::size_t kSystemTypeBytes = 13;
constexpr std::size_t kServiceTypeBytes = 6;
constexpr std::size_t kAddressBytes = 21;
constexpr std::size_t kTimeBytes = 17;
constexpr std::size_t kIdBytes = 65;
constexpr std::size_t kShortMessageBytes = 254;
constexpr std::uint8_t kVersion = 0x34;

std::uint32_t number_at(ByteView bytes, std::size_t at) noexcept {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8U | bytes[at + i];
  return number;
}

class BodyWriter {
 public:
  explicit BodyWriter(std::size_t expected_bytes) { bytes_.reserve(expected_bytes); }

  void octet(std::uint8_t value) { bytes_.push_back(value); }
  void number32(std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      octet(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void number16(std::size_t value) {
    octet(static_cast<std::uint8_t>(value >> 8U));
    octet(static_cast<std::uint8_t>(value));
  }
  void raw(ByteView value) { bytes_.insert(bytes_.end(), value.begin(), value.end()); }
  /// With its NUL; too long or with a NUL inside it is not written.
  void text(std::string_view value, std::size_t most_bytes) {
    fits_ &= value.size() < most_bytes && value.find('\0') == std::string_view::npos;
    raw(bytes_of(value));
    octet(0);
  }
  void address(const Address& value) {
    octet(value.type);
    octet(value.plan);
    text(value.text, kAddressBytes);
  }

  [[nodiscard]] Result<Bytes> take() {
    if (!fits_) return fail(Errc::invalid_parameter, "smpp: a field is too long");
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  bool fits_ = true;
};

/// After the first field that is not there everything reads as empty, and is_whole() is false.
class BodyReader {
 public:
  explicit BodyReader(ByteView body) : left_(body) {}

  std::uint8_t octet() {
    const ByteView one = raw(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  std::uint16_t number16() {
    const ByteView two = raw(2);
    return two.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(two[0] << 8U | two[1]);
  }
  ByteView raw(std::size_t count) {
    if (count > left_.size()) {
      is_whole_ = false;
      left_ = {};
      return {};
    }
    const ByteView taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  std::string text(std::size_t most_bytes) {
    const auto end = std::ranges::find(left_, 0);
    const auto length = static_cast<std::size_t>(end - left_.begin());
    if (end == left_.end() || length >= most_bytes) {
      is_whole_ = false;
      left_ = {};
      return {};
    }
    std::string value(text_of(raw(length)));
    raw(1);
    return value;
  }
  Address address() {
    Address value;
    value.type = octet();
    value.plan = octet();
    value.text = text(kAddressBytes);
    return value;
  }

  [[nodiscard]] bool at_end() const noexcept { return left_.empty(); }
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

 private:
  ByteView left_;
  bool is_whole_ = true;
};

tl::unexpected<Error> cut_short() {
  return fail(Errc::malformed_request, "smpp: a body is cut short");
}

}  // namespace

Bytes encode(const Pdu& pdu) {
  BodyWriter out(kHeaderBytes + pdu.body.size());
  out.number32(static_cast<std::uint32_t>(kHeaderBytes + pdu.body.size()));
  out.number32(static_cast<std::uint32_t>(pdu.command));
  out.number32(pdu.status);
  out.number32(pdu.sequence);
  out.raw(pdu.body);
  return *out.take();
}

Result<std::optional<Pdu>> Splitter::next() {
  const ByteView left = ByteView(pending_).subspan(begin_);
  const auto wait = [this]() -> std::optional<Pdu> {
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    return std::nullopt;
  };
  if (left.size() < kHeaderBytes) return wait();
  const std::size_t length = number_at(left, 0);
  if (length < kHeaderBytes || length > kMaxPduBytes) {
    return fail(Errc::malformed_request, "smpp: no length of a PDU");
  }
  if (left.size() < length) return wait();
  begin_ += length;
  const ByteView body = left.first(length).subspan(kHeaderBytes);
  return Pdu{
      .command = static_cast<Command>(number_at(left, 4)),
      .status = number_at(left, 8),
      .sequence = number_at(left, 12),
      .body = Bytes(body.begin(), body.end())
  };
}

Result<Bytes> encode_body(const BindRequest& request) {
  BodyWriter out(64);
  out.text(request.system_id, kSystemIdBytes);
  out.text(request.password, kPasswordBytes);
  out.text(request.system_type, kSystemTypeBytes);
  out.octet(kVersion);
  out.address({});  // the range of addresses that we serve: the message centre knows it
  return out.take();
}

Result<BindRequest> parse_bind(ByteView body) {
  BodyReader in(body);
  BindRequest request;
  request.system_id = in.text(kSystemIdBytes);
  request.password = in.text(kPasswordBytes);
  request.system_type = in.text(kSystemTypeBytes);
  if (!in.is_whole()) return cut_short();
  return request;
}

const Bytes* ShortMessage::find(std::uint16_t wanted) const noexcept {
  const auto it = std::ranges::find(optional, wanted, &Tlv::tag);
  return it == optional.end() ? nullptr : &it->value;
}

ByteView ShortMessage::payload() const noexcept {
  const Bytes* longer = short_message.empty() ? find(tag::kMessagePayload) : nullptr;
  return longer == nullptr ? ByteView(short_message) : ByteView(*longer);
}

Result<Bytes> encode_body(const ShortMessage& message) {
  if (message.short_message.size() > kShortMessageBytes) {
    return fail(Errc::invalid_parameter, "smpp: a segment is too long");
  }
  BodyWriter out(128 + message.short_message.size());
  out.text(message.service_type, kServiceTypeBytes);
  out.address(message.source);
  out.address(message.destination);
  out.octet(message.esm_class);
  out.octet(message.protocol_id);
  out.octet(message.priority);
  out.text(message.schedule_time, kTimeBytes);
  out.text(message.validity_period, kTimeBytes);
  out.octet(message.registered_delivery);
  out.octet(message.replace_if_present);
  out.octet(message.data_coding);
  out.octet(message.default_message_id);
  out.octet(static_cast<std::uint8_t>(message.short_message.size()));
  out.raw(message.short_message);
  for (const Tlv& each : message.optional) {
    if (each.value.size() > std::numeric_limits<std::uint16_t>::max()) {
      return fail(Errc::invalid_parameter, "smpp: a parameter is too long");
    }
    out.number16(each.tag);
    out.number16(each.value.size());
    out.raw(each.value);
  }
  return out.take();
}

Result<ShortMessage> parse_short_message(ByteView body) {
  BodyReader in(body);
  ShortMessage message;
  message.service_type = in.text(kServiceTypeBytes);
  message.source = in.address();
  message.destination = in.address();
  message.esm_class = in.octet();
  message.protocol_id = in.octet();
  message.priority = in.octet();
  message.schedule_time = in.text(kTimeBytes);
  message.validity_period = in.text(kTimeBytes);
  message.registered_delivery = in.octet();
  message.replace_if_present = in.octet();
  message.data_coding = in.octet();
  message.default_message_id = in.octet();
  const ByteView text = in.raw(in.octet());
  message.short_message.assign(text.begin(), text.end());
  while (in.is_whole() && !in.at_end()) {
    Tlv each;
    each.tag = in.number16();
    const ByteView value = in.raw(in.number16());
    each.value.assign(value.begin(), value.end());
    message.optional.push_back(std::move(each));
  }
  if (!in.is_whole()) return cut_short();
  return message;
}

Result<std::string> parse_id(ByteView body) {
  if (body.empty()) return std::string();
  BodyReader in(body);
  std::string id = in.text(kIdBytes);
  if (!in.is_whole()) return cut_short();
  return id;
}

Bytes encode_id(std::string_view id) {
  Bytes body(id.begin(), id.end());
  body.push_back(0);
  return body;
}

std::string relative_time(std::int64_t seconds) {
  constexpr std::int64_t kMost_s = std::int64_t{63} * 24 * 3600;
  seconds = std::clamp<std::int64_t>(seconds, 0, kMost_s);
  constexpr std::int64_t kMonth_s = std::int64_t{30} * 24 * 3600;
  const std::array<std::int64_t, 6> parts = {
      0,
      seconds / kMonth_s,
      seconds % kMonth_s / (24 * 3600),
      seconds / 3600 % 24,
      seconds / 60 % 60,
      seconds % 60
  };
  std::string text;
  for (const std::int64_t part : parts) {
    text.push_back(static_cast<char>('0' + part / 10));
    text.push_back(static_cast<char>('0' + part % 10));
  }
  return text + "000R";
}

}  // namespace selfsame::adapters::smpp
