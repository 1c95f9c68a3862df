// SPDX-License-Identifier: Apache-2.0
// TC3-HMAC-SHA256, as the vendor's SDKs sign (API 3.0 "Signature v3"; what the SDKs really send is
// in docs/tencent.md). Pure functions: no clock, no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

/// The parts of `TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b,
/// Signature=hex`; views into the header.
struct Tc3Authorization {
  std::string_view secret_id;
  std::string_view date;     // YYYY-MM-DD
  std::string_view service;  // as the client says: "faceid", or by IP "127", or "localhost:8080"
  std::string_view signed_headers;
  std::string_view signature;
};

/// True when the header's algorithm is this one, whatever follows.
[[nodiscard]] bool is_tc3(std::string_view authorization) noexcept;

/// Nothing when a part is missing, twice or misshapen, or when content-type or host is not signed.
[[nodiscard]] std::optional<Tc3Authorization> parse_tc3(std::string_view authorization);

/// Hex SHA-256 of what counts as the body: nothing for GET.
[[nodiscard]] std::string tc3_body_hash(const http::Request& request);

/// The canonical request for one reading of Host and of the other signed headers.
/// @param lower_case_others  values of headers beside content-type and host in lower case, as the
///                           vendor's own sample code signs x-tc-action
[[nodiscard]] std::string tc3_canonical_request(
    const http::Request& request,
    const Tc3Authorization& authorization,
    std::string_view host,
    bool lower_case_others,
    std::string_view body_hash
);

/// @param timestamp  X-TC-Timestamp as received
[[nodiscard]] std::string tc3_string_to_sign(
    const Tc3Authorization& authorization,
    std::string_view timestamp,
    std::string_view canonical_request
);

[[nodiscard]] Bytes tc3_signing_key(ByteView secret, const Tc3Authorization& authorization);

/// Did `secret` sign this request? Host counts as received and without its port (Node signs so),
/// the query byte for byte as received. The scope's date must be the UTC date of `timestamp`.
/// @param body_hash  tc3_body_hash(request); not used when the client said UNSIGNED-PAYLOAD
[[nodiscard]] bool is_tc3_signature(
    const http::Request& request,
    const Tc3Authorization& authorization,
    std::string_view timestamp,
    std::string_view body_hash,
    ByteView secret
);

}  // namespace selfsame::adapters::tencent
