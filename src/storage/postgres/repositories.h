// SPDX-License-Identifier: Apache-2.0
// The repositories of storage/repositories.h over PostgreSQL.
#pragma once

#include "storage/access_key_vault.h"
#include "storage/customer_repositories.h"
#include "storage/postgres/readers.h"
#include "storage/postgres/writer.h"
#include "storage/register_repositories.h"
#include "storage/register_vault.h"
#include "storage/repositories.h"
#include "storage/sms_repositories.h"
#include "storage/verification_repositories.h"

namespace selfsame::storage::postgres {

/// What the repositories of one database share. Outlives them.
struct Connections {
  Writer& writer;
  Readers& readers;
};

class PostgresAccessKeys final : public AccessKeys {
 public:
  PostgresAccessKeys(Connections connections, const AccessKeyVault& vault)
      : connections_(connections), vault_(vault) {}
  Result<AccessKeyWithSecrets> create(std::string customer, Timestamp now) override;
  Result<AccessKeyWithSecrets> find(const std::string& access_key_id) override;
  Result<AccessKey> find_by_appcode(const Secret& appcode) override;
  Result<std::vector<AccessKey>> list() override;
  Result<int> disable(const std::string& customer, Timestamp now) override;

 private:
  [[nodiscard]] Result<AccessKeyWithSecrets> find_one(std::string_view sql, const Value& by);

  Connections connections_;
  const AccessKeyVault& vault_;
};

class PostgresCustomers final : public Customers {
 public:
  explicit PostgresCustomers(Connections connections) : connections_(connections) {}
  Result<CustomerStanding> standing(const std::string& customer) override;
  Result<void> settle(const CustomerVersion& next) override;
  Result<std::vector<CustomerVersion>> history(const std::string& customer) override;
  Result<std::vector<std::string>> names() override;
  Result<std::int64_t> credit(const CustomerCredit& credit) override;
  Result<std::vector<CustomerCredit>> credits(const std::string& customer) override;
  Result<bool> use(
      const std::string& customer, core::Product product, std::int64_t day, std::int64_t per_day
  ) override;
  Result<std::int64_t> used(const std::string& customer, core::Product product, std::int64_t day)
      override;

 private:
  Connections connections_;
};

class PostgresOutcomes final : public Outcomes {
 public:
  explicit PostgresOutcomes(Connections connections) : connections_(connections) {}
  Result<OutcomeRecord> commit(
      const OutcomeRecord& outcome, const std::optional<LedgerEntry>& charge
  ) override;
  Result<std::optional<OutcomeRecord>> find_by_fingerprint(
      const std::string& customer, const std::string& request_fingerprint
  ) override;
  Result<OutcomeRecord> find(const std::string& customer, const std::string& id) override;
  Result<void> set_ground_truth(
      const std::string& customer, const std::string& id, GroundTruth truth
  ) override;
  Result<std::optional<GroundTruth>> ground_truth(
      const std::string& customer, const std::string& id
  ) override;
  Result<std::vector<std::string>> referenced_blobs(const std::vector<std::string>& blob_ids
  ) override;
  Result<std::vector<LedgerEntry>> ledger(const LedgerQuery& query) override;
  using Outcomes::ledger;

 private:
  Connections connections_;
};

class PostgresSeenRequests final : public SeenRequests {
 public:
  explicit PostgresSeenRequests(Connections connections) : connections_(connections) {}
  Result<bool> remember(const std::string& fingerprint, Timestamp now, Timestamp expires_at)
      override;

 private:
  Connections connections_;
};

class PostgresVerificationSessions final : public VerificationSessions {
 public:
  explicit PostgresVerificationSessions(Connections connections) : connections_(connections) {}
  Result<void> create(const VerificationRecord& session, std::optional<Timestamp> due_at) override;
  Result<VerificationRecord> find(const std::string& customer, const std::string& id) override;
  Result<VerificationRecord> find_by_token(ByteView token_hash) override;
  Result<std::vector<std::string>> take_step(const VerificationStep& step) override;
  Result<void> add_chunk(const EvidenceArrival& arrival) override;
  Result<std::vector<std::string>> forget_part(
      const std::string& id,
      const std::string& challenge_id,
      const std::string& part,
      const std::string& sha256
  ) override;
  Result<std::vector<EvidencePartRecord>> parts(const std::string& id) override;
  Result<std::vector<VerificationName>> due(Timestamp now, int limit) override;
  Result<bool> postpone(const std::string& id, int number, Timestamp now, Timestamp due_at)
      override;
  Result<std::vector<std::string>> forget_samples(const std::string& id, int number, Timestamp now)
      override;

