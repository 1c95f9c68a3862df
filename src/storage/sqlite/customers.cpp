// SPDX-License-Identifier: Apache-2.0
#include "core/customer_fields.h"
#include "storage/sqlite/outcome_rows.h"
#include "storage/sqlite/repositories.h"

namespace selfsame::storage::sqlite {
namespace {

Result<CustomerStanding> read_standing(Connection& connection, std::string_view customer) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT coalesce((SELECT max(version) FROM customer_versions WHERE customer = ?1), 0),"
          " coalesce((SELECT settings FROM customer_versions WHERE customer = ?1"
          " ORDER BY version DESC LIMIT 1), ''),"
          " coalesce((SELECT balance FROM customer_balances WHERE customer = ?1), 0)",
          {customer}
      )
  );
  SELFSAME_CHECK(row.next());
  SELFSAME_TRY(settings, core::customer_from(row.text(1)));
  return CustomerStanding{
      .version = static_cast<int>(row.integer(0)),
      .settings = std::move(settings),
      .balance_minor = row.integer(2)
  };
}

Result<void> add_to_balance(
    Connection& connection, std::string_view customer, std::int64_t amount_minor
) {
  return connection.run(
      "INSERT INTO customer_balances (customer, balance) VALUES (?1, ?2)"
      " ON CONFLICT (customer) DO UPDATE SET balance = balance + excluded.balance",
      {customer, amount_minor}
  );
}

}  // namespace

Result<void> insert_charge(Connection& connection, const LedgerEntry& entry) {
  SELFSAME_TRY(standing, read_standing(connection, entry.customer));
  if (standing.settings.sandbox) return {};
  const std::int64_t price_minor =
      core::price_of(standing.settings, entry.product, entry.code, entry.units);
  SELFSAME_CHECK(connection.run(
      "INSERT INTO ledger"
      " (outcome_id, customer, product, code, billed_at, units, price, currency)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      {std::string_view(entry.outcome_id),
       std::string_view(entry.customer),
       std::string_view(entry.product),
       std::string_view(entry.code),
       value_of(entry.billed_at),
       entry.units,
       price_minor,
       std::string_view(standing.settings.currency)}
  ));
  return price_minor == 0 ? Result<void>()
                          : add_to_balance(connection, entry.customer, -price_minor);
}

Result<bool> is_covered(Connection& connection, const LedgerEntry& entry) {
  SELFSAME_TRY(standing, read_standing(connection, entry.customer));
  const core::Customer& settings = standing.settings;
  if (!settings.prepaid || settings.sandbox) return true;
  return standing.balance_minor >= core::price_of(settings, entry.product, entry.code, entry.units);
}

Result<CustomerStanding> SqliteCustomers::standing(const std::string& customer) {
  return connections_.readers.run([&](Connection& connection) {
    return read_standing(connection, customer);
  });
}

Result<void> SqliteCustomers::settle(const CustomerVersion& next) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO customer_versions (customer, version, settings, set_at, set_by)"
        " SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?2 - 1 ="
        " (SELECT coalesce(max(version), 0) FROM customer_versions WHERE customer = ?1)",
        {std::string_view(next.customer),
         std::int64_t{next.version},
         std::string_view(core::text_of(next.settings)),
         value_of(next.set_at),
         std::string_view(next.set_by)}
    ));
    if (connection.changes() == 1) return {};
    return fail(Errc::conflict, "the customer was settled otherwise meanwhile");
  });
}

Result<std::vector<CustomerVersion>> SqliteCustomers::history(const std::string& customer) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<CustomerVersion>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT version, settings, set_at, set_by FROM customer_versions"
                " WHERE customer = ?1 ORDER BY version",
                {std::string_view(customer)}
            )
        );
        std::vector<CustomerVersion> versions;
        for (;;) {
          SELFSAME_TRY(more, row.next());
          if (!more) return versions;
          SELFSAME_TRY(settings, core::customer_from(row.text(1)));
          versions.push_back(
              {.customer = customer,
               .version = static_cast<int>(row.integer(0)),
               .settings = std::move(settings),
               .set_at = row.time(2),
               .set_by = row.text(3)}
          );
        }
      }
  );
}

Result<std::vector<std::string>> SqliteCustomers::names() {
  return connections_.readers.run([](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        row, connection.query("SELECT DISTINCT customer FROM customer_versions ORDER BY customer")
    );
    std::vector<std::string> names;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) return names;
      names.push_back(row.text(0));
    }
  });
}

Result<std::int64_t> SqliteCustomers::credit(const CustomerCredit& credit) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::int64_t> {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO customer_credits (customer, amount, note, credited_at, credited_by)"
        " VALUES (?1, ?2, ?3, ?4, ?5)",
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
            "SELECT balance FROM customer_balances WHERE customer = ?1",
            {std::string_view(credit.customer)}
        )
    );
    SELFSAME_CHECK(row.next());
    return row.integer(0);
  });
}

Result<std::vector<CustomerCredit>> SqliteCustomers::credits(const std::string& customer) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<CustomerCredit>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT amount, note, credited_at, credited_by FROM customer_credits"
                " WHERE customer = ?1 ORDER BY entry",
                {std::string_view(customer)}
            )
        );
        std::vector<CustomerCredit> credits;
        for (;;) {
          SELFSAME_TRY(more, row.next());
          if (!more) return credits;
          credits.push_back(
              {.customer = customer,
               .amount_minor = row.integer(0),
               .note = row.text(1),
               .credited_at = row.time(2),
               .credited_by = row.text(3)}
          );
        }
      }
  );
}

Result<bool> SqliteCustomers::use(
    const std::string& customer, core::Product product, std::int64_t day, std::int64_t per_day
) {
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO product_usage (customer, product, day, used) SELECT ?1, ?2, ?3, 1"
        " WHERE ?4 > 0 ON CONFLICT (customer, product, day) DO UPDATE SET used = used + 1"
        " WHERE used < ?4",
        {std::string_view(customer), name_of(product), day, per_day}
    ));
    return connection.changes() == 1;
  });
}

Result<std::int64_t> SqliteCustomers::used(
    const std::string& customer, core::Product product, std::int64_t day
) {
  return connections_.readers.run([&](Connection& connection) -> Result<std::int64_t> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT used FROM product_usage WHERE customer = ?1 AND product = ?2 AND day = ?3",
            {std::string_view(customer), name_of(product), day}
        )
    );
    SELFSAME_TRY(found, row.next());
    return found ? row.integer(0) : 0;
  });
}

}  // namespace selfsame::storage::sqlite
