// SPDX-License-Identifier: Apache-2.0
// Sessions, webhooks and repeated requests, as interfaces. The promises of storage/repositories.h
// hold here too. Every implementation passes verification_contract_test.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "storage/repositories.h"
#include "storage/verification_records.h"

namespace selfsame::storage {

/// One transition and all that goes with it, in one transaction.
struct VerificationStep {
  std::string id;
  core::VerificationTransition transition;
  std::string challenge_id;         // current afterwards; empty: none
  std::optional<Timestamp> due_at;  // when due() names the session
  // Set: nothing happens unless so many bytes have arrived for the challenge.
  std::optional<std::int64_t> evidence_bytes = {};
  bool forget_evidence = false;  // the parts and their chunks
  bool forget_reference = false;
  bool forget_document = false;
  // Set: takes the place of the one before.
  std::optional<std::string> reference_blob = {};
  std::optional<std::string> document_blob = {};
  std::optional<OutcomeRecord> outcome;  // of the session where it is decided, else of an attempt
  std::optional<LedgerEntry> charge;     // for the outcome
  // Of the delivery that is made where the customer has an endpoint; empty: nothing is told.
  std::string event;
  std::string delivery_id;
};

/// A chunk on its way in. Its blob is stored already.
struct EvidenceArrival {
  std::string id;
  std::string challenge_id;
  EvidenceChunkRecord chunk;
  std::int64_t total_bytes = 0;
  std::string sha256;
  std::int64_t evidence_bytes_max = 0;  // of all parts together
};

struct VerificationName {
  std::string customer;
  std::string id;
  int number = 0;  // of its last transition, for postpone()
};

class VerificationSessions {
 public:
  virtual ~VerificationSessions() = default;
  /// Stores a session without history. `conflict` when its id or token is taken.
  [[nodiscard]] virtual Result<void> create(
      const VerificationRecord& session, std::optional<Timestamp> due_at
  ) = 0;
  /// `not_found` also when it belongs to another customer; `integrity_failure` when its history is
  /// not one.
  [[nodiscard]] virtual Result<VerificationRecord> find(
      const std::string& customer, const std::string& id
  ) = 0;
  [[nodiscard]] virtual Result<VerificationRecord> find_by_token(ByteView token_hash) = 0;
  /// Compare and set: `conflict`, and nothing is stored, unless the session's last transition is
  /// the one before this. Of steps that race exactly one succeeds. What it returns are the blobs
  /// that nothing refers to any more: erase them.
  [[nodiscard]] virtual Result<std::vector<std::string>> take_step(const VerificationStep& step
  ) = 0;
  /// Notes a chunk at the end of its part. `conflict`, and nothing is stored, unless the challenge
  /// is the current one, the part was announced with this length and hash, and the chunk begins
  /// where the part ends so far; `payload_too_large` when it goes beyond a length.
  [[nodiscard]] virtual Result<void> add_chunk(const EvidenceArrival& arrival) = 0;
  /// Forgets a part that cannot be used, so that it can be uploaded again; its blobs: erase them.
  /// `conflict` unless the challenge is the current one; nothing is forgotten when the part has
  /// another hash by now.
  [[nodiscard]] virtual Result<std::vector<std::string>> forget_part(
      const std::string& id,
      const std::string& challenge_id,
      const std::string& part,
      const std::string& sha256
  ) = 0;
  /// By name.
  [[nodiscard]] virtual Result<std::vector<EvidencePartRecord>> parts(const std::string& id) = 0;
  /// Sessions whose due_at has come, longest ago first.
  [[nodiscard]] virtual Result<std::vector<VerificationName>> due(Timestamp now, int limit) = 0;
  /// due() names it again at `due_at`; false, and nothing is changed, unless it is due at `now` and
  /// this transition is its last. Of calls that race one gets true.
  [[nodiscard]] virtual Result<bool> postpone(
      const std::string& id, int number, Timestamp now, Timestamp due_at
  ) = 0;
  /// Forgets the evidence, the reference, the document and what its outcome refers to, for good,
  /// and due() names the session no more; the blobs: erase them. Nothing is forgotten unless it is
  /// due at `now` and this transition is its last.
  [[nodiscard]] virtual Result<std::vector<std::string>> forget_samples(
      const std::string& id, int number, Timestamp now
  ) = 0;
};

struct WebhookEndpointRecord {
  std::string customer;
  std::string url;
  Bytes sealed_secret;
  Timestamp set_at;
};

/// One of several endpoints that a surface lets a customer name, beside the customer's one.
struct NamedWebhookRecord {
  std::int64_t id = 0;  // the store's
  std::string customer;
  std::string surface;
  std::string name;
  std::string scene;  // the surface's word for what is told
  std::string url;
  Bytes sealed_key;   // empty: calls are not signed
  bool told = false;  // of the surface's sessions
  Timestamp added_at;
  Timestamp modified_at;
};

struct NamedWebhookPage {
  std::int64_t total = 0;
  std::vector<NamedWebhookRecord> webhooks;  // by id
};

class WebhookQueue {
 public:
  virtual ~WebhookQueue() = default;
  [[nodiscard]] virtual Result<void> set_endpoint(const WebhookEndpointRecord& endpoint) = 0;
  [[nodiscard]] virtual Result<std::optional<WebhookEndpointRecord>> endpoint(
      const std::string& customer
  ) = 0;
  /// With it, what waits for it is given up. `not_found` when there is none.
  [[nodiscard]] virtual Result<void> remove_endpoint(
      const std::string& customer, Timestamp now
  ) = 0;
  /// The delivery that is due longest, with one more attempt counted; nobody else gets it before
  /// `leased_until`. Nothing: none is due. Those of the customers `passed_over` are not looked at.
  [[nodiscard]] virtual Result<std::optional<WebhookDelivery>> claim(
      Timestamp now, Timestamp leased_until, const std::vector<std::string>& passed_over = {}
  ) = 0;
  /// How the attempt went: state, last_status, last_error, next_at, ended_at. Nothing happens when
  /// another attempt was begun meanwhile.
  [[nodiscard]] virtual Result<void> note(const WebhookDelivery& delivery) = 0;
  /// The latest first.
  [[nodiscard]] virtual Result<std::vector<WebhookDelivery>> deliveries(
      const std::string& customer, int limit
  ) = 0;

