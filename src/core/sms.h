// SPDX-License-Identifier: Apache-2.0
// Text messages: how a text is cut into segments (3GPP TS 23.038 and 23.040), whose number it goes
// to (ITU-T E.164), and what became of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::core {

enum class SmsEncoding : std::uint8_t {
  gsm7,  // the default alphabet of TS 23.038, one septet an octet
  ucs2,  // UTF-16, big-endian
};

/// What is billed is each segment.
struct SmsText {
  SmsEncoding encoding = SmsEncoding::gsm7;
  std::vector<Bytes> segments;  // without concatenation headers
};

inline constexpr std::size_t kMaxSmsSegments = 20;

/// In the default alphabet when all of it is in there: 160 characters alone, 153 in each of several
/// segments. Else 70 and 67 units of UTF-16. No character is cut in two.
/// `invalid_parameter`: empty, or not UTF-8. `payload_too_large`: over kMaxSmsSegments.
[[nodiscard]] Result<SmsText> cut_into_segments(std::string_view utf8);

/// The user data header of segment `number` (from 1) of `total`, TS 23.040 section 9.2.3.24.1.
[[nodiscard]] Bytes concatenation_header(
    std::uint8_t reference, std::uint8_t total, std::uint8_t number
);

/// The text of octets in the default alphabet; what is none becomes '?'.
[[nodiscard]] std::string text_of_gsm7(ByteView octets);
/// The text of UTF-16BE; what is none becomes '?'.
[[nodiscard]] std::string text_of_ucs2(ByteView octets);

/// An international number: country code and national number.
struct PhoneNumber {
  std::string digits;        // without "+", 7 to 15
  std::string country_code;  // their beginning, assigned by the ITU
  std::string_view country;  // its name; static text
};

/// With or without a "+" before it. Nothing when it is not all digits, too short or too long, or
/// begins with no assigned country code.
[[nodiscard]] std::optional<PhoneNumber> phone_number_from(std::string_view text);

/// Who a message says it is from: up to 15 digits, or up to 11 letters and digits (spaces among
/// them), or nothing.
[[nodiscard]] bool is_sender_id(std::string_view text) noexcept;

/// The numbers are stored: do not change them.
enum class SegmentState : std::uint8_t {
  waiting = 0,
  sending = 1,   // somebody has it in hand
  accepted = 2,  // by the message centre
  in_doubt = 3,  // it left, and the link broke before the answer: it is never sent again
  refused = 4,
  delivered = 5,
  undelivered = 6,  // the message centre gave it up
};

/// The numbers are stored: do not change them.
enum class SmsState : std::uint8_t {
  queued = 0,
  sending = 1,
  submitted = 2,  // the message centre has all of it
  delivered = 3,
  failed = 4,
  unknown = 5,  // a segment is in doubt
  outbox = 6,   // no route: kept for the developer to look at
};

/// What the segments of a message say of all of it. A receipt settles what was in doubt.
[[nodiscard]] SmsState state_of(std::span<const SegmentState> segments) noexcept;

[[nodiscard]] const char* name_of(SmsState state) noexcept;

/// A message centre's id as it is compared: lower case, without zeros before it.
[[nodiscard]] std::string normal_centre_id(std::string_view id);

/// What a receipt may mean by an id: message centres answer a submission in hexadecimal and write
/// receipts in decimal, or the other way round. Itself first.
[[nodiscard]] std::vector<std::string> readings_of_centre_id(std::string_view id);

/// The words of a template with `${name}` filled in. `missing_parameter`, its detail the name, when
/// one has no value.
[[nodiscard]] Result<std::string> fill_template(
    std::string_view text, std::span<const std::pair<std::string, std::string>> values
);

}  // namespace selfsame::core
