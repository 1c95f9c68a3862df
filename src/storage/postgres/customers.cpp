// SPDX-License-Identifier: Apache-2.0
#include "core/customer_fields.h"
#include "storage/postgres/outcome_rows.h"
#include "storage/postgres/repositories.h"

namespace selfsame::storage::postgres {
namespace {

Result<CustomerStanding> read_standing(Connection& connection, std::string_view customer) {
  SELFSAME_TRY(
      row,
      connection.look_up(
          "SELECT v.version, v.settings, coalesce(b.balance, 0) FROM (SELECT $1::text AS customer)"
          " AS c LEFT JOIN customer_balances b ON b.customer = c.customer LEFT JOIN LATERAL"
          " (SELECT version, settings FROM customer_versions WHERE customer = c.customer"
          " ORDER BY version DESC LIMIT 1) v ON true",
          {customer}
      )
  );
  if (!row.next()) return CustomerStanding{};
  const auto version = row.optional_integer(0);
  SELFSAME_TRY(settings, core::customer_from(version ? row.text(1) : std::string()));
  return CustomerStanding{
      .version = static_cast<int>(version.value_or(0)),
      .settings = std::move(settings),
      .balance_minor = row.integer(2)
  };
}

}  // namespace

Result<std::optional<PricedCharge>> price_in(Connection& connection, const LedgerEntry& entry) {
  SELFSAME_TRY(standing, read_standing(connection, entry.customer));
  if (standing.settings.sandbox) return std::nullopt;
  return PricedCharge{
      .price_minor = core::price_of(standing.settings, entry.product, entry.code, entry.units),
      .currency = std::move(standing.settings.currency)
  };
}

Result<void> add_to_balance(
    Connection& connection, std::string_view customer, std::int64_t amount_minor
) {
  return connection.run(
      "INSERT INTO customer_balances AS b (customer, balance) VALUES ($1, $2)"
      " ON CONFLICT (customer) DO UPDATE SET balance = b.balance + excluded.balance",
      {customer, amount_minor}
  );
}

Result<void> insert_charge(Connection& connection, const LedgerEntry& entry) {
  SELFSAME_TRY(priced, price_in(connection, entry));
  if (!priced) return {};
  SELFSAME_CHECK(connection.run(
      "INSERT INTO ledger"
      " (outcome_id, customer, product, code, billed_at, units, price, currency)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {std::string_view(entry.outcome_id),
       std::string_view(entry.customer),
       std::string_view(entry.product),
       std::string_view(entry.code),
       value_of(entry.billed_at),
       entry.units,
       priced->price_minor,
       std::string_view(priced->currency)}
  ));
  return priced->price_minor == 0
             ? Result<void>()
             : add_to_balance(connection, entry.customer, -priced->price_minor);
}

Result<bool> is_covered(Connection& connection, const LedgerEntry& entry) {
  SELFSAME_TRY(standing, read_standing(connection, entry.customer));
  const core::Customer& settings = standing.settings;
  if (!settings.prepaid || settings.sandbox) return true;
  // Until the transaction ends: a charge that another one is about to make counts, too.
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT balance FROM customer_balances WHERE customer = $1 FOR UPDATE",
          {std::string_view(entry.customer)}
      )
  );
  const std::int64_t balance_minor = row.next() ? row.integer(0) : 0;
  return balance_minor >= core::price_of(settings, entry.product, entry.code, entry.units);
}

Result<CustomerStanding> PostgresCustomers::standing(const std::string& customer) {
  return connections_.readers.run([&](Connection& connection) {
    return read_standing(connection, customer);
  });
}

Result<void> PostgresCustomers::settle(const CustomerVersion& next) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_TRY(
        written,
        connection.query(
            "INSERT INTO customer_versions (customer, version, settings, set_at, set_by)"
            " SELECT $1::text, $2::bigint, $3, $4::bigint, $5 WHERE $2::bigint - 1 ="
            " (SELECT coalesce(max(version), 0) FROM customer_versions WHERE customer = $1::text)"
            " ON CONFLICT DO NOTHING",
            {std::string_view(next.customer),
             std::int64_t{next.version},
             std::string_view(core::text_of(next.settings)),
             value_of(next.set_at),
             std::string_view(next.set_by)}
        )
    );
    if (written.count() == 1) return {};
    return fail(Errc::conflict, "the customer was settled otherwise meanwhile");
  });
}

