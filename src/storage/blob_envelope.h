// SPDX-License-Identifier: Apache-2.0
// How a blob looks at rest: the same bytes in a folder and in an object store.
//
//   offset  bytes
//        0      8  "SLFSBLOB"
//        8      1  format version, 1
//        9      8  id of the master key that wraps (MasterKey::id, binary)
//       17     60  the blob's own random 256-bit key, sealed under the master key's blob sub-key
//       77   28+n  the content, sealed under the blob's own key
//
// "Sealed" is nonce (12) || AES-256-GCM ciphertext || tag (16), as in base/crypto.h. Both seals
// authenticate bytes 0..16 and the blob's id, so a blob moved to another name does not open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "storage/master_key.h"

namespace selfsame::storage {

/// Over every limit on a single upload. Bounds what get() allocates.
constexpr std::size_t kMaxBlobBytes = 64U << 20U;
constexpr std::size_t kBlobHeadBytes = 77;
constexpr std::size_t kBlobEnvelopeBytes = kBlobHeadBytes + 28;  // what sealing adds

/// Both parts in order are the stored object; apart, so that 10 MB are not copied once more.
struct SealedBlob {
  Bytes head;
  Bytes body;
};

/// Seals and opens. Holds the sub-key for blobs, not the master key. Thread-safe.
class BlobEnvelope {
 public:
  explicit BlobEnvelope(const MasterKey& master_key);

  /// `content` is at most kMaxBlobBytes.
  [[nodiscard]] SealedBlob seal(std::string_view blob_id, ByteView content) const;
  /// `integrity_failure` when `stored` is not what seal() made for this id under this master key.
  [[nodiscard]] Result<Bytes> open(std::string_view blob_id, ByteView stored) const;

 private:
  Secret key_;
  Bytes master_key_id_;
};

/// A fresh random blob id: 128 bits, 32 lower-case hexadecimal digits.
[[nodiscard]] std::string new_blob_id();
/// Whether `id` has that shape. Only then may it become part of a path or an address.
[[nodiscard]] bool is_blob_id(std::string_view id) noexcept;
/// Those of `ids` that have it, as a JSON array of strings.
[[nodiscard]] std::string json_array_of(const std::vector<std::string>& ids);

}  // namespace selfsame::storage
