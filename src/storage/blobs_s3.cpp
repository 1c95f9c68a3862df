// SPDX-License-Identifier: Apache-2.0
#include "storage/blobs_s3.h"

#include <array>

#include "storage/blob_envelope.h"
#include "storage/s3/answers.h"
#include "storage/s3/client.h"

namespace selfsame::storage {
namespace {

class S3Blobs final : public BlobStore {
 public:
  S3Blobs(s3::Client client, std::string prefix, const MasterKey& master_key)
      : client_(std::move(client)), prefix_(std::move(prefix)), envelope_(master_key) {}

  Result<std::string> put(ByteView content) override {
    if (content.size() > kMaxBlobBytes) return fail(Errc::payload_too_large, "blob over 64 MiB");
    std::string id = new_blob_id();
    const SealedBlob sealed = envelope_.seal(id, content);
    const std::array<ByteView, 2> parts = {sealed.head, sealed.body};
    if (auto stored = client_.put(prefix_ + id, parts); !stored) {
      client_.take_back(prefix_ + id);  // the answer may be what got lost
      return fail(Errc::storage_unavailable, std::move(stored).error().detail);
    }
    return id;
  }

  Result<Bytes> get(const std::string& id) override {
    SELFSAME_CHECK(check(id));
    SELFSAME_TRY(stored, client_.get(prefix_ + id, kMaxBlobBytes + kBlobEnvelopeBytes));
    return envelope_.open(id, stored);
  }

  Result<void> erase(const std::string& id) override {
    SELFSAME_CHECK(check(id));
    // A store answers 204 to deleting what is not there.
    SELFSAME_CHECK(client_.probe(prefix_ + id));
    return client_.remove(prefix_ + id);
  }

  /// `from` is the last key of the page before, without the prefix.
  Result<BlobPage> list(const std::string& from) override {
    const std::string after = from.empty() ? "" : prefix_ + from;
    SELFSAME_TRY(xml, client_.list(prefix_, after));
    SELFSAME_TRY(listing, s3::listing_of(xml));
    BlobPage page;
    std::string last = from;
    for (const s3::ListedObject& object : listing.objects) {
      if (!object.key.starts_with(prefix_)) return not_what_was_asked();
      std::string name = object.key.substr(prefix_.size());
      if (name.empty()) continue;  // the mark that consoles make for a folder
      if (name <= last) return not_what_was_asked();
      last = name;
      if (is_blob_id(name)) {
        page.blobs.push_back({.id = std::move(name), .written_at = object.modified});
      }
    }
    if (listing.truncated) page.next = std::move(last);
    return page;
  }

  /// An interrupted PUT leaves nothing.
  std::size_t remove_drafts() override { return 0; }

 private:
  static Result<void> check(const std::string& id) {
    if (!is_blob_id(id)) return fail(Errc::not_found, "not a blob id");
    return {};
  }

  static tl::unexpected<Error> not_what_was_asked() {
    return fail(Errc::storage_unavailable, "the object store lists other keys than were asked for");
  }

  s3::Client client_;
  std::string prefix_;
  BlobEnvelope envelope_;
};

}  // namespace

Result<std::unique_ptr<BlobStore>> open_s3_blobs(S3Options options, const MasterKey& master_key) {
  std::string prefix = options.prefix;
  SELFSAME_TRY(client, s3::Client::make(std::move(options)));
  return std::make_unique<S3Blobs>(std::move(client), std::move(prefix), master_key);
}

}  // namespace selfsame::storage
