// SPDX-License-Identifier: Apache-2.0
#include "app/store_setup.h"

#include <filesystem>

#include "storage/blobs_folder.h"
#include "storage/master_key.h"
#include "storage/sqlite_database.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDatabaseFile = "selfsame.db";

Result<storage::LoadedMasterKey> master_key_of(const Settings& settings) {
  const fs::path data(settings.data_dir);
  std::error_code error;
  // A new key beside an old database could open nothing and would only hide that the old one is
  // gone.
  const bool may_create =
      settings.master_key_file.empty() && !fs::exists(data / kDatabaseFile, error);
  if (may_create) return storage::load_or_create_master_key(data);
  const fs::path file =
      settings.master_key_file.empty() ? data / "master.key" : fs::path(settings.master_key_file);
  auto loaded = storage::load_master_key(file);
  if (!loaded && loaded.error().code == Errc::not_found) {
    return fail(
        Errc::not_found,
        "the master key " + file.string() +
            " is gone; bring it back: without it the stored data cannot be read"
    );
  }
  SELFSAME_TRY(key, std::move(loaded));
  return storage::LoadedMasterKey{.key = std::move(key), .created = false};
}

}  // namespace

Result<Stores> open_stores(const Settings& settings) {
  const fs::path data(settings.data_dir);
  SELFSAME_TRY(master, master_key_of(settings));
  Stores stores;
  stores.master_key_created = master.created;
  SELFSAME_TRY(database, storage::open_database(data / kDatabaseFile, master.key));
  stores.database = std::move(database);
  SELFSAME_TRY(blobs, storage::open_folder_blobs(data / "blobs", master.key));
  stores.blobs = std::move(blobs);
  return stores;
}

Result<Stores> open_existing_stores(const Settings& settings) {
  std::error_code error;
  if (fs::exists(fs::path(settings.data_dir) / kDatabaseFile, error)) return open_stores(settings);
  return fail(
      Errc::not_found,
      "no data in " + fs::absolute(settings.data_dir, error).string() +
          "; say --data DIR, the one of `selfsame serve`"
  );
}

}  // namespace selfsame::app
