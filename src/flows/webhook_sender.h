// SPDX-License-Identifier: Apache-2.0
// How a webhook leaves the house. adapters/outbound does it over HTTP.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selfsame::flows {

struct WebhookMessage {
  std::string url;
  std::string body;                                          // application/json
  std::vector<std::pair<std::string, std::string>> headers;  // name, value; signature included
  std::chrono::milliseconds timeout{10'000};                 // for all of it
};

/// Thread-safe, blocking.
class WebhookSender {
 public:
  virtual ~WebhookSender() = default;
  /// POSTs once, follows no redirect, reads at most a little of the answer. The status of the
  /// answer; `forbidden` when the address may not be called (private networks), `deadline_exceeded`
  /// or `storage_unavailable` when there was no answer. `detail` never holds the URL's query.
  [[nodiscard]] virtual Result<int> post(const WebhookMessage& message) = 0;
};

}  // namespace selfsame::flows
