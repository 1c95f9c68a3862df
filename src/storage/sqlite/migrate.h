// SPDX-License-Identifier: Apache-2.0
// Brings a database to the newest schema.
#pragma once

#include <span>

#include "base/clock.h"
#include "base/result.h"
#include "storage/migrations/migration.h"
#include "storage/sqlite/connection.h"

namespace selfsame::storage::sqlite {

/// Runs what `history` has and the database has not, in one transaction: all of it or nothing, also
/// when several processes open the same file. `conflict` when the database is newer than `history`.
[[nodiscard]] Result<void> migrate(
    Connection& connection, std::span<const Migration> history, Timestamp now
);

}  // namespace selfsame::storage::sqlite
