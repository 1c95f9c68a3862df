// SPDX-License-Identifier: Apache-2.0
#include "flows/number_watch.h"

#include <chrono>
#include <utility>

namespace selfsame::flows {
namespace {

Result<void> note_in(storage::Database* database, const std::string& number, Timestamp now) {
  storage::NumberHistory& history = database->number_history();
  return history.note_attack(history.mark_of(number), now);
}

Result<bool> ask_in(storage::Database* database, const std::string& number) {
  return database->number_history().was_attacked(number);
}

Result<bool> count_in(
    storage::Database* database, const std::string& number, std::int64_t day, std::int64_t most
) {
  return database->number_history().count_enquiry(number, day, most);
}

}  // namespace

asio::awaitable<Result<void>> NumberWatch::note_attack(std::string number, Deadline deadline)
    const {
  co_return co_await pool_.run(deadline, note_in, &database_, std::move(number), clock_.now());
}

std::string NumberWatch::mark_of(const std::string& number) const {
  return to_hex(database_.number_history().mark_of(number));
}

asio::awaitable<Result<bool>> NumberWatch::was_attacked(std::string number, Deadline deadline)
    const {
  co_return co_await pool_.run(deadline, ask_in, &database_, std::move(number));
}

asio::awaitable<Result<bool>> NumberWatch::count_enquiry(
    std::string number, std::int64_t most, Deadline deadline
) const {
  const std::int64_t day =
      std::chrono::floor<std::chrono::days>(clock_.now()).time_since_epoch().count();
  co_return co_await pool_.run(deadline, count_in, &database_, std::move(number), day, most);
}

}  // namespace selfsame::flows
