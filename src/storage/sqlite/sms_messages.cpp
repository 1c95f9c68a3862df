// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>

#include "storage/sms_receipts.h"
#include "storage/sqlite/outcome_rows.h"
#include "storage/sqlite/repositories.h"
#include "storage/stored_numbers.h"

namespace selfsame::storage::sqlite {
namespace {

using core::SegmentState;
using core::SmsState;

#define SELFSAME_SMS_COLUMNS                                                                \
  "id, customer, access_key_id, number_hash, country_code, route, sealed, segments, state," \
  " error, attempts, created_at, next_at, valid_until, submitted_at, ended_at"

Result<SmsRecord> record_of(const Query& row) {
  SELFSAME_TRY(state, sms_state_from(row.integer(8)));
  SmsRecord record;
  record.id = row.text(0);
  record.customer = row.text(1);
  record.access_key_id = row.text(2);
  record.number_hash = row.bytes(3);
  record.country_code = row.text(4);
  record.route = row.text(5);
  record.sealed = row.bytes(6);
  record.segments = static_cast<int>(row.integer(7));
  record.state = state;
  record.error = row.text(9);
  record.attempts = static_cast<int>(row.integer(10));
  record.created_at = row.time(11);
  record.next_at = row.time(12);
  record.valid_until = row.optional_time(13);
  record.submitted_at = row.optional_time(14);
  record.ended_at = row.optional_time(15);
  return record;
}

Result<std::vector<SmsRecord>> records_of(Query& row) {
  std::vector<SmsRecord> records;
  for (;;) {
    SELFSAME_TRY(more, row.next());
    if (!more) return records;
    SELFSAME_TRY(record, record_of(row));
    records.push_back(std::move(record));
  }
}

Result<std::int64_t> count_since(
    Connection& connection, const SmsRecord& like, bool of_number, std::chrono::hours span
) {
  const Timestamp since = like.created_at - span;
  SELFSAME_TRY(
      row,
      of_number ? connection.query(
                      "SELECT count(*) FROM sms_messages"
                      " WHERE customer = ?1 AND number_hash = ?2 AND created_at > ?3",
                      {std::string_view(like.customer), ByteView(like.number_hash), value_of(since)}
                  )
                : connection.query(
                      "SELECT count(*) FROM sms_messages WHERE customer = ?1 AND created_at > ?2",
                      {std::string_view(like.customer), value_of(since)}
                  )
  );
  SELFSAME_CHECK(row.next());
  return row.integer(0);
}

Result<bool> has_opted_out(Connection& connection, const SmsRecord& record) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT 1 FROM sms_opt_outs WHERE number_hash = ?1", {ByteView(record.number_hash)}
      )
  );
  return row.next();
}

Result<SmsAdmission> admit(Connection& connection, const NewSms& message, const SmsLimits& limits) {
  const SmsRecord& record = message.record;
  SELFSAME_TRY(opted_out, has_opted_out(connection, record));
  if (opted_out) return SmsAdmission::opted_out;
  struct Limit {
    std::int64_t most;
    bool of_number;
    std::chrono::hours span;
  };
  for (const Limit& limit :
       {Limit{limits.number_per_hour, true, std::chrono::hours(1)},
        Limit{limits.number_per_day, true, std::chrono::hours(24)},
        Limit{limits.customer_per_day, false, std::chrono::hours(24)}}) {
    if (limit.most == 0) continue;
    SELFSAME_TRY(count, count_since(connection, record, limit.of_number, limit.span));
    if (count < limit.most) continue;
    return limit.of_number ? SmsAdmission::number_limit : SmsAdmission::customer_limit;
  }
  if (!message.charge) return SmsAdmission::taken;
  SELFSAME_TRY(covered, is_covered(connection, *message.charge));
  return covered ? SmsAdmission::taken : SmsAdmission::balance_not_enough;
}

