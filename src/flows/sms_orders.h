// SPDX-License-Identifier: Apache-2.0
// Use case: a customer orders text messages and asks what became of them. What is taken is durable,
// and billed by its segments in the same transaction where it has a route; without a route it is
// kept for the developer to look at, and costs nothing.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/sms.h"
#include "flows/authentication.h"
#include "flows/sms_vault.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "storage/sms_repositories.h"

namespace selfsame::flows {

struct SmsOrder {
  std::string to;    // as the customer writes it
  std::string from;  // "": as the message centre has it
  std::string text;
  std::string task_id;
  std::optional<std::chrono::seconds> validity;
};

enum class SmsRefusal : std::uint8_t {
  number_illegal,
  sender_illegal,
  text_illegal,  // empty or not UTF-8
  text_too_long,
  opted_out,
  number_limit,
  customer_limit,
  balance_not_enough,
};

struct SmsTaken {
  std::string id;  // 20 digits
  core::PhoneNumber number;
  int segments = 0;
};

/// The magic words (core::sandbox_word) for which a text is refused in the sandbox; beside them
/// core::sandbox_errors().
struct SandboxSmsWord {
  std::string_view word;
  SmsRefusal refusal{};
};
[[nodiscard]] std::span<const SandboxSmsWord> sandbox_sms_words() noexcept;

using SmsVerdict = tl::expected<SmsTaken, SmsRefusal>;

/// Where numbers go that begin with one of its prefixes; "" is all of them.
struct SmsRoute {
  std::string name;
  std::vector<std::string> prefixes;
};

/// The name of the route with the longest matching prefix; empty when none matches.
[[nodiscard]] std::string route_for(std::string_view digits, const std::vector<SmsRoute>& routes);

struct SmsOrderOptions {
  std::vector<SmsRoute> routes;
  storage::SmsLimits limits;
  std::chrono::seconds validity{24 * 3600};  // unless the customer says less
};

/// What is billed.
struct SmsProduct {
  std::string product;
  std::string code;
  bool sandbox = false;  // to the outbox, whatever the routes say; a magic text is refused as asked
};

struct SmsView {
  storage::SmsRecord record;
  SmsContent content;
};

/// In the sandbox a message whose text is the name of a core::SmsState is in that state.
[[nodiscard]] SmsView as_asked(SmsView message);

/// Thread-safe; waits on the storage pool.
class SmsOrders {
 public:
  SmsOrders(
      storage::Database& database,
      WorkerPool& storage_pool,
      const Clock& clock,
      const SmsVault& vault,
      SmsOrderOptions options
  )
      : database_(database),
        pool_(storage_pool),
        clock_(clock),
        vault_(vault),
        options_(std::move(options)) {}

  /// A verdict for each order in turn.
  [[nodiscard]] asio::awaitable<Result<std::vector<SmsVerdict>>> take(
      Caller caller, std::vector<SmsOrder> orders, SmsProduct product, Deadline deadline
  ) const;

  /// `not_found` also when it is another customer's.
  [[nodiscard]] asio::awaitable<Result<SmsView>> find(
      Caller caller, std::string id, Deadline deadline
  ) const;

  /// The text of the customer's template. `not_found`; `missing_parameter` as core::fill_template.
  [[nodiscard]] asio::awaitable<Result<std::string>> fill(
      Caller caller,
      std::string code,
      std::vector<std::pair<std::string, std::string>> values,
      Deadline deadline
  ) const;

  /// `not_found` when it names a message that is not the customer's. The id and the time of storing
  /// are ours.
  [[nodiscard]] asio::awaitable<Result<void>> note_conversion(
      storage::SmsConversion conversion, Deadline deadline
  ) const;

  [[nodiscard]] Timestamp now() const { return clock_.now(); }

 private:
  /// A verdict that is certain without the database, or what is to be stored.
  [[nodiscard]] tl::expected<storage::NewSms, SmsRefusal> prepare(
      const Caller& caller, const SmsOrder& order, const SmsProduct& product
  ) const;

  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
  const SmsVault& vault_;
  SmsOrderOptions options_;
};

}  // namespace selfsame::flows
