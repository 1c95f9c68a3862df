// SPDX-License-Identifier: Apache-2.0
// The one door of every surface: may this request of an authenticated caller go on?
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "core/customer.h"
#include "flows/authentication.h"
#include "flows/worker_pool.h"
#include "storage/customer_repositories.h"
#include "storage/repositories.h"

namespace selfsame::flows {

/// Counts what a customer does with a product on this server. Thread-safe.
class QuotaCounts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A place among the requests under way, given back at its end.
  using Place = std::shared_ptr<void>;

  /// `too_many_per_second` (a second's worth may come at once) or `too_many_at_once`; then nothing
  /// was counted.
  [[nodiscard]] tl::expected<Place, core::RefusalCause> enter(
      const std::string& customer, core::Product product, const core::Quotas& quotas, Time now
  );

 private:
  struct Count {
    double spent = 0;  // requests that have not been earned again
    Time at;
    std::int64_t under_way = 0;
  };
  struct Counts {
    std::mutex mutex;
    std::map<std::pair<std::string, core::Product>, Count> by_product;  // of customers with quotas
  };

  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

struct AdmissionRequest {
  Caller caller;
  core::Product product{};
  std::string client_address;
  std::optional<core::DeviceClient> device;
  Deadline deadline;
};

/// Held until the answer is made.
struct Admitted {
  std::shared_ptr<const core::Customer> customer;  // what was settled when the request came
  QuotaCounts::Place place;
};

struct NotAdmitted {
  std::optional<core::RefusalCause> cause;  // nothing: it could not be found out
  Error error;                              // for surfaces that tell fewer causes apart
};

/// Thread-safe; waits on the storage pool.
class Admission {
 public:
  Admission(storage::Database& database, WorkerPool& storage_pool, const Clock& clock)
      : database_(database), pool_(storage_pool), clock_(clock) {}

  /// What core::admit says, then the quotas: a request that was refused counts to none of them.
  [[nodiscard]] asio::awaitable<tl::expected<Admitted, NotAdmitted>> admit(AdmissionRequest request
  ) const;

 private:
  storage::Database& database_;
  WorkerPool& pool_;
  const Clock& clock_;
  mutable QuotaCounts counts_;
};

/// The nearest value of the list that all surfaces map.
[[nodiscard]] Errc errc_of(core::RefusalCause cause) noexcept;

}  // namespace selfsame::flows
