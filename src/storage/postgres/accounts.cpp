// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/repositories.h"
#include "storage/stored_numbers.h"

namespace selfsame::storage::postgres {

Result<AccountState> PostgresAccounts::state(
    const std::string& customer, const std::string& product
) {
  return connections_.readers.run([&](Connection& connection) -> Result<AccountState> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT state FROM account_states WHERE customer = $1 AND product = $2",
            {std::string_view(customer), std::string_view(product)}
        )
    );
    if (!row.next()) return AccountState::active;
    return account_state_from(row.integer(0));
  });
}

Result<void> PostgresAccounts::set_state(
    const std::string& customer, const std::string& product, AccountState state, Timestamp now
) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO account_states (customer, product, state, set_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (customer, product) DO UPDATE SET state = excluded.state,"
        " set_at = excluded.set_at",
        {std::string_view(customer), std::string_view(product), number_of(state), value_of(now)}
    );
  });
}

}  // namespace selfsame::storage::postgres
