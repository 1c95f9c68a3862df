// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"
#include "storage/stored_numbers.h"

namespace selfsame::storage::postgres {
namespace {

#define SELFSAME_DELIVERY_COLUMNS                                                               \
  "id, customer, event, verification_id, state, attempts, last_status, last_error, created_at," \
  " next_at, ended_at, webhook_id"

Result<WebhookDelivery> delivery_of(const Rows& row) {
  SELFSAME_TRY(state, delivery_state_from(row.integer(4)));
  WebhookDelivery delivery;
  delivery.id = row.text(0);
  delivery.customer = row.text(1);
  delivery.event = row.text(2);
  delivery.verification_id = row.text(3);
  delivery.state = state;
  delivery.attempts = static_cast<int>(row.integer(5));
  if (const auto status = row.optional_integer(6)) delivery.last_status = static_cast<int>(*status);
  delivery.last_error = row.text(7);
  delivery.created_at = row.time(8);
  delivery.next_at = row.time(9);
  delivery.ended_at = row.optional_time(10);
  delivery.webhook_id = row.integer(11);
  return delivery;
}

#define SELFSAME_NAMED_COLUMNS \
  "id, customer, surface, name, scene, url, sealed_key, told, added_at, modified_at"

NamedWebhookRecord named_of(const Rows& row) {
  return {
      .id = row.integer(0),
      .customer = row.text(1),
      .surface = row.text(2),
      .name = row.text(3),
      .scene = row.text(4),
      .url = row.text(5),
      .sealed_key = row.bytes(6),
      .told = row.integer(7) != 0,
      .added_at = row.time(8),
      .modified_at = row.time(9)
  };
}

Result<std::int64_t> count_named(
    Connection& connection, const std::string& customer, const std::string& surface
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT count(*) FROM named_webhooks WHERE customer = $1 AND surface = $2",
          {std::string_view(customer), std::string_view(surface)}
      )
  );
  const bool found = row.next();
  return found ? row.integer(0) : 0;
}

/// Of the customers for whom something is due, and who are not passed over, the one who has waited
/// longest. It steps from customer to customer: how much waits for one costs the others nothing.
Result<std::optional<std::string>> customer_in_turn(
    Connection& connection, Timestamp now, const std::string& passed_over
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "WITH RECURSIVE waiting(customer) AS ("
          " SELECT min(customer) FROM webhook_deliveries WHERE state = 0 UNION ALL"
          " SELECT (SELECT min(d.customer) FROM webhook_deliveries d"
          "  WHERE d.state = 0 AND d.customer > waiting.customer)"
          " FROM waiting WHERE waiting.customer IS NOT NULL)"
          " SELECT customer FROM (SELECT waiting.customer AS customer,"
          "  (SELECT min(d.next_at) FROM webhook_deliveries d"
          "   WHERE d.state = 0 AND d.customer = waiting.customer) AS first_at"
          "  FROM waiting WHERE waiting.customer IS NOT NULL) AS turns"
          " WHERE first_at <= $1 AND position(E'\\n' || customer || E'\\n' in $2::text) = 0"
          " ORDER BY first_at LIMIT 1",
          {value_of(now), std::string_view(passed_over)}
      )
  );
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

}  // namespace

Result<void> PostgresWebhookQueue::set_endpoint(const WebhookEndpointRecord& endpoint) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO webhook_endpoints (customer, url, sealed_secret, set_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (customer) DO UPDATE SET url = excluded.url,"
        " sealed_secret = excluded.sealed_secret, set_at = excluded.set_at",
        {std::string_view(endpoint.customer),
         std::string_view(endpoint.url),
         ByteView(endpoint.sealed_secret),
         value_of(endpoint.set_at)}
    );
  });
}

Result<std::optional<WebhookEndpointRecord>> PostgresWebhookQueue::endpoint(
    const std::string& customer
) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::optional<WebhookEndpointRecord>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT customer, url, sealed_secret, set_at FROM webhook_endpoints"
                " WHERE customer = $1",
                {std::string_view(customer)}
            )
        );
        if (!row.next()) return std::nullopt;
        return WebhookEndpointRecord{
            .customer = row.text(0),
            .url = row.text(1),
            .sealed_secret = row.bytes(2),
            .set_at = row.time(3)
        };
      }
  );
}

Result<void> PostgresWebhookQueue::remove_endpoint(const std::string& customer, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "DELETE FROM webhook_endpoints WHERE customer = $1", {std::string_view(customer)}
        )
    );
    if (changed.count() != 1) return fail(Errc::not_found, "no endpoint");
    return connection.run(
        "UPDATE webhook_deliveries SET state = $2, ended_at = $3 WHERE customer = $1 AND state = 0"
        " AND webhook_id = 0",
        {std::string_view(customer), number_of(DeliveryState::given_up), value_of(now)}
    );
  });
}

Result<std::optional<WebhookDelivery>> PostgresWebhookQueue::claim(
    Timestamp now, Timestamp leased_until, const std::vector<std::string>& passed_over
) {
  const std::string names = lines_of(passed_over);
  // Polled: while nothing is due nothing is written.
  SELFSAME_TRY(next, connections_.readers.run([&](Connection& connection) {
    return customer_in_turn(connection, now, names);
  }));
  if (!next) return std::nullopt;
  return connections_.writer.run(
      [&](Connection& connection) -> Result<std::optional<WebhookDelivery>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = $2 WHERE id ="
                " (SELECT id FROM webhook_deliveries WHERE state = 0 AND customer = $3"
                "  AND next_at <= $1 ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " RETURNING " SELFSAME_DELIVERY_COLUMNS,
                {value_of(now), value_of(leased_until), std::string_view(*next)}
            )
        );
        if (!row.next()) return std::nullopt;
        SELFSAME_TRY(delivery, delivery_of(row));
        return std::move(delivery);
      }
  );
}

