// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "storage/blob_envelope.h"
#include "storage/postgres/outcome_rows.h"
#include "storage/postgres/repositories.h"
#include "storage/stored_numbers.h"

namespace selfsame::storage::postgres {
namespace {

#define SELFSAME_OUTCOME_COLUMNS                                                   \
  "id, customer, access_key_id, surface, operation, request_fingerprint, outcome," \
  " attack_class, cosine, pad_score, calibration, reference_blob, capture_blob,"   \
  " best_frame_blob, decided_at"

Result<OutcomeRecord> record_of(const Rows& row) {
  SELFSAME_TRY(outcome, outcome_from(row.integer(6)));
  SELFSAME_TRY(attack_class, attack_class_from(row.integer(7)));
  return OutcomeRecord{
      .id = row.text(0),
      .customer = row.text(1),
      .access_key_id = row.text(2),
      .surface = row.text(3),
      .operation = row.text(4),
      .request_fingerprint = row.text(5),
      .outcome = outcome,
      .attack_class = attack_class,
      .cosine = row.real(8),
      .pad_score = row.real(9),
      .calibration = row.text(10),
      .reference_blob = row.text(11),
      .capture_blob = row.text(12),
      .best_frame_blob = row.text(13),
      .decided_at = row.time(14)
  };
}

Result<std::optional<OutcomeRecord>> read_one(
    Connection& connection, std::string_view sql, std::string_view customer, std::string_view by
) {
  SELFSAME_TRY(row, connection.look_up(sql, {customer, by}));
  if (!row.next()) return std::nullopt;
  return record_of(row);
}

Result<std::optional<OutcomeRecord>> read_by_fingerprint(
    Connection& connection, std::string_view customer, std::string_view request_fingerprint
) {
  if (request_fingerprint.empty()) return std::nullopt;
  // The last condition lets PostgreSQL use the partial index.
  return read_one(
      connection,
      "SELECT " SELFSAME_OUTCOME_COLUMNS
      " FROM outcomes WHERE customer = $1 AND request_fingerprint = $2"
      " AND request_fingerprint <> ''",
      customer,
      request_fingerprint
  );
}

Value text_or_null(const std::optional<LedgerEntry>& charge, std::string LedgerEntry::* member) {
  return charge ? Value(std::string_view((*charge).*member)) : Value();
}

}  // namespace

Result<bool> insert_outcome(
    Connection& connection, const OutcomeRecord& record, const std::optional<LedgerEntry>& charge
) {
  std::optional<PricedCharge> priced;
  if (charge) {
    SELFSAME_TRY(found, price_in(connection, *charge));
    priced = std::move(found);
  }
  const auto billed = priced ? charge : std::nullopt;
  SELFSAME_TRY(
      stored,
      connection.query(
          "WITH stored AS (INSERT INTO outcomes (" SELFSAME_OUTCOME_COLUMNS
          ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
          " ON CONFLICT (customer, request_fingerprint) WHERE request_fingerprint <> '' DO NOTHING"
          " RETURNING id, customer),"
          " billed AS (INSERT INTO ledger"
          " (outcome_id, customer, product, code, billed_at, units, price, currency)"
          " SELECT id, customer, $16::text, $17::text, $18::bigint, $19::bigint, $20::bigint,"
          " $21::text FROM stored WHERE $16::text IS NOT NULL)"
          " SELECT id FROM stored",
          {std::string_view(record.id),
           std::string_view(record.customer),
           std::string_view(record.access_key_id),
           std::string_view(record.surface),
           std::string_view(record.operation),
           std::string_view(record.request_fingerprint),
           number_of(record.outcome),
           number_of(record.attack_class),
           value_of(stored_score(record.cosine)),
           value_of(stored_score(record.pad_score)),
           std::string_view(record.calibration),
           std::string_view(record.reference_blob),
           std::string_view(record.capture_blob),
           std::string_view(record.best_frame_blob),
           value_of(record.decided_at),
           text_or_null(billed, &LedgerEntry::product),
           text_or_null(billed, &LedgerEntry::code),
           billed ? Value(value_of(billed->billed_at)) : Value(),
           billed ? Value(billed->units) : Value(),
           priced ? Value(priced->price_minor) : Value(),
           priced ? Value(std::string_view(priced->currency)) : Value()}
      )
  );
  if (!stored.next()) return false;
  if (priced && priced->price_minor != 0) {
    SELFSAME_CHECK(add_to_balance(connection, record.customer, -priced->price_minor));
  }
  return true;
}

Result<OutcomeRecord> PostgresOutcomes::commit(
    const OutcomeRecord& outcome, const std::optional<LedgerEntry>& charge
) {
  if (charge && (charge->outcome_id != outcome.id || charge->customer != outcome.customer)) {
    throw std::invalid_argument("a charge for another outcome");
  }
  return connections_.writer.run([&](Connection& connection) -> Result<OutcomeRecord> {
    SELFSAME_TRY(inserted, insert_outcome(connection, outcome, charge));
    if (inserted) return outcome;
    SELFSAME_TRY(
        earlier, read_by_fingerprint(connection, outcome.customer, outcome.request_fingerprint)
    );
    if (!earlier) return fail(Errc::storage_unavailable, "a stored outcome cannot be read");
    return std::move(*earlier);
  });
}

Result<std::optional<OutcomeRecord>> PostgresOutcomes::find_by_fingerprint(
    const std::string& customer, const std::string& request_fingerprint
) {
  return connections_.readers.run([&](Connection& connection) {
    return read_by_fingerprint(connection, customer, request_fingerprint);
  });
}

Result<OutcomeRecord> PostgresOutcomes::find(const std::string& customer, const std::string& id) {
  return connections_.readers.run([&](Connection& connection) -> Result<OutcomeRecord> {
    SELFSAME_TRY(
        found,
        read_one(
            connection,
            "SELECT " SELFSAME_OUTCOME_COLUMNS " FROM outcomes WHERE customer = $1 AND id = $2",
            customer,
            id
        )
    );
    if (!found) return fail(Errc::not_found, "no such outcome of this customer");
    return std::move(*found);
  });
}

Result<void> PostgresOutcomes::set_ground_truth(
    const std::string& customer, const std::string& id, GroundTruth truth
) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_TRY(
        written,
        connection.look_up(
            "INSERT INTO ground_truths (outcome_id, same_person, stated_at)"
            " SELECT id, $3::bigint, $4::bigint FROM outcomes WHERE customer = $1 AND id = $2"
            " ON CONFLICT (outcome_id) DO UPDATE SET same_person = excluded.same_person,"
            " stated_at = excluded.stated_at",
            {std::string_view(customer),
             std::string_view(id),
             std::int64_t{truth.same_person},
             value_of(truth.stated_at)}
        )
    );
    if (written.count() == 1) return {};
    return fail(Errc::not_found, "no such outcome of this customer");
  });
}

