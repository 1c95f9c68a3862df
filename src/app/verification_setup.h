// SPDX-License-Identifier: Apache-2.0
// From settings to what verification sessions and their webhooks need.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "adapters/outbound/webhook_post.h"
#include "app/settings.h"
#include "flows/document_reading.h"
#include "flows/identity_check.h"
#include "flows/uploads.h"
#include "flows/verification.h"
#include "flows/webhooks.h"
#include "storage/master_key.h"
#include "storage/verification_repositories.h"

namespace selfsame::app {

[[nodiscard]] flows::VerificationKeys verification_keys(const storage::MasterKey& master_key);
[[nodiscard]] Secret webhook_sealing_key(const storage::MasterKey& master_key);
[[nodiscard]] Secret answer_sealing_key(const storage::MasterKey& master_key);

/// Both outlive the options.
[[nodiscard]] flows::VerificationOptions verification_options(
    const Settings& settings,
    const flows::Documents& documents,
    const flows::IdentityCheck& identity_check
);
[[nodiscard]] flows::WebhookOptions webhook_options(const Settings& settings);
[[nodiscard]] adapters::outbound::WebhookTargets webhook_targets(const Settings& settings);

/// Expires what is over, and the like, and erases uploads, deliveries and kept answers whose time
/// is over, every `interval` on a thread of its own until it is destroyed.
class PeriodicExpiry {
 public:
  PeriodicExpiry(
      const flows::Verifications& verifications,
      const flows::Uploads& uploads,
      const flows::Webhooks& webhooks,
      storage::IdempotentRequests& answers,
      std::chrono::milliseconds interval
  );

 private:
  std::jthread thread_;
};

}  // namespace selfsame::app
