// SPDX-License-Identifier: Apache-2.0
// The XML that an object store answers. Bytes from outside: nothing in them is trusted.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace selfsame::storage::s3 {

struct ListedObject {
  std::string key;
  Timestamp modified;
};

struct Listing {
  std::vector<ListedObject> objects;  // as the store orders them
  bool truncated = false;             // there are more
};

/// A ListObjectsV2 answer. `storage_unavailable` when it is none, or when an object has no key or
/// no time: one entry that cannot be read makes the whole listing useless.
[[nodiscard]] Result<Listing> listing_of(ByteView xml);

/// "NoSuchKey" from an error answer: 1 to 64 letters and digits. Empty when it says nothing like
/// it.
[[nodiscard]] std::string error_code_of(ByteView xml);

}  // namespace selfsame::storage::s3
