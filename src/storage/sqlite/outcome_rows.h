// SPDX-License-Identifier: Apache-2.0
// Storing an outcome as a part of a larger job of the writer.
#pragma once

#include <optional>

#include "storage/repositories.h"
#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// `conflict` when its id or fingerprint is taken.
[[nodiscard]] Result<void> insert_outcome(
    Connection& connection, const OutcomeRecord& record, const std::optional<LedgerEntry>& charge
);

}  // namespace selfsame::storage::sqlite
