// SPDX-License-Identifier: Apache-2.0
// Certificates that vouch for themselves, for trials: a camera needs TLS, and a laptop in a local
// network has no name that an authority would sign for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace selfsame {

struct SelfSigned {
  std::string certificate;  // PEM
  std::string private_key;  // PEM, PKCS #8; secret
};

/// A key (P-256) and its certificate (X.509 v3, for TLS servers).
/// @param names  host names and numeric IP addresses; 1 to 64
/// @param not_before, not_after  in whole seconds
/// Throws std::runtime_error where OpenSSL fails, std::invalid_argument for a name that is none.
[[nodiscard]] SelfSigned make_self_signed(
    std::span<const std::string> names, Timestamp not_before, Timestamp not_after
);

struct CertificateFacts {
  std::vector<std::string> names;  // of hosts, and addresses as in inet_ntop(3)
  Timestamp not_after;
  std::string sha256;  // of its DER form, lower-case hex
};

/// Of the first certificate of a PEM text; `invalid_parameter` when there is none.
[[nodiscard]] Result<CertificateFacts> facts_of_certificate(std::string_view pem);

}  // namespace selfsame
