// SPDX-License-Identifier: Apache-2.0
// A stored object that somebody changed: nothing opens but what was sealed. The input is the
// object, or (first byte 0) changes to a sealed one: place and value, byte by byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/blob_envelope.h"

namespace {

constexpr const char* kId = "00112233445566778899aabbccddeeff";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  static const storage::BlobEnvelope envelope{storage::MasterKey(Secret(Bytes(32, 7)))};
  static const Bytes content = {1, 2, 3, 4, 5};
  static const storage::SealedBlob sealed = envelope.seal(kId, content);
  if (size == 0) return 0;
  if (data[0] != 0) {
    if (envelope.open(kId, ByteView(data, size))) std::abort();
    return 0;
  }
  Bytes stored = sealed.head;
  stored.insert(stored.end(), sealed.body.begin(), sealed.body.end());
  const Bytes before = stored;
  for (std::size_t i = 1; i + 1 < size; i += 2) stored[data[i] % stored.size()] = data[i + 1];
  if (size % 2 == 0) stored.resize(data[size - 1] % (stored.size() + 1));
  const auto opened = envelope.open(kId, stored);
  if (opened.has_value() != (stored == before)) std::abort();
  if (opened && *opened != content) std::abort();
  return 0;
}
