// SPDX-License-Identifier: Apache-2.0
// The blob store of several machines: one object per blob in a bucket of an S3-compatible store.
//
//   PREFIX + blob id    the envelope of blob_envelope.h, encrypted before it leaves the process
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "storage/blob_store.h"
#include "storage/master_key.h"

namespace selfsame::storage {

struct S3Options {
  std::string endpoint;  // "https://HOST[:PORT]", or "http://..." where the network is your own
  std::string bucket;
  std::string prefix;  // of every key, for example "selfsame/"; letters, digits and ._-/
  std::string region = "us-east-1";
  bool virtual_host = false;  // https://BUCKET.HOST/KEY in place of https://HOST/BUCKET/KEY
  std::string access_key_id;
  Secret secret_access_key;
  std::string ca_file;  // PEM; empty: those of the system
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds stall_timeout{5'000};   // under 1 kB/s for that long: given up
  std::chrono::milliseconds total_timeout{10'000};  // of one call, retries included
};

/// Contacts nobody: a store that is down or misconfigured shows at the first call (`selfsame
/// doctor` tries it). `invalid_parameter` names an option that cannot be right. Needs `master_key`
/// only during the call.
///
/// Every call ends within total_timeout; a failed put() may take two seconds more to take back what
/// might have arrived. What even that leaves behind has no row and is swept (flows/blob_sweep.h).
///
/// erase() asks whether the object is there, then deletes it. On a bucket without versions the
/// object is gone when it returns; when its bytes leave the store's disks is the store's affair. On
/// a bucket with versions, object lock or replication, deleting only hides: old versions, still
/// encrypted, stay until a lifecycle rule of the bucket removes them, and whoever has them and the
/// master key can read them. Use a bucket without versions.
[[nodiscard]] Result<std::unique_ptr<BlobStore>> open_s3_blobs(
    S3Options options, const MasterKey& master_key
);

}  // namespace selfsame::storage
