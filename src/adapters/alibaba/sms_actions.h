// SPDX-License-Identifier: Apache-2.0
// Short Message Service 2018-05-01. A business failure is HTTP 200 with a ResponseCode that is not
// "OK"; counts and lists are strings. docs/sms.md lists the codes with their causes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/alibaba/call.h"
#include "core/customer.h"
#include "flows/sms_orders.h"

namespace selfsame::adapters::alibaba {

inline constexpr core::Product kSmsProduct = core::Product::alibaba_sms;

[[nodiscard]] boost::asio::awaitable<Answer<Fields>> send_message_to_globe(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Fields>> batch_send_message_to_globe(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Fields>> send_message_with_template(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Fields>> query_message(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Fields>> conversion_data(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Fields>> sms_conversion(
    const Services* services, Parameters parameters, Call call
);

/// The name in brackets before a template's text: 1 to 20 characters of UTF-8, no controls and no
/// such brackets. All else of the message is the template's.
[[nodiscard]] bool is_signature(std::string_view text);

/// The strings of a JSON array; nothing when it is none, or something else is in it.
[[nodiscard]] std::optional<std::vector<std::string>> text_list(std::string_view json);

/// The members of a JSON object of strings and numbers, numbers as text.
[[nodiscard]] std::optional<std::vector<std::pair<std::string, std::string>>> template_values(
    std::string_view json
);

/// "Mon, 24 Dec 2018 16:58:22 +0000".
[[nodiscard]] std::string date_text(Timestamp time);

/// What QueryMessage says.
[[nodiscard]] Fields fields_of(const flows::SmsView& message);

[[nodiscard]] std::string_view response_code_of(flows::SmsRefusal refusal) noexcept;

}  // namespace selfsame::adapters::alibaba
