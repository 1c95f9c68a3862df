// SPDX-License-Identifier: Apache-2.0
// The API gateway's signature (X-Ca-*). Pure functions: no clock, no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/megvii/parameters.h"
#include "base/bytes.h"
#include "http/message.h"

namespace selfsame::adapters::megvii {

/// The names in X-Ca-Signature-Headers, sorted. Nothing when one of them is no header of this
/// request, is there twice, or when one is not signed that must not be changed: x-ca-key,
/// x-ca-nonce, x-ca-timestamp.
[[nodiscard]] std::optional<std::vector<std::string>> signed_headers(const http::Request& request);

/// @param parameters  of the query, and of the body where it is a form
[[nodiscard]] std::string gateway_string_to_sign(
    const http::Request& request,
    const std::vector<std::string>& signed_headers,
    const Parameters& parameters
);

/// Did `secret` make the signature of this text? False for a method that is not known.
/// @param method  HmacSHA256, HmacSHA1; empty: HmacSHA256
[[nodiscard]] bool is_gateway_signature(
    std::string_view signature,
    std::string_view method,
    std::string_view string_to_sign,
    ByteView secret
);

}  // namespace selfsame::adapters::megvii
