// SPDX-License-Identifier: Apache-2.0
// What is secret about the register's rows, for every database alike.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "storage/master_key.h"
#include "storage/register_repositories.h"

namespace selfsame::storage {

/// Holds sub-keys, not the master key. Thread-safe.
class RegisterVault {
 public:
  explicit RegisterVault(const MasterKey& master_key);

  /// HMAC-SHA256: finds the number's entry, tells nothing.
  [[nodiscard]] Bytes number_hash(std::string_view number) const;
  /// The same under another key, so that the tables cannot be joined by a thief.
  [[nodiscard]] Bytes history_hash(std::string_view number) const;

  /// All of the entry but the time: AES-256-GCM of a text of one length, bound to the number's hash
  /// and to the photo's blob. std::invalid_argument as for RegisterRecords::put.
  [[nodiscard]] Bytes seal(const RegisterEntry& entry) const;
  /// The inverse. `integrity_failure` when hash, blob or bytes are not those that were sealed.
  [[nodiscard]] Result<RegisterEntry> open(
      ByteView number_hash, const std::string& photo_blob, ByteView sealed, Timestamp imported_at
  ) const;

 private:
  Secret sealing_key_;
  Secret number_key_;
  Secret history_key_;
};

}  // namespace selfsame::storage
