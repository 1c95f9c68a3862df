// SPDX-License-Identifier: Apache-2.0
// What a customer orders: the body of POST /v1/verifications.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "core/verification.h"

namespace selfsame::adapters::native {

inline constexpr std::size_t kMetadataCharactersMax = 1000;

struct VerificationRequest {
  core::VerificationTerms terms;
  Bytes reference_image;  // empty unless compared with one that is on no document
  std::string metadata;
};

/// @param content_type  application/json with `reference_image` in base64, or multipart/form-data
///                      with the file `reference_image` and the JSON object `request`
///
/// - `malformed_request`, `unknown_parameter`, `missing_parameter`, `invalid_parameter`
/// - `image_too_large`: over `image_bytes_max`
/// The error's detail is a text of ours for the caller.
[[nodiscard]] Result<VerificationRequest> parse_verification_request(
    std::string_view content_type, std::string_view body, std::size_t image_bytes_max
);

}  // namespace selfsame::adapters::native
