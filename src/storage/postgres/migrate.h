// SPDX-License-Identifier: Apache-2.0
// Brings a database to the newest schema.
#pragma once

#include <functional>
#include <span>

#include "base/clock.h"
#include "base/result.h"
#include "storage/migrations/migration.h"
#include "storage/postgres/connection.h"

namespace selfsame::storage::postgres {

/// Runs what `history` has and the database has not, then `last`, in one transaction: all of it or
/// nothing, and one server at a time (advisory lock). `conflict` when the database is newer than
/// `history`. Waits long: use the connection for nothing else.
[[nodiscard]] Result<void> migrate(
    Connection& connection,
    std::span<const Migration> history,
    Timestamp now,
    const std::function<Result<void>(Connection&)>& last
);

/// Whether `table` is there, in the schema where ours is.
[[nodiscard]] Result<bool> has_table(Connection& connection, std::string_view table);

}  // namespace selfsame::storage::postgres
