// SPDX-License-Identifier: Apache-2.0
#include "flows/webhooks.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include "base/crypto.h"
#include "flows/verification_steps.h"
#include "storage/customer_repositories.h"
#include "storage/verification_repositories.h"

namespace selfsame::flows {
namespace {

constexpr std::size_t kSecretCharacters = 43;
constexpr int kShown = 100;
constexpr int kForgottenAtOnce = 1'000;
constexpr int kNamedMost = 100;
constexpr std::size_t kUrlBytesMost = 2'000;
constexpr std::chrono::seconds kLeaseSlack{30};

Result<void> set_endpoint(
    storage::Database* database, const storage::WebhookEndpointRecord& endpoint
) {
  return database->webhooks().set_endpoint(endpoint);
}

Result<std::optional<storage::WebhookEndpointRecord>> read_endpoint(
    storage::Database* database, const std::string& customer
) {
  return database->webhooks().endpoint(customer);
}

Result<void> remove_endpoint(
    storage::Database* database, const std::string& customer, Timestamp now
) {
  return database->webhooks().remove_endpoint(customer, now);
}

Result<std::vector<storage::WebhookDelivery>> read_deliveries(
    storage::Database* database, const std::string& customer
) {
  return database->webhooks().deliveries(customer, kShown);
}

Result<std::int64_t> add_named_webhook(
    storage::Database* database, const storage::NamedWebhookRecord& webhook
) {
  return database->webhooks().add_named(webhook, kNamedMost);
}

Result<void> change_named_webhook(
    storage::Database* database, const storage::NamedWebhookRecord& webhook
) {
  return database->webhooks().change_named(webhook);
}

Result<void> remove_named_webhook(
    storage::Database* database,
    const std::string& customer,
    const std::string& surface,
    std::int64_t id,
    Timestamp now
) {
  return database->webhooks().remove_named(customer, surface, id, now);
}

Result<storage::NamedWebhookPage> list_named_webhooks(
    storage::Database* database,
    const std::string& customer,
    const std::string& surface,
    int offset,
    int limit
) {
  return database->webhooks().named(customer, surface, offset, limit);
}

std::string hex_signature(const Secret& secret, std::int64_t timestamp_s, std::string_view body) {
  std::string signed_text = std::to_string(timestamp_s) + ".";
  signed_text.append(body);
  return to_hex(hmac_sha256(secret.reveal(), bytes_of(signed_text)));
}

/// Returns when the time is over or somebody wants to stop.
void pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any nobody_else;
  nobody_else.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

Webhooks::Webhooks(
    storage::Database& database,
    WorkerPool& storage_pool,
    const Clock& clock,
    Secret sealing_key,
    std::chrono::milliseconds kept
)
    : database_(database),
      pool_(storage_pool),
      clock_(clock),
      sealing_key_(std::move(sealing_key)),
      kept_(kept) {}

Result<std::size_t> Webhooks::sweep() const {
  SELFSAME_TRY(
      gone, database_.webhooks().forget_deliveries(clock_.now() - kept_, kForgottenAtOnce)
  );
  return static_cast<std::size_t>(gone);
}

asio::awaitable<Result<std::string>> Webhooks::set(
    Caller caller, std::string url, Deadline deadline
) const {
  if (url.empty() || url.size() > kUrlBytesMost) co_return fail(Errc::invalid_parameter, "url");
  std::string secret = random_token(kSecretCharacters);
  storage::WebhookEndpointRecord endpoint;
  endpoint.sealed_secret = seal(sealing_key_, bytes_of(secret), bytes_of(caller.customer));
  endpoint.customer = std::move(caller.customer);
  endpoint.url = std::move(url);
  endpoint.set_at = clock_.now();
  const auto stored = co_await pool_.run(deadline, set_endpoint, &database_, std::move(endpoint));
  if (!stored) co_return tl::unexpected(stored.error());
  co_return secret;
}

asio::awaitable<Result<std::optional<WebhookEndpoint>>> Webhooks::get(
    Caller caller, Deadline deadline
) const {
  SELFSAME_CO_TRY(
      found, co_await pool_.run(deadline, read_endpoint, &database_, std::move(caller.customer))
  );
  if (!found) co_return std::nullopt;
  co_return WebhookEndpoint{.url = std::move(found->url), .set_at = found->set_at};
}

asio::awaitable<Result<void>> Webhooks::remove(Caller caller, Deadline deadline) const {
  co_return co_await pool_.run(
      deadline, remove_endpoint, &database_, std::move(caller.customer), clock_.now()
  );
}

asio::awaitable<Result<std::vector<storage::WebhookDelivery>>> Webhooks::deliveries(
    Caller caller, Deadline deadline
) const {
  co_return co_await pool_.run(deadline, read_deliveries, &database_, std::move(caller.customer));
}

storage::NamedWebhookRecord Webhooks::record_of(std::string customer, NamedWebhookOrder order)
    const {
  storage::NamedWebhookRecord webhook;
  if (!order.key.empty()) {
    webhook.sealed_key = seal(sealing_key_, bytes_of(order.key), bytes_of(customer));
  }
  webhook.customer = std::move(customer);
  webhook.surface = std::move(order.surface);
  webhook.name = std::move(order.name);
  webhook.scene = std::move(order.scene);
  webhook.url = std::move(order.url);
  webhook.told = order.told;
  webhook.added_at = clock_.now();
  webhook.modified_at = webhook.added_at;
  return webhook;
}

asio::awaitable<Result<std::int64_t>> Webhooks::add_named(
    Caller caller, NamedWebhookOrder order, Deadline deadline
) const {
  auto webhook = record_of(std::move(caller.customer), std::move(order));
  co_return co_await pool_.run(deadline, add_named_webhook, &database_, std::move(webhook));
}

asio::awaitable<Result<Timestamp>> Webhooks::change_named(
    Caller caller, std::int64_t id, NamedWebhookOrder order, Deadline deadline
) const {
  auto webhook = record_of(std::move(caller.customer), std::move(order));
  webhook.id = id;
  const Timestamp changed_at = webhook.modified_at;
  const auto changed =
      co_await pool_.run(deadline, change_named_webhook, &database_, std::move(webhook));
  if (!changed) co_return tl::unexpected(changed.error());
  co_return changed_at;
}

asio::awaitable<Result<void>> Webhooks::remove_named(
    Caller caller, std::string surface, std::int64_t id, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline,
      remove_named_webhook,
      &database_,
      std::move(caller.customer),
      std::move(surface),
      id,
      clock_.now()
  );
}

asio::awaitable<Result<storage::NamedWebhookPage>> Webhooks::named(
    Caller caller, std::string surface, int offset, int limit, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline,
      list_named_webhooks,
      &database_,
      std::move(caller.customer),
      std::move(surface),
      offset,
      limit
  );
}

