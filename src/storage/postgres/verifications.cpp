// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "storage/postgres/outcome_rows.h"
#include "storage/postgres/repositories.h"
#include "storage/stored_numbers.h"
#include "storage/verification_text.h"

namespace selfsame::storage::postgres {
namespace {

/// The first `count` transitions.
Result<std::vector<core::VerificationTransition>> read_history(
    Connection& connection, std::string_view id, std::int64_t count
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT number, from_state, to_state, at, event, detail FROM verification_transitions"
          " WHERE verification_id = $1 AND number <= $2 ORDER BY number",
          {id, count}
      )
  );
  std::vector<core::VerificationTransition> history;
  while (row.next()) {
    SELFSAME_TRY(from, verification_state_from(row.integer(1)));
    SELFSAME_TRY(to, verification_state_from(row.integer(2)));
    SELFSAME_TRY(event, event_from(row.integer(4), row.text(5)));
    history.push_back(
        {.number = static_cast<int>(row.integer(0)),
         .from = from,
         .to = to,
         .at = row.time(3),
         .event = std::move(event)}
    );
  }
  return history;
}

/// The row alone, and what it says of the history.
struct SessionRow {
  VerificationRecord record;
  core::VerificationState state{};
  std::int64_t number = 0;  // of the last transition
};

Result<SessionRow> record_of(const Rows& row) {
  SELFSAME_TRY(terms, terms_from(row.text(7)));
  SELFSAME_TRY(state, verification_state_from(row.integer(11)));
  VerificationRecord record;
  record.id = row.text(0);
  record.customer = row.text(1);
  record.access_key_id = row.text(2);
  record.surface = row.text(3);
  record.operation = row.text(4);
  record.product = row.text(5);
  record.token_hash = row.bytes(6);
  record.terms = std::move(terms);
  record.metadata = row.text(8);
  record.reference_blob = row.text(9);
  record.created_at = row.time(10);
  record.outcome_id = row.text(12);
  record.document_blob = row.text(13);
  return SessionRow{.record = std::move(record), .state = state, .number = row.integer(14)};
}

#define SELFSAME_VERIFICATION_COLUMNS                                                      \
  "id, customer, access_key_id, surface, operation, product, token_hash, terms, metadata," \
  " reference_blob, created_at, state, coalesce(outcome_id, ''), document_blob,"           \
  " number"

Result<VerificationRecord> read_session(
    Connection& connection, std::string_view sql, std::initializer_list<Value> by
) {
  SELFSAME_TRY(row, connection.look_up(sql, by));
  if (!row.next()) return fail(Errc::not_found, "no such verification");
  SELFSAME_TRY(read, record_of(row));
  auto& [record, state, number] = read;
  // A step may be taken between the two statements: its transition is not the row's.
  SELFSAME_TRY(history, read_history(connection, record.id, number));
  SELFSAME_TRY(progress, core::replay(record.terms, record.created_at, history));
  if (progress.state != state || std::cmp_not_equal(history.size(), number)) {
    return fail(Errc::integrity_failure, "a verification is not in the state of its history");
  }
  record.history = std::move(history);
  record.progress = std::move(progress);
  return std::move(record);
}

bool decides(const VerificationStep& step) {
  return step.outcome && step.transition.to == core::VerificationState::decided;
}

/// What a blob's column becomes; nothing: it stays.
Value blob_after(const std::optional<std::string>& stored, bool forgotten) {
  if (stored) return std::string_view(*stored);
  return forgotten ? Value(std::string_view()) : Value();
}

Result<void> move_on(Connection& connection, const VerificationStep& step) {
  SELFSAME_TRY(
      changed,
      connection.query(
          "UPDATE verifications SET number = $2::bigint, state = $3, evidence_bytes ="
          " CASE WHEN challenge_id = $4::text THEN evidence_bytes ELSE 0 END, challenge_id = "
          "$4::text, due_at = $5,"
          " outcome_id = $6, reference_blob = coalesce($7::text, reference_blob),"
          " document_blob = coalesce($9::text, document_blob)"
          " WHERE id = $1 AND number = $2::bigint - 1"
          " AND evidence_bytes = coalesce($8::bigint, evidence_bytes)",
          {std::string_view(step.id),
           std::int64_t{step.transition.number},
           number_of(step.transition.to),
           std::string_view(step.challenge_id),
           value_of(step.due_at),
           decides(step) ? Value(std::string_view(step.outcome->id)) : Value(),
           blob_after(step.reference_blob, step.forget_reference),
           step.evidence_bytes ? Value(*step.evidence_bytes) : Value(),
           blob_after(step.document_blob, step.forget_document)}
      )
  );
  if (changed.count() == 1) return {};
  return fail(Errc::conflict, "the verification has gone on meanwhile");
}

