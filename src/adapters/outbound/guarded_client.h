// SPDX-License-Identifier: Apache-2.0
// Fetches from servers that strangers name: http and https only, one GET or POST, no redirects, no
// proxy, no credentials in the URL; the address that a name resolves to is checked when it is
// connected to.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/bytes.h"
#include "flows/url_fetcher.h"

namespace selfsame::adapters::outbound {

/// Is `host` one of `allowed`? An entry that begins with a dot stands for all names below it. No
/// case, no trailing dot.
[[nodiscard]] bool is_listed(std::string_view host, std::span<const std::string> allowed);

struct GuardPolicy {
  std::vector<std::string>
      hosts;  // only these: "files.example.com", ".example.com" for all names below it
  bool private_addresses = false;  // also those that are not public (addresses.h)
};

struct GuardedRequest {
  std::string url;
  std::chrono::milliseconds timeout{4'000};  // names, connection, TLS and answer
  std::size_t answer_bytes_max = 0;
  std::string post_body = {};             // empty: GET
  std::vector<std::string> headers = {};  // "Name: value"
  std::string ca_file = {};               // PEM; empty: the system's
};

struct GuardedAnswer {
  long status = 0;  // of HTTP, whatever it is
  Bytes body;
};

/// Thread-safe; blocks.
class GuardedClient {
 public:
  explicit GuardedClient(GuardPolicy policy);

  /// Never `overloaded`.
  [[nodiscard]] tl::expected<GuardedAnswer, flows::FetchFailure> send(const GuardedRequest& request
  ) const;

 private:
  GuardPolicy policy_;
};

}  // namespace selfsame::adapters::outbound
