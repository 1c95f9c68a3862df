// SPDX-License-Identifier: Apache-2.0
// Signature v1 (HmacSHA1, HmacSHA256), the Node SDK's default. Pure functions: no clock, no state.
#pragma once

#include <string>
#include <string_view>

#include "adapters/tencent/parameters.h"
#include "base/bytes.h"

namespace selfsame::adapters::tencent {

/// METHOD + HOST + "/?" + every parameter but Signature as `name=value` joined by `&`: decoded
/// values, names in byte order after `_` became `.` (the Python SDK writes them so).
/// @param host  as received, with its port
[[nodiscard]] std::string v1_string_to_sign(
    std::string_view method, std::string_view host, const Parameters& parameters
);

/// Did `secret` make the parameter Signature? Without a SignatureMethod it is HmacSHA1.
[[nodiscard]] bool is_v1_signature(
    std::string_view method, std::string_view host, const Parameters& parameters, ByteView secret
);

}  // namespace selfsame::adapters::tencent