Result<std::optional<GroundTruth>> PostgresOutcomes::ground_truth(
    const std::string& customer, const std::string& id
) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::optional<GroundTruth>> {
        SELFSAME_TRY(
            row,
            connection.look_up(
                "SELECT same_person, stated_at FROM ground_truths"
                " JOIN outcomes ON outcomes.id = outcome_id"
                " WHERE customer = $1 AND outcome_id = $2",
                {std::string_view(customer), std::string_view(id)}
            )
        );
        if (!row.next()) return std::nullopt;
        return GroundTruth{.same_person = row.integer(0) != 0, .stated_at = row.time(1)};
      }
  );
}

Result<std::vector<std::string>> PostgresOutcomes::referenced_blobs(
    const std::vector<std::string>& blob_ids
) {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT id FROM jsonb_array_elements_text($1::text::jsonb) AS wanted(id) WHERE"
            " EXISTS (SELECT 1 FROM outcomes WHERE reference_blob = wanted.id"
            " AND reference_blob <> '')"
            " OR EXISTS (SELECT 1 FROM outcomes WHERE capture_blob = wanted.id"
            " AND capture_blob <> '')"
            " OR EXISTS (SELECT 1 FROM outcomes WHERE best_frame_blob = wanted.id"
            " AND best_frame_blob <> '')"
            " OR EXISTS (SELECT 1 FROM verification_chunks WHERE blob = wanted.id)"
            " OR EXISTS (SELECT 1 FROM verifications WHERE reference_blob = wanted.id"
            " AND reference_blob <> '')"
            " OR EXISTS (SELECT 1 FROM verifications WHERE document_blob = wanted.id"
            " AND document_blob <> '')"
            " OR EXISTS (SELECT 1 FROM uploads WHERE blob = wanted.id AND blob <> '')"
            " OR EXISTS (SELECT 1 FROM register_records WHERE photo_blob = wanted.id"
            " AND photo_blob <> '')",
            {std::string_view(json_array_of(blob_ids))}
        )
    );
    std::vector<std::string> referenced;
    while (row.next()) referenced.push_back(row.text(0));
    return referenced;
  });
}

Result<std::vector<LedgerEntry>> PostgresOutcomes::ledger(const LedgerQuery& query) {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<LedgerEntry>> {
    constexpr const char* kOfAll =
        "SELECT outcome_id, customer, product, code, billed_at, units, price, currency, entry"
        " FROM ledger WHERE entry > $1 AND billed_at >= $2 AND billed_at < $3"
        " ORDER BY entry LIMIT $4";
    constexpr const char* kOfOne =
        "SELECT outcome_id, customer, product, code, billed_at, units, price, currency, entry"
        " FROM ledger WHERE entry > $1 AND billed_at >= $2 AND billed_at < $3 AND customer = $5"
        " ORDER BY entry LIMIT $4";
    const Value from = value_of(query.from);
    const Value to = value_of(query.to);
    const std::int64_t limit = query.limit;
    SELFSAME_TRY(
        row,
        query.customer.empty()
            ? connection.query(kOfAll, {query.after_entry, from, to, limit})
            : connection.look_up(
                  kOfOne, {query.after_entry, from, to, limit, std::string_view(query.customer)}
              )
    );
    std::vector<LedgerEntry> entries;
    while (row.next()) {
      entries.push_back(
          {.outcome_id = row.text(0),
           .customer = row.text(1),
           .product = row.text(2),
           .code = row.text(3),
           .billed_at = row.time(4),
           .units = row.integer(5),
           .price_minor = row.integer(6),
           .currency = row.text(7),
           .entry = row.integer(8)}
      );
    }
    return entries;
  });
}

}  // namespace selfsame::storage::postgres