Result<void> insert(Connection& connection, const SmsRecord& record) {
  SELFSAME_CHECK(connection.run(
      "INSERT INTO sms_messages (" SELFSAME_SMS_COLUMNS
      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
      {std::string_view(record.id),
       std::string_view(record.customer),
       std::string_view(record.access_key_id),
       ByteView(record.number_hash),
       std::string_view(record.country_code),
       std::string_view(record.route),
       ByteView(record.sealed),
       std::int64_t{record.segments},
       number_of(record.state),
       std::string_view(record.error),
       std::int64_t{record.attempts},
       value_of(record.created_at),
       value_of(record.next_at),
       value_of(record.valid_until),
       value_of(record.submitted_at),
       value_of(record.ended_at)}
  ));
  for (int number = 1; number <= record.segments; ++number) {
    SELFSAME_CHECK(connection.run(
        "INSERT INTO sms_segments (message_id, number, state, centre_id) VALUES (?1, ?2, ?3, '')",
        {std::string_view(record.id), std::int64_t{number}, number_of(SegmentState::waiting)}
    ));
  }
  return {};
}

Result<std::vector<SegmentState>> segment_states(Connection& connection, std::string_view id) {
  SELFSAME_TRY(row, connection.query("SELECT state FROM sms_segments WHERE message_id = ?1", {id}));
  std::vector<SegmentState> states;
  for (;;) {
    SELFSAME_TRY(more, row.next());
    if (!more) return states;
    SELFSAME_TRY(state, segment_state_from(row.integer(0)));
    states.push_back(state);
  }
}

/// Writes down what its segments say of the message.
Result<void> refold(
    Connection& connection,
    std::string_view id,
    std::string_view error,
    std::optional<Timestamp> next_at,
    Timestamp now
) {
  SELFSAME_TRY(segments, segment_states(connection, id));
  const SmsState state = core::state_of(segments);
  const bool has_left = state == SmsState::submitted || state == SmsState::delivered;
  return connection.run(
      "UPDATE sms_messages SET state = ?2, leased_until = CASE ?2 WHEN 1 THEN leased_until END,"
      " error = CASE WHEN ?3 <> '' AND error = '' THEN ?3 ELSE error END,"
      " next_at = coalesce(?4, next_at),"
      " submitted_at = CASE WHEN ?5 = 1 THEN coalesce(submitted_at, ?6) ELSE submitted_at END,"
      " ended_at = CASE WHEN ?7 = 1 THEN coalesce(ended_at, ?6) END WHERE id = ?1",
      {id,
       number_of(state),
       error,
       value_of(next_at),
       std::int64_t{has_left ? 1 : 0},
       value_of(now),
       std::int64_t{is_end(state) ? 1 : 0}}
  );
}

Result<void> note_segment(Connection& connection, const SegmentNote& note) {
  return connection.run(
      "UPDATE sms_segments SET state = ?3, centre_id = ?4"
      " WHERE message_id = ?1 AND number = ?2 AND state IN (1, 3)",
      {std::string_view(note.message_id),
       std::int64_t{note.segment},
       number_of(note.state),
       std::string_view(note.centre_id)}
  );
}

Result<std::vector<KnownSegment>> segments_named(
    Connection& connection, const std::string& route, const std::string& centre_id
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT s.message_id, s.number, m.number_hash FROM sms_segments s"
          " JOIN sms_messages m ON m.id = s.message_id"
          " WHERE s.centre_id = ?1 AND s.centre_id <> '' AND m.route = ?2",
          {std::string_view(centre_id), std::string_view(route)}
      )
  );
  std::vector<KnownSegment> found;
  for (;;) {
    SELFSAME_TRY(more, row.next());
    if (!more) return found;
    found.push_back({row.text(0), static_cast<int>(row.integer(1)), row.bytes(2)});
  }
}

/// Of the only message to that number that is in doubt: of several, which one arrived is not known.
Result<std::optional<KnownSegment>> segment_in_doubt(
    Connection& connection, const ReceiptNote& receipt
) {
  SELFSAME_TRY(
      row,
      connection.query(
          "SELECT s.message_id, MIN(s.number) FROM sms_segments s"
          " JOIN sms_messages m ON m.id = s.message_id"
          " WHERE s.state = 3 AND m.route = ?1 AND m.number_hash = ?2"
          " GROUP BY s.message_id LIMIT 2",
          {std::string_view(receipt.route), ByteView(receipt.number_hash)}
      )
  );
  SELFSAME_TRY(found, row.next());
  if (!found) return std::nullopt;
  KnownSegment segment{row.text(0), static_cast<int>(row.integer(1)), receipt.number_hash};
  SELFSAME_TRY(leaves_a_choice, row.next());
  if (leaves_a_choice) return std::nullopt;
  return segment;
}

