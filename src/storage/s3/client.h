// SPDX-License-Identifier: Apache-2.0
// Objects of one bucket of an S3-compatible store: signed requests (AWS signature 4) with time-outs
// and retries. libcurl is behind this header and nowhere else.
//
// Errors never carry addresses, keys or what a server wrote but its error code:
// - `not_found`: the store says that there is no such object (and only then)
// - `storage_unavailable`: everything else, after the retries that made sense
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "storage/blobs_s3.h"

namespace selfsame::storage::s3 {

/// Thread-safe, blocking. Connections are kept and used again. No redirect is followed, no proxy of
/// the environment used. What failed on the way or was answered 408, 429 or 5xx is tried up to four
/// times with growing, jittered pauses, all within `total_timeout`.
class Client {
 public:
  /// `invalid_parameter` names the option that cannot be right. Contacts nobody.
  [[nodiscard]] static Result<Client> make(S3Options options);
  Client(Client&&) noexcept;
  ~Client();

  /// Stores `parts` one after the other, with their hash under the signature.
  [[nodiscard]] Result<void> put(const std::string& key, std::span<const ByteView> parts);
  /// `integrity_failure` when it is longer than `max_bytes`.
  [[nodiscard]] Result<Bytes> get(const std::string& key, std::size_t max_bytes);
  /// Whether it is there: succeeds or `not_found`.
  [[nodiscard]] Result<void> probe(const std::string& key);
  /// Succeeds also where there was none.
  [[nodiscard]] Result<void> remove(const std::string& key);
  /// remove() by one attempt of at most two seconds, for what most likely never arrived.
  void take_back(const std::string& key);
  /// The ListObjectsV2 answer (XML): at most 1000 keys that start with `prefix` and come after
  /// `after` in the order of their bytes.
  [[nodiscard]] Result<Bytes> list(const std::string& prefix, const std::string& after);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace selfsame::storage::s3
