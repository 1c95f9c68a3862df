// SPDX-License-Identifier: Apache-2.0
#include "flows/uploads.h"

#include <utility>

#include "base/crypto.h"

namespace selfsame::flows {
namespace {

constexpr std::size_t kTokenCharacters = 43;

struct Store {
  storage::Database* database;
  storage::BlobStore* blobs;
  const Clock* clock;
};

void erase(const Store& store, const std::string& blob) {
  // Nothing refers to it; what cannot be erased now is left to the sweep.
  static_cast<void>(store.blobs->erase(blob));
}

Result<UploadTicket> add(const Store& store, UploadTicket ticket, storage::UploadRecord& record) {
  const Timestamp now = store.clock->now();
  ticket.expires_at = now + kUploadLifetime;
  record.file_hash = sha256_hex(ticket.file_token);
  if (!ticket.upload_token.empty()) record.upload_hash = sha256_hex(ticket.upload_token);
  record.expires_at = ticket.expires_at;
  SELFSAME_TRY(gone, store.database->uploads().add(record, now));
  for (const std::string& blob : gone) erase(store, blob);
  return ticket;
}

Result<UploadTicket> open_in(
    const Store& store, const std::string& customer, const std::string& purpose
) {
  storage::UploadRecord record;
  record.customer = customer;
  record.purpose = purpose;
  UploadTicket ticket;
  ticket.upload_token = random_token(kTokenCharacters);
  ticket.file_token = random_token(kTokenCharacters);
  return add(store, std::move(ticket), record);
}

/// Stores the content and lets `refer` note its blob, or leaves nothing behind.
template <class Refer>
auto put(const Store& store, const Bytes& content, const Refer& refer)
    -> decltype(refer(std::string())) {
  const Timestamp began = store.clock->now();
  SELFSAME_TRY(blob, store.blobs->put(content));
  if (store.clock->now() - began > storage::kBlobCommitWithin) {
    erase(store, blob);
    return fail(Errc::deadline_exceeded, "storing took so long that the file may be swept");
  }
  auto referred = refer(blob);
  // A COMMIT that got no answer may have happened: then the row refers to the blob.
  if (!referred && referred.error().code != Errc::storage_unavailable) erase(store, blob);
  return referred;
}

Result<void> write_in(const Store& store, const std::string& upload_token, const Bytes& content) {
  const std::string hash = sha256_hex(upload_token);
  SELFSAME_CHECK(store.database->uploads().check_open(hash, store.clock->now()));
  return put(store, content, [&](const std::string& blob) {
    return store.database->uploads().fill(hash, blob, store.clock->now());
  });
}

Result<UploadTicket> publish_in(
    const Store& store,
    const std::string& customer,
    const std::string& purpose,
    const Bytes& content
) {
  return put(store, content, [&](const std::string& blob) {
    storage::UploadRecord record;
    record.customer = customer;
    record.purpose = purpose;
    record.blob = blob;
    UploadTicket ticket;
    ticket.file_token = random_token(kTokenCharacters);
    return add(store, std::move(ticket), record);
  });
}

Result<UploadedFile> read_in(const Store& store, const std::string& file_token) {
  SELFSAME_TRY(record, store.database->uploads().find(sha256_hex(file_token), store.clock->now()));
  SELFSAME_TRY(content, store.blobs->get(record.blob));
  return UploadedFile{
      .customer = std::move(record.customer),
      .purpose = std::move(record.purpose),
      .content = std::move(content)
  };
}

}  // namespace

asio::awaitable<Result<UploadTicket>> Uploads::open(
    std::string customer, std::string purpose, Deadline deadline
) const {
  const Store store{&database_, &blobs_, &clock_};
  co_return co_await pool_.run(deadline, open_in, store, std::move(customer), std::move(purpose));
}

asio::awaitable<Result<void>> Uploads::write(
    std::string upload_token, Bytes content, Deadline deadline
) const {
  const Store store{&database_, &blobs_, &clock_};
  co_return co_await pool_.run(
      deadline, write_in, store, std::move(upload_token), std::move(content)
  );
}

asio::awaitable<Result<UploadTicket>> Uploads::publish(
    std::string customer, std::string purpose, Bytes content, Deadline deadline
) const {
  const Store store{&database_, &blobs_, &clock_};
  co_return co_await pool_.run(
      deadline, publish_in, store, std::move(customer), std::move(purpose), std::move(content)
  );
}

asio::awaitable<Result<UploadedFile>> Uploads::read(std::string file_token, Deadline deadline)
    const {
  const Store store{&database_, &blobs_, &clock_};
  co_return co_await pool_.run(deadline, read_in, store, std::move(file_token));
}

Result<std::size_t> Uploads::sweep() const {
  const Store store{&database_, &blobs_, &clock_};
  SELFSAME_TRY(gone, database_.uploads().forget_expired(clock_.now()));
  for (const std::string& blob : gone) erase(store, blob);
  return gone.size();
}

}  // namespace selfsame::flows
