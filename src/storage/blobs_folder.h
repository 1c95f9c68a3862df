// SPDX-License-Identifier: Apache-2.0
// The blob store of a single machine: one encrypted file per blob (format: blob_envelope.h).
//
//   DIR/ab/ab41…    the blobs, spread by the first two digits of their ids
//   DIR/incoming/   what is being written; see remove_drafts()
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "storage/blob_store.h"
#include "storage/master_key.h"

namespace selfsame::storage {

/// Opens the folder, made (mode 0700) where missing. Needs `master_key` only during the call.
///
/// put() returns when file and name are synced to disk; it needs about twice the content's size in
/// memory, as get() does.
///
/// erase() overwrites the blob's wrapped key in place, syncs, and unlinks. On a disk that writes in
/// place nothing can then be decrypted, not even with the master key. Flash and copy-on-write file
/// systems may keep the old sector for a while: there the guarantee is that of the file system's
/// discard, and rotating the master key is what ends it for certain. A get() that races with the
/// erase of the same blob may answer `integrity_failure` in place of `not_found`.
[[nodiscard]] Result<std::unique_ptr<BlobStore>> open_folder_blobs(
    const std::filesystem::path& directory, const MasterKey& master_key
);

}  // namespace selfsame::storage
