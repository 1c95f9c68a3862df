// SPDX-License-Identifier: Apache-2.0
// Images and videos: never in rows, always encrypted.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace selfsame::storage {

/// An outcome that refers to a blob is stored within this time from put(), or never: whoever stores
/// it checks, and the sweep of orphans (flows/blob_sweep.h) relies on it.
constexpr std::chrono::minutes kBlobCommitWithin{10};

struct StoredBlob {
  std::string id;
  Timestamp written_at;  // by the store's clock; not earlier than put() was called
};

/// A part of a listing.
struct BlobPage {
  std::vector<StoredBlob> blobs;  // may be empty although more pages follow
  std::string next;               // for the next call; empty: this was the last page
};

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
  /// All blobs, page by page, each once: `from` is "" and then the `next` of the page before. What
  /// is put or erased meanwhile may be among them or not. Names that are not ours are left out.
  [[nodiscard]] virtual Result<BlobPage> list(const std::string& from) = 0;
  /// Removes what writers that were killed left half-written, once it is an hour old; how many.
  virtual std::size_t remove_drafts() = 0;
};

}  // namespace selfsame::storage
