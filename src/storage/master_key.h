// SPDX-License-Identifier: Apache-2.0
// The one secret of an installation, from which all keys that protect stored data are derived.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace selfsame::storage {

/// 256 bits. It encrypts nothing itself: sub-keys, one for each purpose, do.
class MasterKey {
 public:
  /// @param bytes  exactly 32, uniformly random; anything else throws std::invalid_argument
  explicit MasterKey(Secret bytes);

  /// The sub-key for the purpose named by `label`: HKDF-Expand with SHA-256 (RFC 5869 section 2.3),
  /// 32 bytes, info = `label`. The extraction step is left out as section 3.3 allows: the master
  /// key is uniformly random already.
  [[nodiscard]] Secret derive(std::string_view label) const;

  /// Names this key without telling it: 16 hexadecimal digits. Stored beside what it wraps, so that
  /// a rotation knows what is left to do.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

 private:
  Secret bytes_;
  std::string id_;
};

struct LoadedMasterKey {
  MasterKey key;
  bool created;  // true: this call made it
};

/// Reads 32 bytes from `path`. `not_found` when there is no file; `integrity_failure`, saying what
/// to do, when it is a symbolic link, not a regular file, readable or writable by anybody but its
/// owner, owned by somebody else than us or root, or of another size.
[[nodiscard]] Result<MasterKey> load_master_key(const std::filesystem::path& path);

/// Loads `directory`/master.key, or makes it (mode 0600; whole or absent, durable on return) and
/// the directory where they are missing. Of processes that race, one creates and all load the same.
[[nodiscard]] Result<LoadedMasterKey> load_or_create_master_key(
    const std::filesystem::path& directory
);

}  // namespace selfsame::storage
