// SPDX-License-Identifier: Apache-2.0
#include "flows/idempotency.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/crypto.h"
#include "storage/verification_repositories.h"

namespace selfsame::flows {
namespace {

constexpr std::size_t kKeyCharactersMost = 255;
// Within this time a request has been answered, or the server that had it is gone.
constexpr std::chrono::minutes kAtWorkMost{5};

bool is_key(const std::string& key) {
  return !key.empty() && key.size() <= kKeyCharactersMost &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string associated(const std::string& customer, const std::string& key) {
  return customer + "\n" + key;
}

/// Status, content type and body, a line each but for the body.
std::string text_of_answer(const StoredAnswer& answer) {
  return std::to_string(answer.status) + "\n" + answer.content_type + "\n" + answer.body;
}

Result<StoredAnswer> answer_from(std::string_view text) {
  const auto first = text.find('\n');
  const auto second = first == std::string_view::npos ? first : text.find('\n', first + 1);
  StoredAnswer answer;
  const char* const end = text.data() + std::min(first, text.size());
  const auto [last, error] = std::from_chars(text.data(), end, answer.status);
  if (second == std::string_view::npos || error != std::errc{} || last != end) {
    return fail(Errc::integrity_failure, "a stored answer cannot be read");
  }
  answer.content_type = text.substr(first + 1, second - first - 1);
  answer.body = text.substr(second + 1);
  return answer;
}

Result<std::optional<storage::IdempotentRequest>> begin_request(
    storage::Database* database,
    const std::string& customer,
    const std::string& key,
    const Bytes& request_hash,
    Timestamp now,
    Timestamp expires_at
) {
  return database->idempotent_requests().begin(
      customer, key, request_hash, now, now + kAtWorkMost, expires_at
  );
}

Result<void> finish_request(
    storage::Database* database,
    const std::string& customer,
    const std::string& key,
    const Bytes& answer
) {
  return database->idempotent_requests().finish(customer, key, answer);
}

Result<void> abandon_request(
    storage::Database* database, const std::string& customer, const std::string& key
) {
  return database->idempotent_requests().abandon(customer, key);
}

}  // namespace

Idempotency::Idempotency(
    storage::Database& database,
    WorkerPool& storage_pool,
    const Clock& clock,
    Secret sealing_key,
    std::chrono::milliseconds kept
)
    : database_(database),
      pool_(storage_pool),
      clock_(clock),
      sealing_key_(std::move(sealing_key)),
      kept_(kept) {}

asio::awaitable<Result<std::optional<StoredAnswer>>> Idempotency::begin(
    Caller caller, std::string key, Bytes request_hash, Deadline deadline
) const {
  if (!is_key(key)) {
    co_return fail(Errc::invalid_parameter, "Idempotency-Key: 1 to 255 visible ASCII characters");
  }
  const Timestamp now = clock_.now();
  SELFSAME_CO_TRY(
      earlier,
      co_await pool_.run(
          deadline, begin_request, &database_, caller.customer, key, request_hash, now, now + kept_
      )
  );
  if (!earlier) co_return std::nullopt;
  if (!equal_in_constant_time(earlier->request_hash, request_hash)) {
    co_return fail(Errc::invalid_parameter, "the Idempotency-Key was used for another request");
  }
  if (!earlier->answer) co_return fail(Errc::conflict, "the first such request is still at work");
  SELFSAME_CO_TRY(
      opened,
      open_sealed(sealing_key_, *earlier->answer, bytes_of(associated(caller.customer, key)))
  );
  SELFSAME_CO_TRY(answer, answer_from(text_of(opened)));
  co_return std::optional(std::move(answer));
}

asio::awaitable<Result<void>> Idempotency::finish(
    Caller caller, std::string key, StoredAnswer answer, Deadline deadline
) const {
  const std::string text = text_of_answer(answer);
  Bytes sealed = seal(sealing_key_, bytes_of(text), bytes_of(associated(caller.customer, key)));
  co_return co_await pool_.run(
      deadline,
      finish_request,
      &database_,
      std::move(caller.customer),
      std::move(key),
      std::move(sealed)
  );
}

asio::awaitable<Result<void>> Idempotency::abandon(
    Caller caller, std::string key, Deadline deadline
) const {
  co_return co_await pool_.run(
      deadline, abandon_request, &database_, std::move(caller.customer), std::move(key)
  );
}

}  // namespace selfsame::flows
