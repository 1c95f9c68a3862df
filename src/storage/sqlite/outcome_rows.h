// SPDX-License-Identifier: Apache-2.0
// Storing an outcome, or a charge alone, as a part of a larger job of the writer.
#pragma once

#include <optional>

#include "storage/repositories.h"
#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// `conflict` when its id or fingerprint is taken.
[[nodiscard]] Result<void> insert_outcome(
    Connection& connection, const OutcomeRecord& record, const std::optional<LedgerEntry>& charge
);

/// Prices the entry, stores it and takes the price off the balance. `conflict` when what it is for
/// was billed already. Of a sandbox customer nothing is stored.
[[nodiscard]] Result<void> insert_charge(Connection& connection, const LedgerEntry& entry);

/// False: the customer is prepaid, and its balance is below the price of this entry.
[[nodiscard]] Result<bool> is_covered(Connection& connection, const LedgerEntry& entry);

}  // namespace selfsame::storage::sqlite