Result<std::vector<CustomerVersion>> PostgresCustomers::history(const std::string& customer) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<CustomerVersion>> {
        SELFSAME_TRY(
            row,
            connection.look_up(
                "SELECT version, settings, set_at, set_by FROM customer_versions"
                " WHERE customer = $1 ORDER BY version",
                {std::string_view(customer)}
            )
        );
        std::vector<CustomerVersion> versions;
        while (row.next()) {
          SELFSAME_TRY(settings, core::customer_from(row.text(1)));
          versions.push_back(
              {.customer = customer,
               .version = static_cast<int>(row.integer(0)),
               .settings = std::move(settings),
               .set_at = row.time(2),
               .set_by = row.text(3)}
          );
        }
        return versions;
      }
  );
}

Result<std::vector<std::string>> PostgresCustomers::names() {
  return connections_.readers.run([](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        row, connection.query("SELECT DISTINCT customer FROM customer_versions ORDER BY customer")
    );
    std::vector<std::string> names;
    while (row.next()) names.push_back(row.text(0));
    return names;
  });
}

Result<std::int64_t> PostgresCustomers::credit(const CustomerCredit& credit) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::int64_t> {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO customer_credits (customer, amount, note, credited_at, credited_by)"
        " VALUES ($1, $2, $3, $4, $5)",
        {std::string_view(credit.customer),
         credit.amount_minor,
         std::string_view(credit.note),
         value_of(credit.credited_at),
         std::string_view(credit.credited_by)}
    ));
    SELFSAME_CHECK(add_to_balance(connection, credit.customer, credit.amount_minor));
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT balance FROM customer_balances WHERE customer = $1",
            {std::string_view(credit.customer)}
        )
    );
    if (!row.next()) return fail(Errc::storage_unavailable, "a stored balance cannot be read");
    return row.integer(0);
  });
}

Result<std::vector<CustomerCredit>> PostgresCustomers::credits(const std::string& customer) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<CustomerCredit>> {
        SELFSAME_TRY(
            row,
            connection.look_up(
                "SELECT amount, note, credited_at, credited_by FROM customer_credits"
                " WHERE customer = $1 ORDER BY entry",
                {std::string_view(customer)}
            )
        );
        std::vector<CustomerCredit> credits;
        while (row.next()) {
          credits.push_back(
              {.customer = customer,
               .amount_minor = row.integer(0),
               .note = row.text(1),
               .credited_at = row.time(2),
               .credited_by = row.text(3)}
          );
        }
        return credits;
      }
  );
}

Result<bool> PostgresCustomers::use(
    const std::string& customer, core::Product product, std::int64_t day, std::int64_t per_day
) {
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_TRY(
        written,
        connection.query(
            "INSERT INTO product_usage AS u (customer, product, day, used)"
            " SELECT $1, $2, $3::bigint, 1 WHERE $4::bigint > 0"
            " ON CONFLICT (customer, product, day) DO UPDATE SET used = u.used + 1"
            " WHERE u.used < $4::bigint",
            {std::string_view(customer), name_of(product), day, per_day}
        )
    );
    return written.count() == 1;
  });
}

Result<std::int64_t> PostgresCustomers::used(
    const std::string& customer, core::Product product, std::int64_t day
) {
  return connections_.readers.run([&](Connection& connection) -> Result<std::int64_t> {
    SELFSAME_TRY(
        row,
        connection.look_up(
            "SELECT used FROM product_usage WHERE customer = $1 AND product = $2 AND day = $3",
            {std::string_view(customer), name_of(product), day}
        )
    );
    return row.next() ? row.integer(0) : 0;
  });
}

}  // namespace selfsame::storage::postgres
