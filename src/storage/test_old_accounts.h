// SPDX-License-Identifier: Apache-2.0
// For tests: what schema 5 knew of customers, and what must have become of it.
#pragma once

#include <gtest/gtest.h>

#include "core/customer_fields.h"
#include "storage/customer_repositories.h"
#include "storage/repositories.h"

namespace selfsame::storage::testing {

inline constexpr const char* kOldAccounts =
    "INSERT INTO account_states (customer, product, state, set_at) VALUES"
    " ('bank', 'tencent.pure-api', 4, 7), ('bank', 'native.comparisons', 7, 9),"
    " ('shop', 'native.verifications', 0, 8), ('late', 'tencent.pure-api', 1, 5);"
    "INSERT INTO outcomes (id, customer, access_key_id, surface, operation, request_fingerprint,"
    " outcome, attack_class, calibration, reference_blob, capture_blob, best_frame_blob, "
    "decided_at)"
    " VALUES ('r1', 'bank', 'AK1', 'tencent', 'o', '', 0, 0, 'c', '', '', '', 3);"
    "INSERT INTO ledger (outcome_id, customer, product, code, billed_at)"
    " VALUES ('r1', 'bank', 'tencent.pure-api', 'Success', 3)";

inline void check_moved_accounts(Database& database) {
  Customers& customers = database.customers();
  const auto bank = customers.history("bank").value();
  ASSERT_EQ(bank.size(), 1U);
  EXPECT_EQ(
      core::text_of(bank[0].settings),
      "state/tencent.pure-api=in_arrears\nstate/native.comparisons=denied\n"
  );
  EXPECT_EQ(bank[0].set_at.time_since_epoch().count(), 9);
  EXPECT_EQ(bank[0].set_by, "migration");
  EXPECT_EQ(
      core::text_of(customers.standing("late")->settings), "state/tencent.pure-api=not_activated\n"
  );
  EXPECT_EQ(customers.standing("shop")->version, 0) << "active is the default";
  const auto ledger = database.outcomes().ledger("bank").value();
  ASSERT_EQ(ledger.size(), 1U);
  EXPECT_EQ(ledger[0].outcome_id, "r1");
  EXPECT_EQ(ledger[0].price_minor, 0);
  EXPECT_EQ(ledger[0].units, 1);
}

}  // namespace selfsame::storage::testing
