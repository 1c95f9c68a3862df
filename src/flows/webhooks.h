// SPDX-License-Identifier: Apache-2.0
// Use case: tell customers of what became of their verifications. What is to be told is stored in
// the transaction of the transition itself, so none is lost; it is told until the endpoint says
// 2xx, with growing pauses, and may arrive more than once (its id stays the same).
//
//   Selfsame-Event-Id: the delivery's id          Selfsame-Timestamp: seconds since 1970
//   Selfsame-Signature: v1=hex(HMAC-SHA256(secret, timestamp + "." + body))
//
// Named webhooks get X-Webhook-Timestamp and X-Webhook-Signature, which is the hex alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "flows/authentication.h"
#include "flows/verification.h"
#include "flows/webhook_sender.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "storage/verification_records.h"
#include "storage/verification_repositories.h"

namespace selfsame::flows {

struct WebhookEndpoint {
  std::string url;
  Timestamp set_at;
};

struct NamedWebhookOrder {
  std::string surface;
  std::string name;
  std::string scene;  // kept as it is; not changed later
  std::string url;    // the caller has checked it
  std::string key;    // empty: calls are not signed
  bool told = false;  // of the surface's sessions; not changed later
};

/// A customer's one endpoint and the log of what it was told. Thread-safe.
class Webhooks {
 public:
  /// @param kept  how long the log keeps what was delivered or given up
  Webhooks(
      storage::Database& database,
      WorkerPool& storage_pool,
      const Clock& clock,
      Secret sealing_key,
      std::chrono::milliseconds kept = std::chrono::days(30)
  );

  /// Sets or changes it; the fresh secret that signs from now on, shown this once: 43 characters
  /// A-Z a-z 0-9. The caller has checked the URL.
  [[nodiscard]] asio::awaitable<Result<std::string>> set(
      Caller caller, std::string url, Deadline deadline
  ) const;
  [[nodiscard]] asio::awaitable<Result<std::optional<WebhookEndpoint>>> get(
      Caller caller, Deadline deadline
  ) const;
  /// Also forgets what was not delivered. `not_found` when there is none.
  [[nodiscard]] asio::awaitable<Result<void>> remove(Caller caller, Deadline deadline) const;
  /// A webhook beside the one endpoint, of a surface that lets its customers name several: its id.
  /// `conflict`: there are a hundred.
  [[nodiscard]] asio::awaitable<Result<std::int64_t>> add_named(
      Caller caller, NamedWebhookOrder order, Deadline deadline
  ) const;
  /// Name, URL and key; when that was. `not_found` for another customer's, too.
  [[nodiscard]] asio::awaitable<Result<Timestamp>> change_named(
      Caller caller, std::int64_t id, NamedWebhookOrder order, Deadline deadline
  ) const;
  [[nodiscard]] asio::awaitable<Result<void>> remove_named(
      Caller caller, std::string surface, std::int64_t id, Deadline deadline
  ) const;
  [[nodiscard]] asio::awaitable<Result<storage::NamedWebhookPage>> named(
      Caller caller, std::string surface, int offset, int limit, Deadline deadline
  ) const;
  /// The latest first, at most 100.
  [[nodiscard]] asio::awaitable<Result<std::vector<storage::WebhookDelivery>>> deliveries(
      Caller caller, Deadline deadline
  ) const;

  /// Forgets some of what is too old for the log; how many. Blocking: to be called now and then.
  [[nodiscard]] Result<std::size_t> sweep() const;

 private:
  [[nodiscard]] storage::NamedWebhookRecord record_of(std::string customer, NamedWebhookOrder order)
      const;

  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
  Secret sealing_key_;
  std::chrono::milliseconds kept_;
};

struct WebhookOptions {
  int attempts_max = 12;  // with these pauses about a day and a half
  std::chrono::milliseconds first_pause = std::chrono::seconds(5);  // doubles, ± a fifth
  std::chrono::milliseconds longest_pause = std::chrono::hours(12);
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
  std::chrono::milliseconds look_every = std::chrono::seconds(1);
  std::size_t threads = 4;
};

/// The JSON body of an event ("verification.decided", ".expired", ".cancelled").
using WebhookBody = std::function<
    std::string(const storage::WebhookDelivery& delivery, const VerificationView& verification)>;

/// The Selfsame-Signature header's value.
[[nodiscard]] std::string webhook_signature(
    const Secret& secret, std::int64_t timestamp_s, std::string_view body
);

/// The pause after so many attempts; `dice` is 0..1.
[[nodiscard]] std::chrono::milliseconds webhook_pause(
    const WebhookOptions& options, int attempts, double dice
);

/// Delivers on threads of its own until it is destroyed, which waits for the calls that are under
/// way. Several servers may deliver from one database at a time.
class WebhookWorker {
 public:
  WebhookWorker(
      storage::Database& database,
      WebhookSender& sender,
      const Clock& clock,
      Secret sealing_key,
      WebhookBody body,
      WebhookOptions options
  );

 private:
  struct Delivering;

  std::vector<std::jthread> threads_;
};

}  // namespace selfsame::flows