 private:
  Connections connections_;
};

class PostgresWebhookQueue final : public WebhookQueue {
 public:
  explicit PostgresWebhookQueue(Connections connections) : connections_(connections) {}
  Result<void> set_endpoint(const WebhookEndpointRecord& endpoint) override;
  Result<std::optional<WebhookEndpointRecord>> endpoint(const std::string& customer) override;
  Result<void> remove_endpoint(const std::string& customer, Timestamp now) override;
  Result<int> forget_deliveries(Timestamp before, int limit) override;
  Result<std::optional<WebhookDelivery>> claim(
      Timestamp now, Timestamp leased_until, const std::vector<std::string>& passed_over
  ) override;
  Result<void> note(const WebhookDelivery& delivery) override;
  Result<std::vector<WebhookDelivery>> deliveries(const std::string& customer, int limit) override;
  Result<std::int64_t> add_named(const NamedWebhookRecord& webhook, int most) override;
  Result<void> change_named(const NamedWebhookRecord& webhook) override;
  Result<void> remove_named(
      const std::string& customer, const std::string& surface, std::int64_t id, Timestamp now
  ) override;
  Result<NamedWebhookPage> named(
      const std::string& customer, const std::string& surface, int offset, int limit
  ) override;
  Result<std::optional<NamedWebhookRecord>> find_named(const std::string& customer, std::int64_t id)
      override;

 private:
  Connections connections_;
};

class PostgresIdempotentRequests final : public IdempotentRequests {
 public:
  explicit PostgresIdempotentRequests(Connections connections) : connections_(connections) {}
  Result<std::optional<IdempotentRequest>> begin(
      const std::string& customer,
      const std::string& key,
      ByteView request_hash,
      Timestamp now,
      Timestamp taken_until,
      Timestamp expires_at
  ) override;
  Result<int> forget_expired(Timestamp now) override;
  Result<void> finish(const std::string& customer, const std::string& key, ByteView answer)
      override;
  Result<void> abandon(const std::string& customer, const std::string& key) override;

 private:
  Connections connections_;
};

class PostgresUploads final : public Uploads {
 public:
  explicit PostgresUploads(Connections connections) : connections_(connections) {}
  Result<std::vector<std::string>> add(const UploadRecord& record, Timestamp now) override;
  Result<std::vector<std::string>> forget_expired(Timestamp now) override;
  Result<void> check_open(const std::string& upload_hash, Timestamp now) override;
  Result<void> fill(const std::string& upload_hash, const std::string& blob, Timestamp now)
      override;
  Result<UploadRecord> find(const std::string& file_hash, Timestamp now) override;

 private:
  Connections connections_;
};

class PostgresRegisterRecords final : public RegisterRecords {
 public:
  PostgresRegisterRecords(Connections connections, const RegisterVault& vault)
      : connections_(connections), vault_(vault) {}
  Result<std::string> put(const RegisterEntry& entry) override;
  Result<std::optional<RegisterEntry>> find(const std::string& number) override;
  Result<RegisterPage> list(ByteView from, int limit) override;
  Result<std::string> erase(const std::string& number) override;

 private:
  Connections connections_;
  const RegisterVault& vault_;
};

class PostgresNumberHistory final : public NumberHistory {
 public:
  PostgresNumberHistory(Connections connections, const RegisterVault& vault)
      : connections_(connections), vault_(vault) {}
  Bytes mark_of(const std::string& number) const override;
  Result<void> note_attack(ByteView mark, Timestamp now) override;
  Result<bool> was_attacked(const std::string& number) override;
  Result<bool> count_enquiry(const std::string& number, std::int64_t day, std::int64_t most)
      override;
  Result<void> forget(const std::string& number) override;

 private:
  Connections connections_;
  const RegisterVault& vault_;
};

class PostgresSmsMessages final : public SmsMessages {
 public:
  explicit PostgresSmsMessages(Connections connections) : connections_(connections) {}
  Result<std::vector<SmsAdmission>> add(
      const std::vector<NewSms>& messages, const SmsLimits& limits
  ) override;
  Result<SmsRecord> find(const std::string& customer, const std::string& id) override;
  Result<std::vector<SmsRecord>> list(const SmsQuery& query) override;
  Result<std::vector<SmsCount>> counts() override;
  Result<std::vector<ClaimedSms>> claim(
      const std::string& route, Timestamp now, Timestamp leased_until, int limit
  ) override;
  Result<void> note(const std::vector<SegmentNote>& notes, Timestamp now) override;
  Result<std::vector<bool>> note(const std::vector<ReceiptNote>& receipts, Timestamp now) override;
  Result<int> end_leases(Timestamp now) override;
  Result<int> expire(Timestamp now) override;
  Result<int> forget(Timestamp before, int limit) override;
  Result<void> opt_out(const SmsOptOut& number) override;
  Result<void> opt_in(ByteView number_hash) override;
  Result<std::vector<SmsOptOut>> opt_outs() override;
  Result<void> set_template(const SmsTemplate& text) override;
  Result<SmsTemplate> find_template(const std::string& customer, const std::string& code) override;
  Result<void> remove_template(const std::string& customer, const std::string& code) override;
  Result<std::vector<SmsTemplate>> templates() override;
  Result<void> add_conversion(const SmsConversion& conversion) override;

 private:
  Connections connections_;
};

}  // namespace selfsame::storage::postgres