Result<void> add_transition(Connection& connection, const VerificationStep& step) {
  const core::VerificationTransition& transition = step.transition;
  return connection.run(
      "INSERT INTO verification_transitions"
      " (verification_id, number, from_state, to_state, at, event, detail)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {std::string_view(step.id),
       std::int64_t{transition.number},
       number_of(transition.from),
       number_of(transition.to),
       value_of(transition.at),
       static_cast<std::int64_t>(transition.event.index()),
       std::string_view(text_of(transition.event))}
  );
}

/// The blobs of the evidence, whose rows are gone.
Result<std::vector<std::string>> forget_evidence(Connection& connection, std::string_view id) {
  std::vector<std::string> blobs;
  SELFSAME_TRY(
      row,
      connection.query(
          "DELETE FROM verification_chunks WHERE verification_id = $1 RETURNING blob", {id}
      )
  );
  while (row.next()) blobs.push_back(row.text(0));
  SELFSAME_CHECK(connection.run("DELETE FROM verification_parts WHERE verification_id = $1", {id}));
  return blobs;
}

/// The blobs that this step leaves without a reference. To be called before move_on().
Result<std::vector<std::string>> replaced_blobs(
    Connection& connection, const VerificationStep& step
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT reference_blob, document_blob FROM verifications WHERE id = $1",
          {std::string_view(step.id)}
      )
  );
  if (!row.next()) return fail(Errc::not_found, "no such verification");
  std::vector<std::string> blobs;
  if (step.forget_reference || step.reference_blob) blobs.push_back(row.text(0));
  if (step.forget_document || step.document_blob) blobs.push_back(row.text(1));
  std::erase(blobs, "");
  return blobs;
}

/// The blobs that the session and its outcome refer to; no row does afterwards.
Result<std::vector<std::string>> forget_photos(Connection& connection, std::string_view id) {
  std::vector<std::string> blobs;
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT reference_blob FROM verifications WHERE id = $1 UNION"
          " SELECT document_blob FROM verifications WHERE id = $1 UNION"
          " SELECT unnest(ARRAY[o.reference_blob, o.capture_blob, o.best_frame_blob])"
          " FROM verifications v JOIN outcomes o ON o.id = v.outcome_id WHERE v.id = $1",
          {id}
      )
  );
  while (row.next()) {
    if (std::string blob = row.text(0); !blob.empty()) blobs.push_back(std::move(blob));
  }
  SELFSAME_CHECK(connection.run(
      "UPDATE outcomes SET reference_blob = '', capture_blob = '', best_frame_blob = ''"
      " WHERE id = (SELECT outcome_id FROM verifications WHERE id = $1)",
      {id}
  ));
  SELFSAME_CHECK(connection.run(
      "UPDATE verifications SET reference_blob = '', document_blob = '' WHERE id = $1", {id}
  ));
  return blobs;
}

Result<void> add_delivery(Connection& connection, const VerificationStep& step) {
  return connection.run(
      "INSERT INTO webhook_deliveries (id, customer, event, verification_id, state, attempts,"
      " last_error, created_at, next_at) SELECT $2::text, v.customer, $3::text, v.id, 0, 0, '', "
      "$4::bigint,"
      " $4::bigint"
      " FROM verifications v JOIN webhook_endpoints e ON e.customer = v.customer WHERE v.id = $1",
      {std::string_view(step.id),
       std::string_view(step.delivery_id),
       std::string_view(step.event),
       value_of(step.transition.at)}
  );
}

/// For the named webhooks of the session's surface: a delivery each.
Result<void> add_named_deliveries(Connection& connection, const VerificationStep& step) {
  return connection.run(
      "INSERT INTO webhook_deliveries (id, customer, event, verification_id, state, attempts,"
      " last_error, created_at, next_at, webhook_id)"
      " SELECT $2::text || '-' || n.id, v.customer, $3::text, v.id, 0, 0, '', $4::bigint, "
      "$4::bigint, n.id"
      " FROM verifications v JOIN named_webhooks n ON n.customer = v.customer"
      " AND n.surface = v.surface AND n.told = 1 WHERE v.id = $1",
      {std::string_view(step.id),
       std::string_view(step.delivery_id),
       std::string_view(step.event),
       value_of(step.transition.at)}
  );
}