Result<std::optional<KnownSegment>> segment_of(Connection& connection, const ReceiptNote& receipt) {
  std::vector<KnownSegment> found;
  for (const std::string& id : receipt.centre_ids) {
    SELFSAME_TRY(named, segments_named(connection, receipt.route, id));
    std::ranges::move(named, std::back_inserter(found));
  }
  if (auto segment = choose(found, receipt.number_hash)) return segment;
  if (!found.empty() || !receipt.settles_doubt) return std::nullopt;
  return segment_in_doubt(connection, receipt);
}

Result<bool> note_receipt(Connection& connection, const ReceiptNote& receipt, Timestamp now) {
  SELFSAME_TRY(segment, segment_of(connection, receipt));
  if (!segment) return false;
  const SegmentState state =
      receipt.delivered ? SegmentState::delivered : SegmentState::undelivered;
  SELFSAME_CHECK(connection.run(
      "UPDATE sms_segments SET state = ?3 WHERE message_id = ?1 AND number = ?2"
      " AND state IN (1, 2, 3)",
      {std::string_view(segment->message_id), std::int64_t{segment->number}, number_of(state)}
  ));
  SELFSAME_CHECK(refold(connection, segment->message_id, receipt.error, std::nullopt, now));
  return true;
}

}  // namespace

Result<std::vector<SmsAdmission>> SqliteSmsMessages::add(
    const std::vector<NewSms>& messages, const SmsLimits& limits
) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<SmsAdmission>> {
    std::vector<SmsAdmission> admissions;
    for (const NewSms& message : messages) {
      SELFSAME_TRY(admission, admit(connection, message, limits));
      admissions.push_back(admission);
      if (admission != SmsAdmission::taken) continue;
      SELFSAME_CHECK(insert(connection, message.record));
      if (message.charge) SELFSAME_CHECK(insert_charge(connection, *message.charge));
    }
    return admissions;
  });
}

Result<SmsRecord> SqliteSmsMessages::find(const std::string& customer, const std::string& id) {
  return connections_.readers.run([&](Connection& connection) -> Result<SmsRecord> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT " SELFSAME_SMS_COLUMNS " FROM sms_messages WHERE customer = ?1 AND id = ?2",
            {std::string_view(customer), std::string_view(id)}
        )
    );
    SELFSAME_TRY(found, row.next());
    if (!found) return fail(Errc::not_found, "no such message");
    return record_of(row);
  });
}

Result<std::vector<SmsRecord>> SqliteSmsMessages::list(const SmsQuery& query) {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<SmsRecord>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT " SELFSAME_SMS_COLUMNS " FROM sms_messages"
            " WHERE (?1 = '' OR customer = ?1) AND (?2 IS NULL OR state = ?2)"
            " ORDER BY created_at DESC, id LIMIT ?3",
            {std::string_view(query.customer),
             query.state ? Value(number_of(*query.state)) : Value(),
             std::int64_t{query.limit}}
        )
    );
    return records_of(row);
  });
}

Result<std::vector<SmsCount>> SqliteSmsMessages::counts() {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<SmsCount>> {
    SELFSAME_TRY(
        row,
        connection.query("SELECT state, route, count(*) FROM sms_messages GROUP BY state, route")
    );
    std::vector<SmsCount> counts;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) return counts;
      SELFSAME_TRY(state, sms_state_from(row.integer(0)));
      counts.push_back({.state = state, .route = row.text(1), .messages = row.integer(2)});
    }
  });
}

