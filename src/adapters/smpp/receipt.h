// SPDX-License-Identifier: Apache-2.0
// What message centres say in deliver_sm. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/smpp/pdu.h"
#include "flows/sms_sender.h"

namespace selfsame::adapters::smpp {

/// A receipt: from its TLVs, or from the text "id:… stat:DELIVRD err:…" that nearly all message
/// centres send (appendix B, which binds nobody). Nothing when it is none, or names no message.
[[nodiscard]] std::optional<flows::SmsReceipt> receipt_of(const ShortMessage& message);

/// A message from a phone, decoded.
[[nodiscard]] flows::SmsReply reply_of(const ShortMessage& message);

}  // namespace selfsame::adapters::smpp
