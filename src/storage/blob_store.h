// SPDX-License-Identifier: Apache-2.0
// Images and videos: never in rows, always encrypted.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace selfsame::storage {

/// Thread-safe, blocking.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// Encrypts under a key of its own, which the master key wraps (AES-256-GCM both), and returns
  /// the new blob's id when it is durable. `storage_unavailable` when it could not be (disk full,
  /// ...): then nothing of it remains.
  [[nodiscard]] virtual Result<std::string> put(ByteView content) = 0;
  /// `not_found`, or `integrity_failure` when the bytes or the master key are not the right ones.
  [[nodiscard]] virtual Result<Bytes> get(const std::string& id) = 0;
  /// Gone for good, with its key (how good on which disk: see the implementation). `not_found` when
  /// there was none.
  [[nodiscard]] virtual Result<void> erase(const std::string& id) = 0;
};

}  // namespace selfsame::storage
