// SPDX-License-Identifier: Apache-2.0
#include "adapters/smpp/receipt.h"

#include <algorithm>

#include "base/utf8.h"
#include "core/sms.h"

namespace selfsame::adapters::smpp {
namespace {

constexpr std::uint8_t kDataGsm7 = 0;
constexpr std::uint8_t kDataUcs2 = 8;
constexpr std::size_t kMaxIdBytes = 64;
constexpr std::size_t kMaxErrorBytes = 32;

char lower_cased(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// What follows `name` up to a space; names are written in either case.
std::string_view field(std::string_view text, std::string_view name) {
  const auto found = std::ranges::search(text, name, {}, lower_cased);
  if (found.empty()) return {};
  std::string_view rest = text.substr(static_cast<std::size_t>(found.end() - text.begin()));
  return rest.substr(0, rest.find(' '));
}

std::string printable(std::string_view text, std::size_t most_bytes) {
  std::string clean(text.substr(0, most_bytes));
  std::erase_if(clean, [](char c) { return c <= ' ' || c > '~'; });
  return clean;
}

/// Section 5.2.28, and the same by its text (appendix B).
struct MessageState {
  std::uint8_t number;
  std::string_view word;
  bool is_final;
};
constexpr MessageState kStates[] = {
    {1, "ENROUTE", false},
    {2, "DELIVRD", true},
    {3, "EXPIRED", true},
    {4, "DELETED", true},
    {5, "UNDELIV", true},
    {6, "ACCEPTD", false},
    {7, "UNKNOWN", true},
    {8, "REJECTD", true},
};
constexpr std::uint8_t kDelivered = 2;

const MessageState* state_in(const ShortMessage& message, std::string_view text) {
  const std::string_view word = field(text, "stat:");
  const auto* by_word = std::ranges::find_if(kStates, [&](const MessageState& state) {
    return std::ranges::equal(state.word, word);
  });
  if (by_word != std::end(kStates)) return by_word;
  const Bytes* number = message.find(tag::kMessageState);
  if (number == nullptr || number->size() != 1) return nullptr;
  const auto* by_number = std::ranges::find(kStates, number->front(), &MessageState::number);
  return by_number == std::end(kStates) ? nullptr : by_number;
}

std::string id_in(const ShortMessage& message, std::string_view text) {
  if (const Bytes* given = message.find(tag::kReceiptedMessageId)) {
    std::string_view id = text_of(*given);
    id = id.substr(0, id.find('\0'));
    if (!id.empty()) return printable(id, kMaxIdBytes);
  }
  return printable(field(text, "id:"), kMaxIdBytes);
}

}  // namespace

std::optional<flows::SmsReceipt> receipt_of(const ShortMessage& message) {
  if ((message.esm_class & kMessageTypeMask) == 0) return std::nullopt;
  const std::string_view text = text_of(message.payload());
  const MessageState* state = state_in(message, text);
  flows::SmsReceipt receipt;
  receipt.centre_id = id_in(message, text);
  if (state == nullptr || receipt.centre_id.empty()) return std::nullopt;
  receipt.to = message.source.text;
  receipt.is_final = state->is_final;
  receipt.delivered = state->number == kDelivered;
  if (state->is_final && !receipt.delivered) {
    receipt.error = std::string(state->word) + " " + printable(field(text, "err:"), kMaxErrorBytes);
  }
  return receipt;
}

flows::SmsReply reply_of(const ShortMessage& message) {
  ByteView payload = message.payload();
  if ((message.esm_class & kHasHeader) != 0 && !payload.empty()) {
    payload = payload.subspan(std::min(payload.size(), std::size_t{payload[0]} + 1));
  }
  flows::SmsReply reply{.from = message.source.text, .to = message.destination.text, .text = {}};
  if (message.data_coding == kDataUcs2) {
    reply.text = core::text_of_ucs2(payload);
  } else if (message.data_coding == kDataGsm7) {
    reply.text = core::text_of_gsm7(payload);
  } else {
    reply.text = printable(text_of(payload), payload.size());
  }
  return reply;
}

}  // namespace selfsame::adapters::smpp
