// SPDX-License-Identifier: Apache-2.0
// Text messages on their way, as an interface. The promises of storage/repositories.h hold here
// too. Every implementation passes sms_contract_test.cpp. What is personal is sealed by who stores
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/sms.h"
#include "storage/repositories.h"

namespace selfsame::storage {

struct SmsRecord {
  std::string id;
  std::string customer;
  std::string access_key_id;
  Bytes number_hash;         // keyed, of the number it goes to
  std::string country_code;  // of that number
  std::string route;         // empty: none, so it goes to the outbox
  Bytes sealed;              // numbers and text
  int segments = 0;
  core::SmsState state{};
  std::string error;  // what the message centre, or we, say of a failure
  int attempts = 0;
  Timestamp created_at;
  Timestamp next_at;                     // while queued: not before
  std::optional<Timestamp> valid_until;  // unsent by then, it has failed
  std::optional<Timestamp> submitted_at;
  std::optional<Timestamp> ended_at;
};

struct NewSms {
  SmsRecord record;
  std::optional<LedgerEntry> charge;  // stored with it, if it is taken
};

/// Of one customer. 0: no limit.
struct SmsLimits {
  std::int64_t number_per_hour = 0;  // messages to one number
  std::int64_t number_per_day = 0;
  std::int64_t customer_per_day = 0;  // messages, of the last 24 hours
};

enum class SmsAdmission : std::uint8_t {
  taken,
  opted_out,
  number_limit,
  customer_limit,
  balance_not_enough,  // of a prepaid customer, for all segments of this message
};

/// A message in somebody's hand, who alone may send these segments of it.
struct ClaimedSms {
  SmsRecord message;
  std::vector<int> segments;  // from 1, rising
};

/// What became of a segment that was claimed.
struct SegmentNote {
  std::string message_id;
  int segment = 0;
  core::SegmentState state{};
  std::string centre_id;             // when it was accepted; lower case
  std::string error;                 // when it was refused
  std::optional<Timestamp> next_at;  // when it waits again
};

/// A message centre's final word.
struct ReceiptNote {
  std::string route;
  std::vector<std::string> centre_ids;  // what it may mean by its id, the likeliest first
  Bytes number_hash;
  bool delivered = false;
  std::string error;
  bool settles_doubt = false;  // an id that nobody knows may be that of a segment in doubt
};

struct SmsOptOut {
  Bytes number_hash;
  Bytes sealed;  // the number
  Timestamp added_at;
};

struct SmsTemplate {
  std::string customer;
  std::string code;
  std::string text;
  Timestamp set_at;
};

/// What a customer says of how its messages did.
struct SmsConversion {
  std::string id;
  std::string customer;
  std::string message_id;      // empty: of all
  std::optional<double> rate;  // 0 to 1
  std::optional<bool> delivered;
  Timestamp reported_at;
  Timestamp stored_at;
};

struct SmsQuery {
  std::string customer;  // empty: all
  std::optional<core::SmsState> state;
  int limit = 100;
};

struct SmsCount {
  core::SmsState state{};
  std::string route;
  std::int64_t messages = 0;
};

class SmsMessages {
 public:
  virtual ~SmsMessages() = default;
  /// Stores those that may be sent, all of them for one customer, each with its charge, in one
  /// transaction; says for each in turn whether it was. Exact over all servers. `conflict`, and
  /// nothing is stored, when an id is taken.
  [[nodiscard]] virtual Result<std::vector<SmsAdmission>> add(
      const std::vector<NewSms>& messages, const SmsLimits& limits
  ) = 0;
  /// `not_found` also when it belongs to another customer.
  [[nodiscard]] virtual Result<SmsRecord> find(
      const std::string& customer, const std::string& id
  ) = 0;
  /// The latest first.
  [[nodiscard]] virtual Result<std::vector<SmsRecord>> list(const SmsQuery& query) = 0;
  [[nodiscard]] virtual Result<std::vector<SmsCount>> counts() = 0;

  /// Those that are due on the route, longest due first: from now on `sending`.
  [[nodiscard]] virtual Result<std::vector<ClaimedSms>> claim(
      const std::string& route, Timestamp now, Timestamp leased_until, int limit
  ) = 0;
  /// All of them or none. A note for a segment that is neither being sent nor in doubt changes
  /// nothing.
  [[nodiscard]] virtual Result<void> note(const std::vector<SegmentNote>& notes, Timestamp now) = 0;
  /// All of them or none. For each in turn: false when it is of no segment that is known.
  [[nodiscard]] virtual Result<std::vector<bool>> note(
      const std::vector<ReceiptNote>& receipts, Timestamp now
  ) = 0;
  /// What was claimed until before `now` and not noted since is in doubt: whoever had it is gone.
  /// How many messages that were.
  [[nodiscard]] virtual Result<int> end_leases(Timestamp now) = 0;
  /// Queued ones whose time is over have failed. How many.
  [[nodiscard]] virtual Result<int> expire(Timestamp now) = 0;
  /// Forgets up to `limit` messages, and conversions, from before; never one that is queued or
  /// being sent. How many messages.
  [[nodiscard]] virtual Result<int> forget(Timestamp before, int limit) = 0;

  [[nodiscard]] virtual Result<void> opt_out(const SmsOptOut& number) = 0;
  /// `not_found` when it is not in the list.
  [[nodiscard]] virtual Result<void> opt_in(ByteView number_hash) = 0;
  [[nodiscard]] virtual Result<std::vector<SmsOptOut>> opt_outs() = 0;

  [[nodiscard]] virtual Result<void> set_template(const SmsTemplate& text) = 0;
  /// `not_found` when the customer has none of that code.
  [[nodiscard]] virtual Result<SmsTemplate> find_template(
      const std::string& customer, const std::string& code
  ) = 0;
  [[nodiscard]] virtual Result<void> remove_template(
      const std::string& customer, const std::string& code
  ) = 0;
  [[nodiscard]] virtual Result<std::vector<SmsTemplate>> templates() = 0;

  [[nodiscard]] virtual Result<void> add_conversion(const SmsConversion& conversion) = 0;
};

}  // namespace selfsame::storage