/// Counts the chunk among the session's evidence, whose row it locks.
Result<void> reserve(Connection& connection, const EvidenceArrival& arrival) {
  SELFSAME_TRY(
      changed,
      connection.query(
          "UPDATE verifications SET evidence_bytes = evidence_bytes + $3"
          " WHERE id = $1 AND state = $4 AND challenge_id = $2 AND challenge_id <> ''",
          {std::string_view(arrival.id),
           std::string_view(arrival.challenge_id),
           arrival.chunk.length,
           number_of(core::VerificationState::challenged)}
      )
  );
  if (changed.count() != 1) return fail(Errc::conflict, "not the current challenge");
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT 1 FROM verifications WHERE id = $1 AND evidence_bytes <= $2",
          {std::string_view(arrival.id), arrival.evidence_bytes_max}
      )
  );
  if (row.next()) return {};
  return fail(Errc::payload_too_large, "more evidence than an attempt may have");
}

Result<void> lengthen_part(Connection& connection, const EvidenceArrival& arrival) {
  const EvidenceChunkRecord& chunk = arrival.chunk;
  SELFSAME_CHECK(connection.run(
      "INSERT INTO verification_parts"
      " (verification_id, part, total_bytes, sha256, received_bytes) VALUES ($1, $2, $3, $4, 0)"
      " ON CONFLICT DO NOTHING",
      {std::string_view(arrival.id),
       std::string_view(chunk.part),
       arrival.total_bytes,
       std::string_view(arrival.sha256)}
  ));
  SELFSAME_TRY(
      changed,
      connection.query(
          "UPDATE verification_parts SET received_bytes = received_bytes + $6"
          " WHERE verification_id = $1 AND part = $2 AND total_bytes = $3 AND sha256 = $4"
          " AND received_bytes = $5",
          {std::string_view(arrival.id),
           std::string_view(chunk.part),
           arrival.total_bytes,
           std::string_view(arrival.sha256),
           chunk.offset,
           chunk.length}
      )
  );
  if (changed.count() == 1) return {};
  return fail(Errc::conflict, "not the next chunk of this part");
}

Result<void> insert_chunk(Connection& connection, const EvidenceArrival& arrival) {
  const EvidenceChunkRecord& chunk = arrival.chunk;
  return connection.run(
      "INSERT INTO verification_chunks (verification_id, part, begins_at, length, blob)"
      " VALUES ($1, $2, $3, $4, $5)",
      {std::string_view(arrival.id),
       std::string_view(chunk.part),
       chunk.offset,
       chunk.length,
       std::string_view(chunk.blob)}
  );
}

}  // namespace

Result<void> PostgresVerificationSessions::create(
    const VerificationRecord& session, std::optional<Timestamp> due_at
) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO verifications (id, customer, access_key_id, surface, operation, product,"
        " token_hash, terms, metadata, reference_blob, created_at, number, state, challenge_id,"
        " evidence_bytes, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, '',"
        " 0, $13)",
        {std::string_view(session.id),
         std::string_view(session.customer),
         std::string_view(session.access_key_id),
         std::string_view(session.surface),
         std::string_view(session.operation),
         std::string_view(session.product),
         ByteView(session.token_hash),
         std::string_view(text_of(session.terms)),
         std::string_view(session.metadata),
         std::string_view(session.reference_blob),
         value_of(session.created_at),
         number_of(core::VerificationState::created),
         value_of(due_at)}
    );
  });
}

Result<VerificationRecord> PostgresVerificationSessions::find(
    const std::string& customer, const std::string& id
) {
  return connections_.readers.run([&](Connection& connection) {
    return read_session(
        connection,
        "SELECT " SELFSAME_VERIFICATION_COLUMNS
        " FROM verifications WHERE customer = $1 AND id = $2",
        {std::string_view(customer), std::string_view(id)}
    );
  });
}

Result<VerificationRecord> PostgresVerificationSessions::find_by_token(ByteView token_hash) {
  return connections_.readers.run([&](Connection& connection) {
    return read_session(
        connection,
        "SELECT " SELFSAME_VERIFICATION_COLUMNS " FROM verifications WHERE token_hash = $1",
        {token_hash}
    );
  });
}

Result<std::vector<std::string>> PostgresVerificationSessions::take_step(
    const VerificationStep& step
) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(blobs, replaced_blobs(connection, step));
    if (step.outcome) SELFSAME_CHECK(insert_outcome(connection, *step.outcome, step.charge));
    SELFSAME_CHECK(move_on(connection, step));
    SELFSAME_CHECK(add_transition(connection, step));
    if (step.forget_evidence) {
      SELFSAME_TRY(evidence, forget_evidence(connection, step.id));
      blobs.insert(blobs.end(), evidence.begin(), evidence.end());
    }
    if (!step.event.empty()) {
      SELFSAME_CHECK(add_delivery(connection, step));
      SELFSAME_CHECK(add_named_deliveries(connection, step));
    }
    return std::move(blobs);
  });
}

