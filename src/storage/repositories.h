// SPDX-License-Identifier: Apache-2.0
// Rows, as interfaces. Every implementation passes repository_contract_test.cpp.
//
// All members are thread-safe and block. What depends on input returns a Result; a database that
// cannot be reached or written returns `storage_unavailable`, and then nothing was acknowledged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "core/outcome.h"

namespace selfsame::storage {

/// A customer's credential, valid on every surface.
struct AccessKey {
  std::string access_key_id;  // "AK" + 30 characters A-Z a-z 0-9; public
  std::string customer;       // the name given at creation; owns data and bills
  Timestamp created_at;
  std::optional<Timestamp> disabled_at;
};

struct AccessKeyWithSecrets {
  AccessKey key;
  Secret access_key_secret;  // signs requests
  Secret appcode;            // the plain bearer credential of gateways and of the native API
};

class AccessKeys {
 public:
  virtual ~AccessKeys() = default;
  /// Makes a key with fresh secrets. `invalid_parameter` when `customer` is empty, over 64 bytes or
  /// contains control characters.
  [[nodiscard]] virtual Result<AccessKeyWithSecrets> create(
      std::string customer, Timestamp now
  ) = 0;
  /// `unknown_key` when there is none or it is disabled.
  [[nodiscard]] virtual Result<AccessKeyWithSecrets> find(const std::string& access_key_id) = 0;
  /// The key whose appcode this is. `unknown_key` likewise. Found by a keyed hash, never by scan.
  [[nodiscard]] virtual Result<AccessKey> find_by_appcode(const Secret& appcode) = 0;
  [[nodiscard]] virtual Result<std::vector<AccessKey>> list() = 0;
  /// Disables all keys of the customer; how many were enabled until now. `not_found` when it never
  /// had one.
  [[nodiscard]] virtual Result<int> disable(const std::string& customer, Timestamp now) = 0;
};

/// A decided attempt. What a vendor's answer needs can be rendered from it again.
struct OutcomeRecord {
  std::string id;  // the request id that the answer carries
  std::string customer;
  std::string access_key_id;
  std::string surface;              // "tencent", "native"
  std::string operation;            // "CompareFaceLiveness", "comparisons"
  std::string request_fingerprint;  // unique per signed request and customer; empty: never repeated
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  std::optional<double> cosine;
  std::optional<double> pad_score;
  std::string calibration;     // version and precision that decided
  std::string reference_blob;  // blob ids; empty when nothing was kept
  std::string capture_blob;
  std::string best_frame_blob;
  Timestamp decided_at;
};

/// One row per billed attempt.
struct LedgerEntry {
  std::string outcome_id;  // or of what else was billed; once
  std::string customer;
  std::string product;  // a name of core::Product
  std::string code;     // the vendor's code that was billed
  Timestamp billed_at;
  std::int64_t units = 1;        // of a text message: its segments
  std::int64_t price_minor = 0;  // all units; set by storing it, from the customer's price list
  std::string currency = {};     // likewise
  std::int64_t entry = 0;        // likewise: rises, with gaps
};

/// A part of the ledger, in the order of billing.
struct LedgerQuery {
  std::string customer;  // empty: all
  Timestamp from;
  Timestamp to;  // exclusive
  std::int64_t after_entry = 0;
  int limit = 1000;
};

/// What the customer learned later about the two faces of an outcome.
struct GroundTruth {
  bool same_person = false;
  Timestamp stated_at;
};

class Outcomes {
 public:
  virtual ~Outcomes() = default;
  /// Stores the outcome and, if given, its ledger entry, priced and taken off the balance, in one
  /// transaction and returns when all of it is durable. When an outcome with this customer and
  /// request_fingerprint is stored already, stores nothing and returns that one (`id` differs from
  /// the given one). `conflict` when the id is taken otherwise. A score that is not a number is
  /// stored as none. A charge for another id or customer throws std::invalid_argument.
  [[nodiscard]] virtual Result<OutcomeRecord> commit(
      const OutcomeRecord& outcome, const std::optional<LedgerEntry>& charge
  ) = 0;
  [[nodiscard]] virtual Result<std::optional<OutcomeRecord>> find_by_fingerprint(
      const std::string& customer, const std::string& request_fingerprint
  ) = 0;
  /// `not_found` also when it belongs to another customer.
  [[nodiscard]] virtual Result<OutcomeRecord> find(
      const std::string& customer, const std::string& id
  ) = 0;
  /// Notes whether the faces of this outcome are of one person; a later statement takes the place
  /// of an earlier one. `not_found` as for find(), and then nothing is noted.
  [[nodiscard]] virtual Result<void> set_ground_truth(
      const std::string& customer, const std::string& id, GroundTruth truth
  ) = 0;
  /// The latest statement; none also where find() says `not_found`.
  [[nodiscard]] virtual Result<std::optional<GroundTruth>> ground_truth(
      const std::string& customer, const std::string& id
  ) = 0;
  /// Those of `blob_ids` that an outcome, a verification or an upload of any customer or an entry
  /// of the register refers to, in no order. What is no blob id is never one of them.
  [[nodiscard]] virtual Result<std::vector<std::string>> referenced_blobs(
      const std::vector<std::string>& blob_ids
  ) = 0;
  /// At most LedgerQuery::limit entries.
  [[nodiscard]] virtual Result<std::vector<LedgerEntry>> ledger(const LedgerQuery& query) = 0;
  /// All of the customer's.
  [[nodiscard]] Result<std::vector<LedgerEntry>> ledger(const std::string& customer);
};

class SeenRequests {
 public:
  virtual ~SeenRequests() = default;
  /// Remembers `fingerprint` until `expires_at`; false when it is remembered already. Forgets what
  /// has expired by `now`.
  [[nodiscard]] virtual Result<bool> remember(
      const std::string& fingerprint, Timestamp now, Timestamp expires_at
  ) = 0;
};

/// A file on its way: handed over ahead of the request that names it, or made for the caller to
/// fetch. Its tokens are known to their holder only; rows have their SHA-256.
struct UploadRecord {
  std::string file_hash;    // of the token that reads the file, hexadecimal
  std::string upload_hash;  // of the token that writes it once; empty: the server wrote it
  std::string customer;
  std::string purpose;  // what it is for, in the surface's words
  std::string blob;     // empty until it is written
  Timestamp expires_at;
};

class Uploads {
 public:
  virtual ~Uploads() = default;
  /// Stores the record, forgets some of those that have expired by `now` and returns the blobs that
  /// they had, for the caller to erase. `conflict` when one of the hashes is taken.
  [[nodiscard]] virtual Result<std::vector<std::string>> add(
      const UploadRecord& record, Timestamp now
  ) = 0;
  /// Forgets up to a hundred that have expired by `now`; the blobs that they had: erase them.
  [[nodiscard]] virtual Result<std::vector<std::string>> forget_expired(Timestamp now) = 0;
  /// Whether fill() would succeed now; its errors.
  [[nodiscard]] virtual Result<void> check_open(const std::string& upload_hash, Timestamp now) = 0;
  /// Notes the blob that was written. `not_found` when there is no such upload or it has expired,
  /// `conflict` when it was written already: of several writers exactly one succeeds.
  [[nodiscard]] virtual Result<void> fill(
      const std::string& upload_hash, const std::string& blob, Timestamp now
  ) = 0;
  /// `not_found` when there is none, it has expired, or nothing was written yet.
  [[nodiscard]] virtual Result<UploadRecord> find(const std::string& file_hash, Timestamp now) = 0;
};

class Customers;  // storage/customer_repositories.h

// storage/verification_repositories.h
class VerificationSessions;
class WebhookQueue;
class IdempotentRequests;
// storage/register_repositories.h
class RegisterRecords;
class NumberHistory;
// storage/sms_repositories.h
class SmsMessages;

/// All repositories over one database, migrated to the newest schema at opening.
class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual AccessKeys& access_keys() = 0;
  [[nodiscard]] virtual Customers& customers() = 0;
  [[nodiscard]] virtual Outcomes& outcomes() = 0;
  [[nodiscard]] virtual SeenRequests& seen_requests() = 0;
  [[nodiscard]] virtual VerificationSessions& verifications() = 0;
  [[nodiscard]] virtual WebhookQueue& webhooks() = 0;
  [[nodiscard]] virtual IdempotentRequests& idempotent_requests() = 0;
  [[nodiscard]] virtual Uploads& uploads() = 0;
  [[nodiscard]] virtual RegisterRecords& register_records() = 0;
  [[nodiscard]] virtual NumberHistory& number_history() = 0;
  [[nodiscard]] virtual SmsMessages& sms_messages() = 0;
  /// A trivial read that shows that the database answers.
  [[nodiscard]] virtual Result<void> ping() = 0;
};

}  // namespace selfsame::storage
