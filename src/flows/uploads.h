// SPDX-License-Identifier: Apache-2.0
// Files that a caller hands over ahead of the request that names them, and files that are made for
// the caller to fetch: encrypted, for two hours, each under a token that cannot be guessed.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "flows/worker_pool.h"
#include "storage/blob_store.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// Both tokens are 43 characters of A-Z a-z 0-9 (256 bits) and belong in no log.
struct UploadTicket {
  std::string upload_token;  // writes the file, once; empty: it is written already
  std::string file_token;    // reads it
  Timestamp expires_at;
};

struct UploadedFile {
  std::string customer;
  std::string purpose;
  Bytes content;
};

/// How long a file is kept, from the moment its ticket is issued.
inline constexpr std::chrono::hours kUploadLifetime{2};

/// Thread-safe; waits on the given pool.
class Uploads {
 public:
  Uploads(
      storage::Database& database,
      storage::BlobStore& blobs,
      WorkerPool& blob_pool,
      const Clock& clock
  )
      : database_(database), blobs_(blobs), pool_(blob_pool), clock_(clock) {}

  /// @param purpose  what the file will be for; the surface's words
  [[nodiscard]] asio::awaitable<Result<UploadTicket>> open(
      std::string customer, std::string purpose, Deadline deadline
  ) const;

  /// Whoever holds the token may write. `not_found`, `conflict` as storage::Uploads::fill.
  [[nodiscard]] asio::awaitable<Result<void>> write(
      std::string upload_token, Bytes content, Deadline deadline
  ) const;

  /// open() and write() of what the server made.
  [[nodiscard]] asio::awaitable<Result<UploadTicket>> publish(
      std::string customer, std::string purpose, Bytes content, Deadline deadline
  ) const;

  /// `not_found` as storage::Uploads::find.
  [[nodiscard]] asio::awaitable<Result<UploadedFile>> read(
      std::string file_token, Deadline deadline
  ) const;

  /// Erases some of the files whose time is over; how many. Blocking: to be called now and then.
  [[nodiscard]] Result<std::size_t> sweep() const;

 private:
  storage::Database& database_;
  storage::BlobStore& blobs_;
  WorkerPool& pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
