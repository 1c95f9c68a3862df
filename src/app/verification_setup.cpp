// SPDX-License-Identifier: Apache-2.0
#include "app/verification_setup.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "adapters/megvii/faceid_call.h"
#include "adapters/megvii/result_code.h"
#include "adapters/megvii/session_note.h"
#include "adapters/tencent/session_codes.h"
#include "base/thread_name.h"

namespace selfsame::app {
namespace {

/// Billed is who was found to be live, and a document that was all there was to show: the customer
/// has learnt what it asked for. The vendors have
/// tables of their own.
std::optional<std::string> billed_code(const std::string& product, core::Outcome outcome) {
  if (adapters::tencent::is_session_product(product)) {
    return adapters::tencent::billed_session_code(product, outcome);
  }
  if (product == core::name_of(adapters::megvii::kFaceIdProduct))
    return adapters::megvii::billed_code(outcome);
  const bool is_read = outcome == core::Outcome::document_read;
  if (!core::is_live(outcome) && !is_read) return std::nullopt;
  return name_of(outcome);
}

std::string number_mark(const std::string& surface, const std::string& metadata) {
  return surface == "megvii" ? adapters::megvii::number_mark_in(metadata) : "";
}

template <class Count>
void note(const char* what, const Result<Count>& swept) {
  if (!swept) {
    spdlog::warn("{}: {}: {}", what, name_of(swept.error().code), swept.error().detail);
  } else if (*swept > 0) {
    spdlog::info("{}: {} were over or left behind", what, *swept);
  }
}

/// A sweep takes so many at a time that others get their turn at the database; there may be more.
template <class Sweep>
void sweep_all(const char* what, const std::stop_token& stop, const Sweep& sweep) {
  constexpr int kMany = 50;
  while (!stop.stop_requested()) {
    const auto swept = sweep();
    note(what, swept);
    if (!swept || std::cmp_less(*swept, kMany)) return;
  }
}

}  // namespace

flows::VerificationKeys verification_keys(const storage::MasterKey& master_key) {
  return {
      .challenge = master_key.derive("selfsame/v1/verification-challenge"),
      .token = master_key.derive("selfsame/v1/verification-token")
  };
}

Secret webhook_sealing_key(const storage::MasterKey& master_key) {
  return master_key.derive("selfsame/v1/webhook-secret-sealing");
}

Secret answer_sealing_key(const storage::MasterKey& master_key) {
  return master_key.derive("selfsame/v1/idempotent-answer-sealing");
}

flows::VerificationOptions verification_options(
    const Settings& settings,
    const flows::Documents& documents,
    const flows::IdentityCheck& identity_check
) {
  return {
      .limits = {},
      .result_kept = std::chrono::hours(settings.verification_result_kept_hours),
      .kept = [](const std::string& operation) { return adapters::tencent::kept_for(operation); },
      .judging_limit = std::chrono::seconds(settings.verification_judging_limit_s),
      .billed_code = billed_code,
      .number_mark = number_mark,
      .documents = &documents,
      .ask_register =
          [&identity_check](
              flows::Caller caller,
              core::RegisterQuery query,
              bool sandbox,
              flows::Deadline deadline
          ) {
            return identity_check.enquire(std::move(caller), std::move(query), sandbox, deadline);
          }
  };
}

flows::WebhookOptions webhook_options(const Settings& settings) {
  return {
      .attempts_max = static_cast<int>(settings.webhook_attempts_max),
      .first_pause = std::chrono::milliseconds(settings.webhook_first_pause_ms),
      .timeout = std::chrono::milliseconds(settings.webhook_timeout_ms)
  };
}

adapters::outbound::WebhookTargets webhook_targets(const Settings& settings) {
  return {.hosts = settings.webhook_hosts, .private_networks = settings.webhook_private_networks};
}

PeriodicExpiry::PeriodicExpiry(
    const flows::Verifications& verifications,
    const flows::Uploads& uploads,
    const flows::Webhooks& webhooks,
    storage::IdempotentRequests& answers,
    std::chrono::milliseconds interval
)
    : thread_(with_threads_named("expiry", [&] {
        return std::jthread(
            [&verifications, &uploads, &webhooks, &answers, interval](const std::stop_token& stop) {
              std::mutex mutex;
              std::condition_variable_any woken;
              while (!stop.stop_requested()) {
                sweep_all("verifications", stop, [&] { return verifications.sweep(); });
                sweep_all("uploads", stop, [&] { return uploads.sweep(); });
                sweep_all("deliveries", stop, [&] { return webhooks.sweep(); });
                sweep_all("answers", stop, [&] {
                  return answers.forget_expired(std::chrono::floor<std::chrono::milliseconds>(
                      std::chrono::system_clock::now()
                  ));
                });
                std::unique_lock lock(mutex);
                woken.wait_for(lock, stop, interval, [] { return false; });
              }
            }
        );
      })) {}

}  // namespace selfsame::app
