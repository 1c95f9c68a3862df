// SPDX-License-Identifier: Apache-2.0
// Storing an outcome as a part of a larger job of the writer.
#pragma once

#include <optional>

#include "storage/postgres/connection.h"
#include "storage/repositories.h"

namespace selfsame::storage::postgres {

/// Outcome and charge in one round trip; false when the fingerprint is stored already. It waits for
/// another server that is about to store the same one. `conflict` when the id is taken.
[[nodiscard]] Result<bool> insert_outcome(
    Connection& connection, const OutcomeRecord& record, const std::optional<LedgerEntry>& charge
);

}  // namespace selfsame::storage::postgres
