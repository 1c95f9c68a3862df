// SPDX-License-Identifier: Apache-2.0
// ACS3-HMAC-SHA256, of the vendor's typed SDKs. Pure functions: no clock, no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/alibaba/parameters.h"
#include "base/bytes.h"
#include "http/message.h"

namespace selfsame::adapters::alibaba {

/// The parts of `ACS3-HMAC-SHA256 Credential=ID,SignedHeaders=a;b;c,Signature=hex`; views into the
/// header.
struct Acs3Authorization {
  std::string_view access_key_id;
  std::string_view signed_headers;
  std::string_view signature;
};

/// True when the header's algorithm is of this family, whatever follows.
[[nodiscard]] bool is_acs3(std::string_view authorization) noexcept;

/// Nothing when a part is missing, twice or misshapen, or when one of the headers that say what is
/// asked for is not signed: x-acs-action, -version, -date, -signature-nonce, -content-sha256. Not
/// host: the vendor's Java core SDK leaves it out, as everybody does in RPC v1.
[[nodiscard]] std::optional<Acs3Authorization> parse_acs3(std::string_view authorization);

/// @param query  of the target alone; decoded and encoded again, because clients encode in several
///               ways
/// Nothing when a signed header comes twice.
[[nodiscard]] std::optional<std::string> acs3_canonical_request(
    const http::Request& request, const Acs3Authorization& authorization, const Parameters& query
);

[[nodiscard]] std::string acs3_string_to_sign(std::string_view canonical_request);

/// Did `secret` make the signature of this text?
[[nodiscard]] bool is_acs3_signature(
    std::string_view signature, std::string_view string_to_sign, ByteView secret
);

}  // namespace selfsame::adapters::alibaba
