// SPDX-License-Identifier: Apache-2.0
// The vendor's envelope: {"Response":{ ...fields..., "RequestId":"uuid"}}.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapters/tencent/error_codes.h"
#include "base/bytes.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

/// The fields of one response, in the order in which they are added. Types are those that the
/// vendor's Go and Java clients decode strictly.
class Fields {
 public:
  /// @param value  valid UTF-8
  void text(std::string_view name, std::string_view value);
  /// A finite number, with two decimals.
  void decimal(std::string_view name, double value);
  void null(std::string_view name);
  void object(std::string_view name, const Fields& members);
  void object_list(std::string_view name, std::span<const Fields> list);
  void integer(std::string_view name, std::int64_t value);
  void boolean(std::string_view name, bool value);
  void text_list(std::string_view name, std::span<const std::string> list);
  void integer_list(std::string_view name, std::span<const int> list);
  /// Standard base64; null when there are no bytes.
  void base64(std::string_view name, ByteView bytes);
  /// A list of such.
  void base64_list(std::string_view name, std::span<const Bytes> list);

  /// `"A":1,"B":"x"`, without braces.
  [[nodiscard]] const std::string& json() const noexcept { return json_; }

 private:
  void raw(std::string_view name, std::string_view json);

  std::string json_;
};

/// What an action that got as far as an answer says. `request_id` is an earlier one when an
/// identical signed request had its answer already.
struct Success {
  std::string request_id;
  Fields fields;
};

/// Always HTTP 200 and Content-Type exactly `application/json` (with a charset the Python SDK does
/// not look for errors). `trace_id` is echoed as X-TC-TraceId when it is not empty.
/// @param request_id  used for errors
[[nodiscard]] http::Response render(
    const Answer<Success>& answer, std::string_view request_id, std::string_view trace_id
);

}  // namespace selfsame::adapters::tencent