Result<void> PostgresVerificationSessions::add_chunk(const EvidenceArrival& arrival) {
  if (arrival.chunk.offset + arrival.chunk.length > arrival.total_bytes) {
    return fail(Errc::payload_too_large, "a chunk beyond the end of its part");
  }
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(reserve(connection, arrival));
    SELFSAME_CHECK(lengthen_part(connection, arrival));
    return insert_chunk(connection, arrival);
  });
}

Result<std::vector<std::string>> PostgresVerificationSessions::forget_part(
    const std::string& id,
    const std::string& challenge_id,
    const std::string& part,
    const std::string& sha256
) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "UPDATE verifications SET evidence_bytes = evidence_bytes - coalesce("
            "(SELECT received_bytes FROM verification_parts WHERE verification_id = $1"
            " AND part = $3 AND sha256 = $5), 0) WHERE id = $1 AND state = $4 AND challenge_id = "
            "$2",
            {std::string_view(id),
             std::string_view(challenge_id),
             std::string_view(part),
             number_of(core::VerificationState::challenged),
             std::string_view(sha256)}
        )
    );
    if (changed.count() != 1) return fail(Errc::conflict, "not the current challenge");
    std::vector<std::string> blobs;
    SELFSAME_TRY(
        row,
        connection.query(
            "DELETE FROM verification_chunks WHERE verification_id = $1 AND part = $2"
            " AND EXISTS (SELECT 1 FROM verification_parts AS p WHERE p.verification_id = $1"
            " AND p.part = $2 AND p.sha256 = $3) RETURNING blob",
            {std::string_view(id), std::string_view(part), std::string_view(sha256)}
        )
    );
    while (row.next()) blobs.push_back(row.text(0));
    SELFSAME_CHECK(connection.run(
        "DELETE FROM verification_parts WHERE verification_id = $1 AND part = $2"
        " AND sha256 = $3",
        {std::string_view(id), std::string_view(part), std::string_view(sha256)}
    ));
    return blobs;
  });
}

Result<std::vector<EvidencePartRecord>> PostgresVerificationSessions::parts(const std::string& id) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<EvidencePartRecord>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT p.part, p.total_bytes, p.sha256, c.begins_at, c.length, c.blob"
                " FROM verification_parts p JOIN verification_chunks c"
                " ON c.verification_id = p.verification_id AND c.part = p.part"
                " WHERE p.verification_id = $1 ORDER BY p.part, c.begins_at",
                {std::string_view(id)}
            )
        );
        std::vector<EvidencePartRecord> parts;
        while (row.next()) {
          if (std::string name = row.text(0); parts.empty() || parts.back().part != name) {
            parts.push_back(
                {.part = std::move(name),
                 .total_bytes = row.integer(1),
                 .sha256 = row.text(2),
                 .chunks = {}}
            );
          }
          parts.back().chunks.push_back(
              {.part = parts.back().part,
               .offset = row.integer(3),
               .length = row.integer(4),
               .blob = row.text(5)}
          );
        }
        return parts;
      }
  );
}

Result<std::vector<VerificationName>> PostgresVerificationSessions::due(Timestamp now, int limit) {
  return connections_.readers.run(
      [&](Connection& connection) -> Result<std::vector<VerificationName>> {
        SELFSAME_TRY(
            row,
            connection.query(
                "SELECT customer, id, number FROM verifications WHERE due_at <= $1"
                " ORDER BY due_at LIMIT $2",
                {value_of(now), std::int64_t{limit}}
            )
        );
        std::vector<VerificationName> names;
        while (row.next()) {
          names.push_back(
              {.customer = row.text(0),
               .id = row.text(1),
               .number = static_cast<int>(row.integer(2))}
          );
        }
        return names;
      }
  );
}

Result<bool> PostgresVerificationSessions::postpone(
    const std::string& id, int number, Timestamp now, Timestamp due_at
) {
  return connections_.writer.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "UPDATE verifications SET due_at = $4 WHERE id = $1 AND number = $2 AND due_at <= $3",
            {std::string_view(id), std::int64_t{number}, value_of(now), value_of(due_at)}
        )
    );
    return changed.count() == 1;
  });
}

Result<std::vector<std::string>> PostgresVerificationSessions::forget_samples(
    const std::string& id, int number, Timestamp now
) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        changed,
        connection.query(
            "UPDATE verifications SET due_at = NULL WHERE id = $1 AND number = $2 AND due_at <= $3",
            {std::string_view(id), std::int64_t{number}, value_of(now)}
        )
    );
    if (changed.count() != 1) return std::vector<std::string>();
    SELFSAME_TRY(blobs, forget_evidence(connection, id));
    SELFSAME_TRY(photos, forget_photos(connection, id));
    blobs.insert(blobs.end(), photos.begin(), photos.end());
    return blobs;
  });
}

}  // namespace selfsame::storage::postgres