std::string webhook_signature(
    const Secret& secret, std::int64_t timestamp_s, std::string_view body
) {
  return "v1=" + hex_signature(secret, timestamp_s, body);
}

std::chrono::milliseconds webhook_pause(const WebhookOptions& options, int attempts, double dice) {
  std::chrono::milliseconds pause = options.first_pause;
  for (int i = 1; i < attempts && pause < options.longest_pause; ++i) pause *= 2;
  pause = std::min(pause, options.longest_pause);
  constexpr double kJitter = 0.2;
  const double factor = 1 - kJitter + 2 * kJitter * dice;
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(pause.count()) * factor)
  );
}

struct WebhookWorker::Delivering {
  Delivering(
      storage::Database& database_of,
      WebhookSender& sender_of,
      const Clock& clock_of,
      Secret sealing_key_of,
      WebhookBody body_of,
      WebhookOptions options_of
  )
      : database(database_of),
        sender(sender_of),
        clock(clock_of),
        sealing_key(std::move(sealing_key_of)),
        body(std::move(body_of)),
        options(options_of) {}

  storage::Database& database;
  WebhookSender& sender;
  const Clock& clock;
  Secret sealing_key;
  WebhookBody body;
  WebhookOptions options;

  /// False when nothing was due.
  [[nodiscard]] Result<bool> deliver_one() const {
    SELFSAME_TRY(claimed, claim());
    if (!claimed) return false;
    const InTurn turn(*this, claimed->customer);
    const Result<int> status = send(*claimed);
    SELFSAME_CHECK(database.webhooks().note(after(*claimed, status)));
    return true;
  }

 private:
  // Of each customer one call at a time: a slow endpoint holds up nobody else's.
  mutable std::mutex mutex_;
  mutable std::vector<std::string> called_;

  /// Ends the customer's turn.
  struct InTurn {
    InTurn(const Delivering& all, const std::string& customer) : all_(all), customer_(customer) {}
    InTurn(const InTurn&) = delete;
    InTurn& operator=(const InTurn&) = delete;
    ~InTurn() {
      const std::scoped_lock lock(all_.mutex_);
      std::erase(all_.called_, customer_);
    }
    const Delivering& all_;
    std::string customer_;
  };

