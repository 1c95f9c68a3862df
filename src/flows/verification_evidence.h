// SPDX-License-Identifier: Apache-2.0
// What may be uploaded as evidence, and when it is whole. Inside of flows/verification.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/verification.h"
#include "flows/verification.h"
#include "storage/blob_store.h"
#include "storage/verification_records.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

/// `invalid_parameter` or `payload_too_large` unless the chunk alone may be taken: a known name,
/// lengths in their limits, a hash that is one.
[[nodiscard]] Result<void> check_chunk(
    const EvidenceChunk& chunk, const VerificationLimits& limits
);

/// `invalid_parameter` unless the manifest names the time of every still that arrived and of no
/// other, in order, its numbers are times, and every part is whole.
[[nodiscard]] Result<void> check_manifest(
    const EvidenceManifest& manifest,
    const core::Challenge& challenge,
    const std::vector<storage::EvidencePartRecord>& parts
);

struct LoadedEvidence {
  vision::CaptureSamples samples;
  std::string odd_part;    // which is not what its hash announced; empty: none, and all is there
  std::string odd_sha256;  // that it announced
};

/// Reads the parts back; blocking.
[[nodiscard]] Result<LoadedEvidence> load_evidence(
    storage::BlobStore& blobs,
    const std::vector<storage::EvidencePartRecord>& parts,
    const core::EvidenceSealed& sealed
);

/// The video alone; `not_found` when there is none.
[[nodiscard]] Result<Bytes> load_video(
    storage::BlobStore& blobs, const std::vector<storage::EvidencePartRecord>& parts
);

[[nodiscard]] PartStatus status_of(const storage::EvidencePartRecord& part);

}  // namespace selfsame::flows
