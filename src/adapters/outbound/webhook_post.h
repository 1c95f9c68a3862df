// SPDX-License-Identifier: Apache-2.0
// Sends webhooks by libcurl, to addresses that customers chose: it must not become a way into the
// operator's own network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flows/webhook_sender.h"

namespace selfsame::adapters::outbound {

struct WebhookTargets {
  std::vector<std::string> hosts;  // lower case; only these; empty: any
  bool private_networks = false;   // also addresses that are not public (addresses.h)
};

/// Thread-safe. Every connection is checked by the address that is connected to, after the name was
/// resolved, so a name that changes its mind changes nothing. No redirect is followed, no proxy of
/// the environment used, certificates are verified against the system's, TLS 1.2 at least.
class WebhookPost final : public flows::WebhookSender {
 public:
  /// Throws std::runtime_error when libcurl does not start.
  explicit WebhookPost(WebhookTargets targets);

  /// Whether a customer may name it: http or https with a host that is allowed, no user, no
  /// fragment, printable ASCII. `invalid_parameter`; the detail is for the customer. What a name
  /// resolves to is checked by post() only.
  [[nodiscard]] Result<void> check(const std::string& url) const;

  [[nodiscard]] Result<int> post(const flows::WebhookMessage& message) override;

 private:
  WebhookTargets targets_;
};

}  // namespace selfsame::adapters::outbound
