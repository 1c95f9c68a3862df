// SPDX-License-Identifier: Apache-2.0
// Errors of the native API: problem+json (RFC 9457).
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/scores.h"
#include "http/message.h"

namespace selfsame::adapters::native {

/// HTTP status, `title` for people, `code` from base/result.h, `request_id`. `detail` is a text of
/// ours that says what to do; never Error::detail.
[[nodiscard]] http::Response problem(
    Errc code, std::string_view detail, std::string_view request_id
);

/// 405 with the Allow header.
[[nodiscard]] http::Response method_not_allowed(
    std::string_view allowed, std::string_view request_id
);

/// 422 `unusable_reference` with the photo's `defect`.
[[nodiscard]] http::Response unusable_reference(
    core::CaptureDefect defect, std::string_view request_id
);

/// 422 `idempotency_key_reused`.
[[nodiscard]] http::Response key_reused(std::string_view request_id);

}  // namespace selfsame::adapters::native
