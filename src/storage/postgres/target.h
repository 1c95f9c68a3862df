// SPDX-License-Identifier: Apache-2.0
// Which database: a URL, and its password beside it.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace selfsame::storage::postgres {

/// What libpq is given. The URL may say everything that libpq knows (sslmode, sslrootcert,
/// target_session_attrs, several hosts, ...); `password`, if not empty, counts instead of the
/// URL's.
struct Target {
  std::string url;
  Secret password;

  [[nodiscard]] Target clone() const { return {.url = url, .password = password.clone()}; }
};

/// `invalid_parameter` with what is wrong, without quoting anything: a password may stand anywhere
/// in what does not parse.
[[nodiscard]] Result<void> check_url(const std::string& url);

/// The URL as it may be shown: every secret is replaced by ***. "***" when it does not parse.
[[nodiscard]] std::string without_secrets(const std::string& url);

/// Whether a password stands in the URL.
[[nodiscard]] bool has_password(const std::string& url);

}  // namespace selfsame::storage::postgres
