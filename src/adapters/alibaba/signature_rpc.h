// SPDX-License-Identifier: Apache-2.0
// RPC signature 1.0, HMAC-SHA1, of the vendor's core SDKs. Pure functions: no clock, no state.
#pragma once

#include <string>
#include <string_view>

#include "adapters/alibaba/parameters.h"
#include "base/bytes.h"

namespace selfsame::adapters::alibaba {

/// `e(name)=e(value)` of all of them but `left_out`, in the order of the names' bytes, joined by
/// `&`; e() leaves only A-Z a-z 0-9 - _ . ~ as they are.
[[nodiscard]] std::string canonical_query(
    const Parameters& parameters, std::string_view left_out = {}
);

/// METHOD&%2F&e(canonical query of all parameters but Signature, empty ones too).
[[nodiscard]] std::string rpc_string_to_sign(std::string_view method, const Parameters& parameters);

/// Did `secret` make the signature of this text?
[[nodiscard]] bool is_rpc_signature(
    std::string_view signature, std::string_view string_to_sign, ByteView secret
);

}  // namespace selfsame::adapters::alibaba
