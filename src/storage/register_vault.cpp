// SPDX-License-Identifier: Apache-2.0
#include "storage/register_vault.h"

#include <algorithm>
#include <stdexcept>

#include "base/crypto.h"
#include "core/id_number.h"
#include "core/person_name.h"

namespace selfsame::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
// The longest text, so that a row's length tells nothing of the name's.
constexpr std::size_t kTextBytes = 256;
constexpr std::uint8_t kInColour = 1;
constexpr std::uint8_t kHasValidity = 2;

Bytes hash_of(const Secret& key, std::string_view number) {
  const Sha256Digest hash = hmac_sha256(key.reveal(), bytes_of(number));
  return {hash.begin(), hash.end()};
}

/// No blob id contains a NUL, and a hash has one length: the joints are unambiguous.
Bytes place_of(ByteView number_hash, std::string_view photo_blob) {
  constexpr std::string_view kTable = "register_records";
  Bytes place(kTable.begin(), kTable.end());
  place.push_back(0);
  place.insert(place.end(), number_hash.begin(), number_hash.end());
  place.insert(place.end(), photo_blob.begin(), photo_blob.end());
  return place;
}

void append(Bytes& text, std::string_view part) {
  text.push_back(static_cast<std::uint8_t>(part.size()));
  text.insert(text.end(), part.begin(), part.end());
}

/// Takes parts off the front; empty and broken for good once there are not enough bytes.
class TextReader {
 public:
  explicit TextReader(ByteView text) : rest_(text) {}

  std::uint8_t byte() {
    if (rest_.empty()) {
      is_broken_ = true;
      return 0;
    }
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }

  std::string part() {
    const std::size_t length = byte();
    if (length > rest_.size()) {
      is_broken_ = true;
      rest_ = {};
      return {};
    }
    const std::string text(text_of(rest_.first(length)));
    rest_ = rest_.subspan(length);
    return text;
  }

  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

 private:
  ByteView rest_;
  bool is_broken_ = false;
};

}  // namespace

RegisterVault::RegisterVault(const MasterKey& master_key)
    : sealing_key_(master_key.derive("selfsame/v1/register-sealing")),
      number_key_(master_key.derive("selfsame/v1/register-number-hash")),
      history_key_(master_key.derive("selfsame/v1/number-history-hash")) {}

Bytes RegisterVault::number_hash(std::string_view number) const {
  return hash_of(number_key_, number);
}

Bytes RegisterVault::history_hash(std::string_view number) const {
  return hash_of(history_key_, number);
}

Bytes RegisterVault::seal(const RegisterEntry& entry) const {
  const core::RegisterRecord& record = entry.record;
  if (record.number.empty() || record.number.size() > core::kIdNumberBytesMax ||
      record.name.size() > core::kPersonNameBytesMax) {
    throw std::invalid_argument("no record of a register");
  }
  Bytes text = {kVersion};
  text.push_back(static_cast<std::uint8_t>(
      (entry.photo_in_colour ? kInColour : 0) | (record.validity ? kHasValidity : 0)
  ));
  append(text, record.number);
  append(text, record.name);
  append(text, entry.photo_sha256);
  if (record.validity) {
    append(text, core::text_of(record.validity->from));
    append(text, core::text_of(record.validity->until));
  }
  text.resize(std::max(text.size(), kTextBytes));
  const Bytes place = place_of(number_hash(record.number), entry.photo_blob);
  return selfsame::seal(sealing_key_, text, place);
}

Result<RegisterEntry> RegisterVault::open(
    ByteView number_hash, const std::string& photo_blob, ByteView sealed, Timestamp imported_at
) const {
  SELFSAME_TRY(text, open_sealed(sealing_key_, sealed, place_of(number_hash, photo_blob)));
  TextReader reader(text);
  const std::uint8_t version = reader.byte();
  const std::uint8_t flags = reader.byte();
  RegisterEntry entry;
  entry.record.number = reader.part();
  entry.record.name = reader.part();
  entry.photo_sha256 = reader.part();
  entry.photo_blob = photo_blob;
  entry.photo_in_colour = (flags & kInColour) != 0;
  entry.imported_at = imported_at;
  if ((flags & kHasValidity) != 0) {
    const std::string from = reader.part();
    const std::string until = reader.part();
    entry.record.validity = core::validity_from(from, until);
    if (!entry.record.validity) return fail(Errc::integrity_failure, "a register's row: validity");
  }
  if (version != kVersion || reader.is_broken()) {
    return fail(Errc::integrity_failure, "a register's row is of another version");
  }
  return entry;
}

}  // namespace selfsame::storage
