// SPDX-License-Identifier: Apache-2.0
// From settings to an opened database and blob store.
#pragma once

#include <memory>
#include <optional>

#include "app/settings.h"
#include "base/result.h"
#include "base/secret.h"
#include "storage/blob_store.h"
#include "storage/master_key.h"
#include "storage/postgres/target.h"
#include "storage/repositories.h"

namespace selfsame::app {

struct Stores {
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::BlobStore> blobs;
  std::optional<storage::MasterKey> master_key;  // what opened them; set
  bool master_key_created = false;
};

/// The blob store that the settings name. Nothing is asked of an object store: one that is down
/// keeps nothing from starting.
[[nodiscard]] Result<std::unique_ptr<storage::BlobStore>> open_blobs(
    const Settings& settings, const storage::MasterKey& master_key
);

/// Opens what lies in data.dir (the rows: where database.url says) and makes what is missing:
/// folder, master key, database, blobs.
[[nodiscard]] Result<Stores> open_stores(const Settings& settings);

/// The same for commands that only look or change: `not_found` where there is no database yet, and
/// nothing is made.
[[nodiscard]] Result<Stores> open_existing_stores(const Settings& settings);

/// The file's content without the line end that editors add. Refused when others may read it, as
/// the master key is.
[[nodiscard]] Result<Secret> secret_from(const std::string& file);

/// database.url with the password of database.password_file.
[[nodiscard]] Result<storage::postgres::Target> postgres_target(const Settings& settings);

}  // namespace selfsame::app
