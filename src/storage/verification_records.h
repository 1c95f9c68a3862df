// SPDX-License-Identifier: Apache-2.0
// Rows of verification sessions, of what is told about them, and of repeated requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "core/verification.h"

namespace selfsame::storage {

/// A session. What changes is its history alone; the rest is as it was opened.
struct VerificationRecord {
  std::string id;
  std::string customer;
  std::string access_key_id;
  std::string surface;
  std::string operation;
  std::string product;
  Bytes token_hash;  // keyed; finds the session, tells nothing
  core::VerificationTerms terms;
  std::string metadata;
  std::string reference_blob;  // empty: none, or erased
  std::string document_blob;   // likewise
  Timestamp created_at;
  std::vector<core::VerificationTransition> history;
  core::VerificationProgress progress;  // the history, folded
  std::string outcome_id;               // empty unless decided
};

/// A chunk of a part of the evidence. Those of a part lie one after the other without gaps.
struct EvidenceChunkRecord {
  std::string part;
  std::int64_t offset = 0;
  std::int64_t length = 0;
  std::string blob;
};

/// A part of the evidence for one challenge.
struct EvidencePartRecord {
  std::string part;
  std::int64_t total_bytes = 0;
  std::string sha256;
  std::vector<EvidenceChunkRecord> chunks;  // by offset

  [[nodiscard]] std::int64_t received_bytes() const noexcept {
    return chunks.empty() ? 0 : chunks.back().offset + chunks.back().length;
  }
};

enum class DeliveryState : std::uint8_t { waiting = 0, delivered = 1, given_up = 2 };

/// Something that a customer is told, and how that went so far.
struct WebhookDelivery {
  std::string id;  // the same at every attempt
  std::string customer;
  std::string event;            // "verification.decided", ".expired", ".cancelled"
  std::string verification_id;  // of this customer
  std::int64_t webhook_id = 0;  // a named one; 0: the customer's one endpoint
  DeliveryState state{};
  int attempts = 0;
  std::optional<int> last_status;  // of the latest answer; none: there was no answer
  std::string last_error;          // a name of base/result.h where there was no answer
  Timestamp created_at;
  Timestamp next_at;  // the next attempt, while waiting
  std::optional<Timestamp> ended_at;
};

}  // namespace selfsame::storage
