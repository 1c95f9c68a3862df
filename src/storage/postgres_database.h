// SPDX-License-Identifier: Apache-2.0
// The database for several servers: PostgreSQL 15 or newer.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "storage/master_key.h"
#include "storage/postgres/target.h"
#include "storage/repositories.h"

namespace selfsame::storage {

/// Connects and migrates. Needs `master_key` only during the call. Several servers may open the
/// same database at once, also an empty one; they share the master key.
///
/// - `storage_unavailable`: cannot be reached or written, does not store UTF-8, or does not sync
/// - `conflict`: its schema is newer than this program
/// - `integrity_failure`: it was made under another master key
///
/// A write returns when the server has confirmed the COMMIT; calls that wait at the same time share
/// one. A server that goes away is `storage_unavailable` until it is back, then all goes on by
/// itself. Close it (destroy) from the thread that owns it, after all calls.
[[nodiscard]] Result<std::unique_ptr<Database>> open_postgres_database(
    const postgres::Target& target, const MasterKey& master_key
);

struct PostgresState {
  std::string server;     // "PostgreSQL 15.4, TLSv1.3"
  bool is_empty = false;  // nothing of ours is stored there yet
  bool in_clear = false;  // it is another machine, and the session is not encrypted
};

/// Connects and looks; changes nothing. Errors as of open_postgres_database().
[[nodiscard]] Result<PostgresState> inspect_postgres(const postgres::Target& target);

}  // namespace selfsame::storage
