// SPDX-License-Identifier: Apache-2.0
// What was settled with customers, what they have paid in, what they have used of their quotas. As
// in storage/repositories.h: thread-safe, blocking, `storage_unavailable`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/customer.h"

namespace selfsame::storage {

/// One settlement. It never changes: the next one takes its place.
struct CustomerVersion {
  std::string customer;
  int version = 0;  // from 1
  core::Customer settings;
  Timestamp set_at;
  std::string set_by;  // who, in words of whoever set it
};

/// What a request of the customer meets.
struct CustomerStanding {
  int version = 0;  // 0: nothing was ever settled
  core::Customer settings;
  std::int64_t balance_minor = 0;
};

/// Paid in; negative: paid back.
struct CustomerCredit {
  std::string customer;
  std::int64_t amount_minor = 0;
  std::string note;
  Timestamp credited_at;
  std::string credited_by;
};

/// `invalid_parameter` unless it is 1 to 64 bytes without control characters.
[[nodiscard]] Result<void> check_customer_name(std::string_view name);

class Customers {
 public:
  virtual ~Customers() = default;
  /// `integrity_failure` when what is stored does not read.
  [[nodiscard]] virtual Result<CustomerStanding> standing(const std::string& customer) = 0;
  /// Takes the place of version `next.version - 1`; `conflict` when that is not the newest.
  [[nodiscard]] virtual Result<void> settle(const CustomerVersion& next) = 0;
  /// Oldest first.
  [[nodiscard]] virtual Result<std::vector<CustomerVersion>> history(const std::string& customer
  ) = 0;
  /// All about whom something was settled, by name.
  [[nodiscard]] virtual Result<std::vector<std::string>> names() = 0;

  /// The balance after it.
  [[nodiscard]] virtual Result<std::int64_t> credit(const CustomerCredit& credit) = 0;
  /// Oldest first.
  [[nodiscard]] virtual Result<std::vector<CustomerCredit>> credits(const std::string& customer
  ) = 0;

  /// Counts one more request of that day, unless `per_day` of them were counted: then false. Exact
  /// over all servers of the database.
  /// @param day  since 1970, UTC
  [[nodiscard]] virtual Result<bool> use(
      const std::string& customer, core::Product product, std::int64_t day, std::int64_t per_day
  ) = 0;
  [[nodiscard]] virtual Result<std::int64_t> used(
      const std::string& customer, core::Product product, std::int64_t day
  ) = 0;
};

}  // namespace selfsame::storage