Result<void> PostgresWebhookQueue::note(const WebhookDelivery& delivery) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "UPDATE webhook_deliveries SET state = $3, last_status = $4, last_error = $5, next_at = $6,"
        " ended_at = $7 WHERE id = $1 AND attempts = $2 AND state = 0",
        {std::string_view(delivery.id),
         std::int64_t{delivery.attempts},
         number_of(delivery.state),
         delivery.last_status ? Value(std::int64_t{*delivery.last_status}) : Value(),
         std::string_view(delivery.last_error),
         value_of(delivery.next_at),
         value_of(delivery.ended_at)}
    );
  });
}

Result<std::vector<WebhookDelivery>> PostgresWebhookQueue::deliveries(
    const std::string& customer, int limit
) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<WebhookDelivery>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT " SELFSAME_DELIVERY_COLUMNS " FROM webhook_deliveries WHERE customer = $1"
                " ORDER BY created_at DESC, id LIMIT $2",
                {std::string_view(customer), std::int64_t{limit}}
            )
        );
        std::vector<WebhookDelivery> deliveries;
        while (row.next()) {
          SELFSAME_TRY(delivery, delivery_of(row));
          deliveries.push_back(std::move(delivery));
        }
        return deliveries;
      }
  );
}

Result<int> PostgresWebhookQueue::forget_deliveries(Timestamp before, int limit) {
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_TRY(
        row,
        connection.query(
            "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries"
            " WHERE state <> 0 AND ended_at < $1 LIMIT $2)",
            {value_of(before), std::int64_t{limit}}
        )
    );
    return static_cast<int>(row.count());
  });
}

Result<std::int64_t> PostgresWebhookQueue::add_named(const NamedWebhookRecord& webhook, int most) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::int64_t> {
    SELFSAME_TRY(count, count_named(connection, webhook.customer, webhook.surface));
    if (count >= most) return fail(Errc::conflict, "no more webhooks");
    SELFSAME_TRY(
        row,
        connection.query(
            "INSERT INTO named_webhooks (customer, surface, name, scene, url, sealed_key, told,"
            " added_at, modified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " RETURNING id",
            {std::string_view(webhook.customer),
             std::string_view(webhook.surface),
             std::string_view(webhook.name),
             std::string_view(webhook.scene),
             std::string_view(webhook.url),
             ByteView(webhook.sealed_key),
             std::int64_t{webhook.told},
             value_of(webhook.added_at),
             value_of(webhook.modified_at)}
        )
    );
    const bool found = row.next();
    if (!found) return fail(Errc::storage_unavailable, "no id was given");
    const std::int64_t id = row.integer(0);
    return id;
  });
}

Result<void> PostgresWebhookQueue::change_named(const NamedWebhookRecord& webhook) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "UPDATE named_webhooks SET name = $4, url = $5, sealed_key = $6, modified_at = $7"
            " WHERE id = $3 AND customer = $1 AND surface = $2",
            {std::string_view(webhook.customer),
             std::string_view(webhook.surface),
             webhook.id,
             std::string_view(webhook.name),
             std::string_view(webhook.url),
             ByteView(webhook.sealed_key),
             value_of(webhook.modified_at)}
        )
    );
    if (changed.count() != 1) return fail(Errc::not_found, "no such webhook");
    return {};
  });
}

Result<void> PostgresWebhookQueue::remove_named(
    const std::string& customer, const std::string& surface, std::int64_t id, Timestamp now
) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "DELETE FROM named_webhooks WHERE id = $3 AND customer = $1 AND surface = $2",
            {std::string_view(customer), std::string_view(surface), id}
        )
    );
    if (changed.count() != 1) return fail(Errc::not_found, "no such webhook");
    return connection.run(
        "UPDATE webhook_deliveries SET state = $3, ended_at = $4 WHERE customer = $1"
        " AND webhook_id = $2 AND state = 0",
        {std::string_view(customer), id, number_of(DeliveryState::given_up), value_of(now)}
    );
  });
}

Result<NamedWebhookPage> PostgresWebhookQueue::named(
    const std::string& customer, const std::string& surface, int offset, int limit
) {
  return connections_.readers.run([&](Connection& connection) -> Result<NamedWebhookPage> {
    NamedWebhookPage page;
    SELFSAME_TRY(total, count_named(connection, customer, surface));
    page.total = total;
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT " SELFSAME_NAMED_COLUMNS " FROM named_webhooks WHERE customer = $1"
            " AND surface = $2 ORDER BY id LIMIT $3 OFFSET $4",
            {std::string_view(customer),
             std::string_view(surface),
             std::int64_t{limit},
             std::int64_t{offset}}
        )
    );
    while (row.next()) page.webhooks.push_back(named_of(row));
    return page;
  });
}

Result<std::optional<NamedWebhookRecord>> PostgresWebhookQueue::find_named(
    const std::string& customer, std::int64_t id
) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::optional<NamedWebhookRecord>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT " SELFSAME_NAMED_COLUMNS " FROM named_webhooks WHERE customer = $1"
                " AND id = $2",
                {std::string_view(customer), id}
            )
        );
        const bool found = row.next();
        if (!found) return std::nullopt;
        return named_of(row);
      }
  );
}

}  // namespace selfsame::storage::postgres
