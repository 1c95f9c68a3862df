// SPDX-License-Identifier: Apache-2.0
#include "storage/blob_envelope.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/crypto.h"

namespace selfsame::storage {
namespace {

constexpr std::string_view kMagic = "SLFSBLOB";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKeyIdOffset = 9;
constexpr std::size_t kKeyIdBytes = 8;
constexpr std::size_t kPreambleBytes = kKeyIdOffset + kKeyIdBytes;
constexpr std::size_t kKeyBytes = 32;

void append(Bytes& to, ByteView more) {
  to.insert(to.end(), more.begin(), more.end());
}

Bytes associated_with(ByteView preamble, std::string_view blob_id) {
  Bytes associated(preamble.begin(), preamble.end());
  append(associated, bytes_of(blob_id));
  return associated;
}

}  // namespace

BlobEnvelope::BlobEnvelope(const MasterKey& master_key)
    : key_(master_key.derive("selfsame/v1/blob-key-wrapping")),
      master_key_id_(from_hex(master_key.id()).value_or(Bytes())) {
  if (master_key_id_.size() != kKeyIdBytes) throw std::logic_error("master key id is not 64 bits");
}

SealedBlob BlobEnvelope::seal(std::string_view blob_id, ByteView content) const {
  if (content.size() > kMaxBlobBytes) throw std::invalid_argument("blob over kMaxBlobBytes");
  SealedBlob sealed;
  sealed.head.reserve(kBlobHeadBytes);
  append(sealed.head, bytes_of(kMagic));
  sealed.head.push_back(kVersion);
  append(sealed.head, master_key_id_);
  const Bytes associated = associated_with(sealed.head, blob_id);
  const Secret own_key(random_bytes(kKeyBytes));
  append(sealed.head, selfsame::seal(key_, own_key.reveal(), associated));
  sealed.body = selfsame::seal(own_key, content, associated);
  return sealed;
}

Result<Bytes> BlobEnvelope::open(std::string_view blob_id, ByteView stored) const {
  if (stored.size() < kBlobEnvelopeBytes ||
      !std::ranges::equal(stored.first(8), bytes_of(kMagic))) {
    return fail(Errc::integrity_failure, "not a stored blob");
  }
  if (stored[kMagic.size()] != kVersion) {
    return fail(Errc::integrity_failure, "blob format of another version of this program");
  }
  const ByteView wrapped_by = stored.subspan(kKeyIdOffset, kKeyIdBytes);
  if (!std::ranges::equal(wrapped_by, master_key_id_)) {
    return fail(Errc::integrity_failure, "blob is wrapped by master key " + to_hex(wrapped_by));
  }
  const Bytes associated = associated_with(stored.first(kPreambleBytes), blob_id);
  auto own_key = open_sealed(
      key_, stored.subspan(kPreambleBytes, kBlobHeadBytes - kPreambleBytes), associated
  );
  if (!own_key) return own_key;
  return open_sealed(Secret(std::move(*own_key)), stored.subspan(kBlobHeadBytes), associated);
}

std::string new_blob_id() {
  return to_hex(random_bytes(16));
}

bool is_blob_id(std::string_view id) noexcept {
  return id.size() == 32 && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string json_array_of(const std::vector<std::string>& ids) {
  std::string json = "[";
  for (const std::string& id : ids) {
    if (is_blob_id(id)) json += (json.size() > 1 ? ",\"" : "\"") + id + '"';
  }
  return json + "]";
}

}  // namespace selfsame::storage
