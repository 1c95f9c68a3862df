// SPDX-License-Identifier: Apache-2.0
#include "app/store_setup.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "app/terminal.h"
#include "storage/blobs_folder.h"
#include "storage/blobs_s3.h"
#include "storage/master_key.h"
#include "storage/postgres_database.h"
#include "storage/sqlite_database.h"

namespace selfsame::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDatabaseFile = "selfsame.db";
constexpr std::size_t kSecretBytesMax = 4096;

/// Whether there is a database of ours already.
Result<bool> has_database(const Settings& settings) {
  if (settings.database_url.empty()) {
    std::error_code error;
    return fs::exists(fs::path(settings.data_dir) / kDatabaseFile, error);
  }
  SELFSAME_TRY(target, postgres_target(settings));
  SELFSAME_TRY(state, storage::inspect_postgres(target));
  return !state.is_empty;
}

Result<std::unique_ptr<storage::Database>> open_database(
    const Settings& settings, const storage::MasterKey& key
) {
  if (settings.database_url.empty()) {
    return storage::open_database(fs::path(settings.data_dir) / kDatabaseFile, key);
  }
  SELFSAME_TRY(target, postgres_target(settings));
  return storage::open_postgres_database(target, key);
}

Result<storage::LoadedMasterKey> master_key_of(const Settings& settings, bool has_database) {
  const fs::path data(settings.data_dir);
  // A new key beside an old database could open nothing and would only hide that the old one is
  // gone.
  const bool may_create = settings.master_key_file.empty() && !has_database;
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

Result<Secret> secret_from(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return fail(Errc::forbidden, file + " may be read by others; chmod 600 " + file);
  }
  SELFSAME_TRY(content, read_file(file, kSecretBytesMax));
  while (!content.empty() && (content.back() == '\n' || content.back() == '\r')) {
    content.pop_back();
  }
  return Secret(std::move(content));
}

Result<storage::postgres::Target> postgres_target(const Settings& settings) {
  storage::postgres::Target target{.url = settings.database_url, .password = {}};
  if (settings.database_password_file.empty()) return target;
  SELFSAME_TRY(password, secret_from(settings.database_password_file));
  if (password.empty() || std::ranges::find(password.reveal(), 0) != password.reveal().end()) {
    return fail(
        Errc::invalid_parameter, settings.database_password_file + " does not hold a password"
    );
  }
  target.password = std::move(password);
  return target;
}

Result<std::unique_ptr<storage::BlobStore>> open_blobs(
    const Settings& settings, const storage::MasterKey& master_key
) {
  if (settings.s3_endpoint.empty()) {
    return storage::open_folder_blobs(fs::path(settings.data_dir) / "blobs", master_key);
  }
  storage::S3Options options;
  options.endpoint = settings.s3_endpoint;
  options.bucket = settings.s3_bucket;
  options.prefix = settings.s3_prefix;
  options.region = settings.s3_region;
  options.virtual_host = settings.s3_addressing == "virtual";
  options.access_key_id = settings.s3_access_key_id;
  SELFSAME_TRY(secret, secret_from(settings.s3_secret_file));
  options.secret_access_key = std::move(secret);
  options.ca_file = settings.s3_ca_file;
  options.connect_timeout = std::chrono::milliseconds(settings.s3_connect_timeout_ms);
  options.stall_timeout = std::chrono::milliseconds(settings.s3_stall_timeout_ms);
  options.total_timeout = std::chrono::milliseconds(settings.s3_total_timeout_ms);
  return storage::open_s3_blobs(std::move(options), master_key);
}

Result<Stores> open_stores(const Settings& settings) {
  SELFSAME_TRY(exists, has_database(settings));
  SELFSAME_TRY(master, master_key_of(settings, exists));
  Stores stores;
  stores.master_key_created = master.created;
  SELFSAME_TRY(database, open_database(settings, master.key));
  stores.database = std::move(database);
  SELFSAME_TRY(blobs, open_blobs(settings, master.key));
  stores.blobs = std::move(blobs);
  stores.master_key = std::move(master.key);
  return stores;
}

Result<Stores> open_existing_stores(const Settings& settings) {
  SELFSAME_TRY(exists, has_database(settings));
  if (exists) return open_stores(settings);
  if (!settings.database_url.empty()) {
    return fail(Errc::not_found, "database.url: nothing is stored there yet");
  }
  std::error_code error;
  return fail(
      Errc::not_found,
      "no data in " + fs::absolute(settings.data_dir, error).string() +
          "; say --data DIR, the one of `selfsame serve`"
  );
}

}  // namespace selfsame::app
