// SPDX-License-Identifier: Apache-2.0
#include "app/store_setup.h"

#include <filesystem>

#include "storage/blobs_folder.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"

namespace selfsame::app {
namespace {

Result<storage::LoadedMasterKey> master_key_of(const Settings& settings) {
  if (settings.master_key_file.empty())
    return storage::load_or_create_master_key(settings.data_dir);
  SELFSAME_TRY(key, storage::load_master_key(settings.master_key_file));
  return storage::LoadedMasterKey{.key = std::move(key), .created = false};
}

}  // namespace

Result<Stores> open_stores(const Settings& settings) {
  const std::filesystem::path data(settings.data_dir);
  SELFSAME_TRY(master, master_key_of(settings));
  Stores stores;
  stores.master_key_created = master.created;
  SELFSAME_TRY(database, storage::open_database(data / "selfsame.db", master.key));
  stores.database = std::move(database);
  SELFSAME_TRY(blobs, storage::open_folder_blobs(data / "blobs", master.key));
  stores.blobs = std::move(blobs);
  return stores;
}

}  // namespace selfsame::app
