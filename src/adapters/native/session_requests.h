// SPDX-License-Identifier: Apache-2.0
// What a device says to its session. Nobody vouches for any of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/verification.h"
#include "flows/verification.h"

namespace selfsame::adapters::native {

// All: `malformed_request`, `unknown_parameter`, `missing_parameter`, `invalid_parameter`, with a
// text of ours for the caller.

/// Body of .../challenge: `{"mirrored": false, "can_flash": true, "app": {"sdk_version": "3.2.1",
/// "model": "Phone 1", "bundle_id": "com.bank"}}`; empty: as if `{}`.
[[nodiscard]] Result<core::DeviceFacts> parse_device_facts(std::string_view body);

inline constexpr std::size_t kDeviceKeyBytesMax = 64;

/// Body of .../claim: `{"key": "..."}`, 32 to 64 letters and digits, which are the answer; empty:
/// none.
[[nodiscard]] Result<std::string> parse_claim(std::string_view body);

/// Query of an upload to .../evidence: `challenge_id`, `part`, `offset`, `total`, `sha256`. The
/// content is left empty.
[[nodiscard]] Result<flows::EvidenceChunk> parse_chunk(std::string_view query);

/// JSON body of .../evidence, which seals what was uploaded.
[[nodiscard]] Result<flows::EvidenceManifest> parse_manifest(std::string_view body);

/// Query of .../document: `side`, "front" or "back".
[[nodiscard]] Result<std::string> parse_document_side(std::string_view query);

/// Body of .../document/confirm: `{"fields": {"full_name": "..."}}`; empty: as if `{}`.
[[nodiscard]] Result<std::vector<flows::DocumentEdit>> parse_document_edits(std::string_view body);

/// Body of .../end: `{"reason": "user_cancelled"}`.
[[nodiscard]] Result<core::EndReason> parse_end(std::string_view body);

}  // namespace selfsame::adapters::native
