// SPDX-License-Identifier: Apache-2.0
// What is secret about access keys, for every database alike.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "storage/master_key.h"
#include "storage/repositories.h"

namespace selfsame::storage {

/// The protected half of an access key's row.
struct SealedAccessKey {
  Bytes secret;        // nonce || AES-256-GCM ciphertext || tag, bound to id, customer and column
  Bytes appcode;       // likewise
  Bytes appcode_hash;  // HMAC-SHA256 of the appcode: finds the row, tells nothing
};

/// Makes, seals and opens. Holds sub-keys, not the master key. Thread-safe.
class AccessKeyVault {
 public:
  explicit AccessKeyVault(const MasterKey& master_key);

  /// Fresh random id ("AK" + 30), secret (40) and appcode (32 characters). `invalid_parameter` when
  /// `customer` is empty, over 64 bytes or contains control characters.
  [[nodiscard]] Result<AccessKeyWithSecrets> make(std::string customer, Timestamp now) const;

  [[nodiscard]] SealedAccessKey seal(const AccessKeyWithSecrets& key) const;
  /// `integrity_failure` when the row is not as it was sealed.
  [[nodiscard]] Result<AccessKeyWithSecrets> open(AccessKey key, const SealedAccessKey& sealed)
      const;

  [[nodiscard]] Bytes appcode_hash(const Secret& appcode) const;
  /// Which master key it is: stored beside what is sealed.
  [[nodiscard]] const std::string& master_key_id() const noexcept { return master_key_id_; }
  /// Proves the master key without using it: stored at the first opening, compared at every other.
  [[nodiscard]] const Bytes& check_value() const noexcept { return check_value_; }

 private:
  Secret sealing_key_;
  Secret hashing_key_;
  std::string master_key_id_;
  Bytes check_value_;
};

}  // namespace selfsame::storage
