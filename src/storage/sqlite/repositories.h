// SPDX-License-Identifier: Apache-2.0
// The repositories of storage/repositories.h over SQLite.
#pragma once

#include "storage/access_key_vault.h"
#include "storage/repositories.h"
#include "storage/sqlite/readers.h"
#include "storage/sqlite/writer.h"

namespace selfsame::storage::sqlite {

/// What the repositories of one database share. Outlives them.
struct Connections {
  Writer& writer;
  Readers& readers;
};

class SqliteAccessKeys final : public AccessKeys {
 public:
  SqliteAccessKeys(Connections connections, const AccessKeyVault& vault)
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

class SqliteAccounts final : public Accounts {
 public:
  explicit SqliteAccounts(Connections connections) : connections_(connections) {}
  Result<AccountState> state(const std::string& customer, const std::string& product) override;
  Result<void> set_state(
      const std::string& customer, const std::string& product, AccountState state, Timestamp now
  ) override;

 private:
  Connections connections_;
};

class SqliteOutcomes final : public Outcomes {
 public:
  explicit SqliteOutcomes(Connections connections) : connections_(connections) {}
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
  Result<std::vector<LedgerEntry>> ledger(const std::string& customer) override;

 private:
  Connections connections_;
};

class SqliteSeenRequests final : public SeenRequests {
 public:
  explicit SqliteSeenRequests(Connections connections) : connections_(connections) {}
  Result<bool> remember(const std::string& fingerprint, Timestamp now, Timestamp expires_at)
      override;

 private:
  Connections connections_;
};

}  // namespace selfsame::storage::sqlite