  /// Forgets at most `limit` deliveries that ended before; how many.
  [[nodiscard]] virtual Result<int> forget_deliveries(Timestamp before, int limit) = 0;

  /// Its id. `conflict` when the customer has `most` of this surface already.
  [[nodiscard]] virtual Result<std::int64_t> add_named(
      const NamedWebhookRecord& webhook, int most
  ) = 0;
  /// Name, URL, key and modified_at; `not_found` unless it is this customer's of this surface.
  [[nodiscard]] virtual Result<void> change_named(const NamedWebhookRecord& webhook) = 0;
  /// With it, what waits for it is given up. `not_found` as above.
  [[nodiscard]] virtual Result<void> remove_named(
      const std::string& customer, const std::string& surface, std::int64_t id, Timestamp now
  ) = 0;
  [[nodiscard]] virtual Result<NamedWebhookPage> named(
      const std::string& customer, const std::string& surface, int offset, int limit
  ) = 0;
  [[nodiscard]] virtual Result<std::optional<NamedWebhookRecord>> find_named(
      const std::string& customer, std::int64_t id
  ) = 0;
};

/// A request that came with a key before.
struct IdempotentRequest {
  Bytes request_hash;
  std::optional<Bytes> answer;  // none: it is at work
};

class IdempotentRequests {
 public:
  virtual ~IdempotentRequests() = default;
  /// Takes the key until `taken_until`, when the answer must be there, and says nothing; or says
  /// who has it.
  [[nodiscard]] virtual Result<std::optional<IdempotentRequest>> begin(
      const std::string& customer,
      const std::string& key,
      ByteView request_hash,
      Timestamp now,
      Timestamp taken_until,
      Timestamp expires_at
  ) = 0;
  [[nodiscard]] virtual Result<void> finish(
      const std::string& customer, const std::string& key, ByteView answer
  ) = 0;
  /// How many were over by `now` and are gone with their answers; at most 100 at a time.
  [[nodiscard]] virtual Result<int> forget_expired(Timestamp now) = 0;
  /// Frees a key without answer.
  [[nodiscard]] virtual Result<void> abandon(
      const std::string& customer, const std::string& key
  ) = 0;
};

}  // namespace selfsame::storage
