// SPDX-License-Identifier: Apache-2.0
// What every database decides alike about segments and their receipts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "storage/sms_repositories.h"

namespace selfsame::storage {

/// A segment that some reading of a receipt's id names.
struct KnownSegment {
  std::string message_id;
  int number = 0;
  Bytes number_hash;
};

/// The one that the receipt is about: the likeliest of those to its number; where none is to it
/// (message centres rewrite numbers), the only one there is. Nothing when that leaves a choice.
/// @param found  the likeliest reading of the id first
[[nodiscard]] std::optional<KnownSegment> choose(
    const std::vector<KnownSegment>& found, ByteView number_hash
);

/// The notes of one message together.
struct MessageNote {
  std::string id;
  std::string error;                 // the first one
  std::optional<Timestamp> next_at;  // the latest one
};

[[nodiscard]] std::vector<MessageNote> by_message(const std::vector<SegmentNote>& notes);

/// Whether nothing more is expected of a message.
[[nodiscard]] bool is_end(core::SmsState state) noexcept;

}  // namespace selfsame::storage
