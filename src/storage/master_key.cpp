// SPDX-License-Identifier: Apache-2.0
#include "storage/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>  // explicit_bzero
#include <stdexcept>

#include "base/crypto.h"
#include "storage/durable_file.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kIdBytes = 8;

tl::unexpected<Error> refuse(const std::filesystem::path& path, const char* why) {
  return fail(Errc::integrity_failure, "master key " + path.string() + ' ' + why);
}

}  // namespace

MasterKey::MasterKey(Secret bytes) : bytes_(std::move(bytes)) {
  if (bytes_.reveal().size() != kKeyBytes)
    throw std::invalid_argument("master key is not 256 bits");
  id_ = to_hex(derive("selfsame/v1/master-key-id").reveal().first(kIdBytes));
}

Secret MasterKey::derive(std::string_view label) const {
  std::string info(label);
  info.push_back('\x01');  // the counter of the first and only block
  Sha256Digest block = hmac_sha256(bytes_.reveal(), bytes_of(info));
  Secret key(Bytes(block.begin(), block.end()));
  explicit_bzero(block.data(), block.size());
  return key;
}

Result<MasterKey> load_master_key(const std::filesystem::path& path) {
  SELFSAME_TRY(file, open_file(path, O_RDONLY));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_with_errno("cannot stat", path);
  if (!S_ISREG(status.st_mode)) return refuse(path, "is not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refuse(path, "is open to others than its owner: chmod 600 it");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refuse(path, "belongs to another user: chown it to the server's");
  }
  if (status.st_size != kKeyBytes) return refuse(path, "is not 32 bytes long");
  SELFSAME_TRY(bytes, read_file(file, path, kKeyBytes));
  Secret secret(std::move(bytes));
  if (secret.reveal().size() != kKeyBytes) return refuse(path, "is not 32 bytes long");
  return MasterKey(std::move(secret));
}

Result<LoadedMasterKey> load_or_create_master_key(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "master.key";
  auto loaded = load_master_key(path);
  if (loaded) return LoadedMasterKey{std::move(*loaded), false};
  if (loaded.error().code != Errc::not_found) return tl::unexpected(std::move(loaded).error());

  SELFSAME_CHECK(make_directory(directory));
  // Written under another name and then linked: a crash never leaves half a key under the right
  // one, and link() does not replace the key of a process that was faster.
  const std::filesystem::path draft = directory / (".master.key." + random_token(16));
  const Secret fresh(random_bytes(kKeyBytes));
  SELFSAME_CHECK(write_new_file(draft, {fresh.reveal()}));
  const bool created = ::link(draft.c_str(), path.c_str()) == 0;
  const int link_error = errno;
  ::unlink(draft.c_str());
  if (!created && link_error != EEXIST) {
    errno = link_error;
    return fail_with_errno("cannot create", path);
  }
  SELFSAME_CHECK(sync_directory(directory));
  SELFSAME_TRY(key, load_master_key(path));
  return LoadedMasterKey{std::move(key), created};
}

}  // namespace selfsame::storage
