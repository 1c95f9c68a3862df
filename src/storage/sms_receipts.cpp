// SPDX-License-Identifier: Apache-2.0
#include "storage/sms_receipts.h"

#include <algorithm>
#include <map>

namespace selfsame::storage {

std::optional<KnownSegment> choose(const std::vector<KnownSegment>& found, ByteView number_hash) {
  const auto it = std::ranges::find_if(found, [&](const KnownSegment& segment) {
    return std::ranges::equal(segment.number_hash, number_hash);
  });
  if (it != found.end()) return *it;
  if (found.size() == 1) return found.front();
  return std::nullopt;
}

std::vector<MessageNote> by_message(const std::vector<SegmentNote>& notes) {
  std::map<std::string, MessageNote> messages;
  for (const SegmentNote& note : notes) {
    MessageNote& message = messages[note.message_id];
    message.id = note.message_id;
    if (message.error.empty()) message.error = note.error;
    if (note.next_at && (!message.next_at || *message.next_at < *note.next_at)) {
      message.next_at = note.next_at;
    }
  }
  std::vector<MessageNote> list;
  for (auto& [id, message] : messages) list.push_back(std::move(message));
  return list;
}

bool is_end(core::SmsState state) noexcept {
  switch (state) {
    case core::SmsState::queued:
    case core::SmsState::sending:
    case core::SmsState::submitted:
    case core::SmsState::unknown:
      return false;
    case core::SmsState::delivered:
    case core::SmsState::failed:
    case core::SmsState::outbox:
      return true;
  }
  return true;
}

}  // namespace selfsame::storage