Result<std::vector<ClaimedSms>> SqliteSmsMessages::claim(
    const std::string& route, Timestamp now, Timestamp leased_until, int limit
) {
  // Polled: while nothing is due nothing is written.
  SELFSAME_TRY(is_due, connections_.readers.run([&](Connection& connection) -> Result<bool> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT 1 FROM sms_messages WHERE state = 0 AND route = ?1 AND next_at <= ?2 LIMIT 1",
            {std::string_view(route), value_of(now)}
        )
    );
    return row.next();
  }));
  if (!is_due) return std::vector<ClaimedSms>();
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<ClaimedSms>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "UPDATE sms_messages SET state = 1, attempts = attempts + 1, leased_until = ?3"
            " WHERE id IN (SELECT id FROM sms_messages WHERE state = 0 AND route = ?1"
            " AND next_at <= ?2 AND (valid_until IS NULL OR valid_until > ?2)"
            " ORDER BY next_at LIMIT ?4) RETURNING " SELFSAME_SMS_COLUMNS,
            {std::string_view(route), value_of(now), value_of(leased_until), std::int64_t{limit}}
        )
    );
    SELFSAME_TRY(records, records_of(row));
    std::ranges::sort(records, {}, [](const SmsRecord& r) { return std::tie(r.next_at, r.id); });
    std::vector<ClaimedSms> claimed;
    for (SmsRecord& record : records) {
      SELFSAME_TRY(
          segment,
          connection.query(
              "UPDATE sms_segments SET state = 1 WHERE message_id = ?1 AND state = 0"
              " RETURNING number",
              {std::string_view(record.id)}
          )
      );
      ClaimedSms each;
      for (;;) {
        SELFSAME_TRY(more, segment.next());
        if (!more) break;
        each.segments.push_back(static_cast<int>(segment.integer(0)));
      }
      std::ranges::sort(each.segments);
      each.message = std::move(record);
      claimed.push_back(std::move(each));
    }
    return claimed;
  });
}

Result<void> SqliteSmsMessages::note(const std::vector<SegmentNote>& notes, Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    for (const SegmentNote& note : notes) SELFSAME_CHECK(note_segment(connection, note));
    for (const MessageNote& message : by_message(notes)) {
      SELFSAME_CHECK(refold(connection, message.id, message.error, message.next_at, now));
    }
    return {};
  });
}

Result<std::vector<bool>> SqliteSmsMessages::note(
    const std::vector<ReceiptNote>& receipts, Timestamp now
) {
  return connections_.writer.run([&](Connection& connection) -> Result<std::vector<bool>> {
    std::vector<bool> known;
    for (const ReceiptNote& receipt : receipts) {
      SELFSAME_TRY(is_known, note_receipt(connection, receipt, now));
      known.push_back(is_known);
    }
    return known;
  });
}

Result<int> SqliteSmsMessages::end_leases(Timestamp now) {
  const auto left_behind = [&](Connection& connection) -> Result<std::vector<std::string>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT id FROM sms_messages WHERE state = 1 AND leased_until < ?1", {value_of(now)}
        )
    );
    std::vector<std::string> ids;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) return ids;
      ids.push_back(row.text(0));
    }
  };
  SELFSAME_TRY(some, connections_.readers.run(left_behind));
  if (some.empty()) return 0;
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_TRY(ids, left_behind(connection));
    for (const std::string& id : ids) {
      SELFSAME_CHECK(connection.run(
          "UPDATE sms_segments SET state = 3 WHERE message_id = ?1 AND state = 1",
          {std::string_view(id)}
      ));
      SELFSAME_CHECK(refold(connection, id, {}, std::nullopt, now));
    }
    return static_cast<int>(ids.size());
  });
}

Result<int> SqliteSmsMessages::expire(Timestamp now) {
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_CHECK(connection.run(
        "UPDATE sms_segments SET state = 4 WHERE state = 0 AND message_id IN"
        " (SELECT id FROM sms_messages"
        "  WHERE state = 0 AND valid_until IS NOT NULL AND valid_until <= ?1)",
        {value_of(now)}
    ));
    SELFSAME_CHECK(connection.run(
        "UPDATE sms_messages SET state = 4, error = 'EXPIRED', ended_at = ?1"
        " WHERE state = 0 AND valid_until IS NOT NULL AND valid_until <= ?1",
        {value_of(now)}
    ));
    return static_cast<int>(connection.changes());
  });
}

Result<int> SqliteSmsMessages::forget(Timestamp before, int limit) {
  return connections_.writer.run([&](Connection& connection) -> Result<int> {
    SELFSAME_CHECK(
        connection.run("DELETE FROM sms_conversions WHERE stored_at < ?1", {value_of(before)})
    );
    SELFSAME_TRY(
        row,
        connection.query(
            "DELETE FROM sms_messages WHERE id IN (SELECT id FROM sms_messages"
            " WHERE created_at < ?1 AND state NOT IN (0, 1) ORDER BY created_at LIMIT ?2)"
            " RETURNING id",
            {value_of(before), std::int64_t{limit}}
        )
    );
    std::vector<std::string> ids;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) break;
      ids.push_back(row.text(0));
    }
    for (const std::string& id : ids) {
      SELFSAME_CHECK(
          connection.run("DELETE FROM sms_segments WHERE message_id = ?1", {std::string_view(id)})
      );
    }
    return static_cast<int>(ids.size());
  });
}