  [[nodiscard]] Result<std::optional<storage::WebhookDelivery>> claim() const {
    const std::scoped_lock lock(mutex_);
    const Timestamp now = clock.now();
    SELFSAME_TRY(
        claimed, database.webhooks().claim(now, now + options.timeout + kLeaseSlack, called_)
    );
    if (claimed) called_.push_back(claimed->customer);
    return std::move(claimed);
  }

  [[nodiscard]] Result<int> send(const storage::WebhookDelivery& delivery) const {
    return delivery.webhook_id == 0 ? send_to_endpoint(delivery) : send_to_named(delivery);
  }

  /// To one of several, which has headers of its own.
  [[nodiscard]] Result<int> send_to_named(const storage::WebhookDelivery& delivery) const {
    SELFSAME_TRY(webhook, database.webhooks().find_named(delivery.customer, delivery.webhook_id));
    if (!webhook) return fail(Errc::not_found, "the webhook is gone");
    SELFSAME_TRY(
        session, database.verifications().find(delivery.customer, delivery.verification_id)
    );
    WebhookMessage message;
    message.url = webhook->url;
    message.body = body(delivery, customer_view(std::move(session)));
    message.timeout = options.timeout;
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
    const std::int64_t timestamp_s = now.time_since_epoch().count();
    message.headers = {{"X-Webhook-Timestamp", std::to_string(timestamp_s)}};
    if (!webhook->sealed_key.empty()) {
      SELFSAME_TRY(
          opened, open_sealed(sealing_key, webhook->sealed_key, bytes_of(delivery.customer))
      );
      const Secret key(std::move(opened));
      message.headers.emplace_back(
          "X-Webhook-Signature", hex_signature(key, timestamp_s, message.body)
      );
    }
    return sender.post(message);
  }

  [[nodiscard]] Result<int> send_to_endpoint(const storage::WebhookDelivery& delivery) const {
    SELFSAME_TRY(endpoint, database.webhooks().endpoint(delivery.customer));
    if (!endpoint) return fail(Errc::not_found, "the endpoint is gone");
    SELFSAME_TRY(
        opened, open_sealed(sealing_key, endpoint->sealed_secret, bytes_of(delivery.customer))
    );
    const Secret secret(std::move(opened));
    SELFSAME_TRY(
        session, database.verifications().find(delivery.customer, delivery.verification_id)
    );
    SELFSAME_TRY(standing, database.customers().standing(delivery.customer));
    const auto& callbacks = standing.settings.callbacks;
    const auto callback = callbacks.find(session.surface);
    WebhookMessage message;
    message.url = callback == callbacks.end() ? endpoint->url : callback->second;
    message.body = body(delivery, customer_view(std::move(session)));
    message.timeout = options.timeout;
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
    const std::int64_t timestamp_s = now.time_since_epoch().count();
    message.headers = {
        {"Selfsame-Event-Id", delivery.id},
        {"Selfsame-Timestamp", std::to_string(timestamp_s)},
        {"Selfsame-Signature", webhook_signature(secret, timestamp_s, message.body)}
    };
    return sender.post(message);
  }

  [[nodiscard]] storage::WebhookDelivery after(
      storage::WebhookDelivery delivery, const Result<int>& status
  ) const {
    const Timestamp now = clock.now();
    delivery.last_status = status ? std::optional(*status) : std::nullopt;
    delivery.last_error = status ? "" : name_of(status.error().code);
    const bool is_told = status && *status >= 200 && *status < 300;
    if (is_told || delivery.attempts >= options.attempts_max) {
      delivery.state =
          is_told ? storage::DeliveryState::delivered : storage::DeliveryState::given_up;
      delivery.ended_at = now;
      return delivery;
    }
    constexpr std::uint32_t kSides = 1'000;
    const double dice = static_cast<double>(random_below(kSides)) / kSides;
    delivery.next_at = now + webhook_pause(options, delivery.attempts, dice);
    return delivery;
  }
};

WebhookWorker::WebhookWorker(
    storage::Database& database,
    WebhookSender& sender,
    const Clock& clock,
    Secret sealing_key,
    WebhookBody body,
    WebhookOptions options
) {
  const auto delivering = std::make_shared<const Delivering>(
      database, sender, clock, std::move(sealing_key), std::move(body), options
  );
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([delivering](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        bool was_due = false;
        try {
          was_due = delivering->deliver_one().value_or(false);
        } catch (const std::exception&) {
          // The lease ends, and the delivery is tried again: a thread must not end the process.
          was_due = false;
        }
        if (!was_due) pause(delivering->options.look_every, stop);
      }
    });
  }
}

}  // namespace selfsame::flows
