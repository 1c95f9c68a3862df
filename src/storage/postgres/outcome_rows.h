// SPDX-License-Identifier: Apache-2.0
// Storing an outcome, or a charge alone, as a part of a larger job of the writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/postgres/connection.h"
#include "storage/repositories.h"

namespace selfsame::storage::postgres {

/// What an entry costs, by what is settled with the customer now.
struct PricedCharge {
  std::int64_t price_minor = 0;
  std::string currency;
};
/// Nothing: a sandbox customer is not billed.
[[nodiscard]] Result<std::optional<PricedCharge>> price_in(
    Connection& connection, const LedgerEntry& entry
);

[[nodiscard]] Result<void> add_to_balance(
    Connection& connection, std::string_view customer, std::int64_t amount_minor
);

/// Prices the entry, stores it and takes the price off the balance. `conflict` when what it is for
/// was billed already. Of a sandbox customer nothing is stored.
[[nodiscard]] Result<void> insert_charge(Connection& connection, const LedgerEntry& entry);

/// False: the customer is prepaid, and its balance is below the price of this entry.
[[nodiscard]] Result<bool> is_covered(Connection& connection, const LedgerEntry& entry);

/// Outcome and charge in one statement; false when the fingerprint is stored already. It waits for
/// another server that is about to store the same one. `conflict` when the id is taken.
[[nodiscard]] Result<bool> insert_outcome(
    Connection& connection, const OutcomeRecord& record, const std::optional<LedgerEntry>& charge
);

}  // namespace selfsame::storage::postgres
