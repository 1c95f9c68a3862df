// SPDX-License-Identifier: Apache-2.0
// The default database: one SQLite file.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "storage/master_key.h"
#include "storage/repositories.h"

namespace selfsame::storage {

/// Opens the file, made (mode 0600, with its directory) where missing, and migrates it. Needs
/// `master_key` only during the call. Several processes may have it open (the server, the CLI).
///
/// - `storage_unavailable`: cannot be read or written, or is not a database
/// - `conflict`: its schema is newer than this program
/// - `integrity_failure`: it was made under another master key
///
/// Every write is synced to disk before it returns (WAL, synchronous=FULL); calls that wait at the
/// same time share a sync. Close it (destroy) from the thread that owns it, after all calls.
[[nodiscard]] Result<std::unique_ptr<Database>> open_database(
    const std::filesystem::path& path, const MasterKey& master_key
);

}  // namespace selfsame::storage