Result<void> SqliteSmsMessages::opt_out(const SmsOptOut& number) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO sms_opt_outs (number_hash, sealed, added_at) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (number_hash) DO NOTHING",
        {ByteView(number.number_hash), ByteView(number.sealed), value_of(number.added_at)}
    );
  });
}

Result<void> SqliteSmsMessages::opt_in(ByteView number_hash) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(connection.run("DELETE FROM sms_opt_outs WHERE number_hash = ?1", {number_hash})
    );
    if (connection.changes() != 1) return fail(Errc::not_found, "not in the list");
    return {};
  });
}

Result<std::vector<SmsOptOut>> SqliteSmsMessages::opt_outs() {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<SmsOptOut>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT number_hash, sealed, added_at FROM sms_opt_outs ORDER BY added_at, number_hash"
        )
    );
    std::vector<SmsOptOut> numbers;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) return numbers;
      numbers.push_back(
          {.number_hash = row.bytes(0), .sealed = row.bytes(1), .added_at = row.time(2)}
      );
    }
  });
}

Result<void> SqliteSmsMessages::set_template(const SmsTemplate& text) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO sms_templates (customer, code, text, set_at) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (customer, code) DO UPDATE SET text = excluded.text,"
        " set_at = excluded.set_at",
        {std::string_view(text.customer),
         std::string_view(text.code),
         std::string_view(text.text),
         value_of(text.set_at)}
    );
  });
}

Result<SmsTemplate> SqliteSmsMessages::find_template(
    const std::string& customer, const std::string& code
) {
  return connections_.readers.run([&](Connection& connection) -> Result<SmsTemplate> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT text, set_at FROM sms_templates WHERE customer = ?1 AND code = ?2",
            {std::string_view(customer), std::string_view(code)}
        )
    );
    SELFSAME_TRY(found, row.next());
    if (!found) return fail(Errc::not_found, "no such template");
    return SmsTemplate{
        .customer = customer, .code = code, .text = row.text(0), .set_at = row.time(1)
    };
  });
}

Result<void> SqliteSmsMessages::remove_template(
    const std::string& customer, const std::string& code
) {
  return connections_.writer.run([&](Connection& connection) -> Result<void> {
    SELFSAME_CHECK(connection.run(
        "DELETE FROM sms_templates WHERE customer = ?1 AND code = ?2",
        {std::string_view(customer), std::string_view(code)}
    ));
    if (connection.changes() != 1) return fail(Errc::not_found, "no such template");
    return {};
  });
}

Result<std::vector<SmsTemplate>> SqliteSmsMessages::templates() {
  return connections_.readers.run([&](Connection& connection) -> Result<std::vector<SmsTemplate>> {
    SELFSAME_TRY(
        row,
        connection.query(
            "SELECT customer, code, text, set_at FROM sms_templates ORDER BY customer, code"
        )
    );
    std::vector<SmsTemplate> templates;
    for (;;) {
      SELFSAME_TRY(more, row.next());
      if (!more) return templates;
      templates.push_back(
          {.customer = row.text(0), .code = row.text(1), .text = row.text(2), .set_at = row.time(3)}
      );
    }
  });
}

Result<void> SqliteSmsMessages::add_conversion(const SmsConversion& conversion) {
  return connections_.writer.run([&](Connection& connection) {
    return connection.run(
        "INSERT INTO sms_conversions (id, customer, message_id, rate, delivered, reported_at,"
        " stored_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        {std::string_view(conversion.id),
         std::string_view(conversion.customer),
         std::string_view(conversion.message_id),
         value_of(conversion.rate),
         conversion.delivered ? Value(std::int64_t{*conversion.delivered ? 1 : 0}) : Value(),
         value_of(conversion.reported_at),
         value_of(conversion.stored_at)}
    );
  });
}

}  // namespace selfsame::storage::sqlite
