// SPDX-License-Identifier: Apache-2.0
#include "flows/comparison_records.h"

#include <utility>

namespace selfsame::flows {
namespace {

Result<ComparisonRecord> find_in(
    storage::Database* database, const std::string& customer, const std::string& id
) {
  SELFSAME_TRY(outcome, database->outcomes().find(customer, id));
  SELFSAME_TRY(truth, database->outcomes().ground_truth(customer, id));
  return ComparisonRecord{.outcome = std::move(outcome), .ground_truth = truth};
}

Result<void> state_in(
    storage::Database* database,
    const std::string& customer,
    const std::string& id,
    storage::GroundTruth truth
) {
  return database->outcomes().set_ground_truth(customer, id, truth);
}

}  // namespace

asio::awaitable<Result<ComparisonRecord>> ComparisonRecords::find(
    Caller caller, std::string id, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, find_in, &database_, std::move(caller.customer), std::move(id)
  );
}

asio::awaitable<Result<void>> ComparisonRecords::state_ground_truth(
    Caller caller, std::string id, bool same_person, Deadline deadline
) const {
  const storage::GroundTruth truth{.same_person = same_person, .stated_at = clock_.now()};
  co_return co_await pool_.run(
      deadline, state_in, &database_, std::move(caller.customer), std::move(id), truth
  );
}

}  // namespace selfsame::flows
