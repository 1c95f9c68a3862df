// SPDX-License-Identifier: Apache-2.0
#include "flows/register.h"

#include <optional>
#include <utility>

#include "core/sandbox.h"

namespace selfsame::flows {
namespace {

using core::RegisterFinding;
using core::RegisterPhoto;

Result<RegisterAnswer> read(
    storage::RegisterRecords& records, storage::BlobStore& blobs, const core::RegisterQuery& query
) {
  SELFSAME_TRY(entry, records.find(query.number));
  std::optional<core::RegisterFacts> facts;
  if (entry) {
    const bool has_photo = !entry->photo_blob.empty();
    facts = core::facts_of(
        query, entry->record, has_photo ? RegisterPhoto::present : RegisterPhoto::absent
    );
  }
  RegisterAnswer answer{.finding = core::judge_register(query, facts), .photo = {}};
  const bool gives_photo = answer.finding == RegisterFinding::found && query.wants_photo;
  if (!gives_photo) return answer;
  SELFSAME_TRY(photo, blobs.get(entry->photo_blob));
  answer.photo = std::move(photo);
  return answer;
}

Result<RegisterAnswer> look_up_in(
    storage::Database* database, storage::BlobStore* blobs, const core::RegisterQuery& query
) {
  auto answer = read(database->register_records(), *blobs, query);
  if (answer) return answer;
  return RegisterAnswer{.finding = RegisterFinding::source_error, .photo = {}};
}

}  // namespace

std::optional<Result<RegisterAnswer>> sandbox_register_answer(const std::string& name) {
  const auto asked = core::sandbox_finding(name);
  if (!asked) return std::nullopt;
  if (const auto* const error = std::get_if<Errc>(&*asked)) return fail(*error, "sandbox");
  RegisterAnswer answer{.finding = std::get<RegisterFinding>(*asked), .photo = {}};
  if (answer.finding == RegisterFinding::found) answer.photo.assign(name.begin(), name.end());
  return answer;
}

asio::awaitable<Result<RegisterAnswer>> LocalRegister::look_up(
    core::RegisterQuery query, Deadline deadline
) const {
  co_return co_await pool_.run(deadline, look_up_in, &database_, &blobs_, std::move(query));
}

}  // namespace selfsame::flows
