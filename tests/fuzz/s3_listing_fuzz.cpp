// SPDX-License-Identifier: Apache-2.0
// What an object store answers: a listing or an error. Whatever it is, what comes out keeps the
// header's promises.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/s3/answers.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  using namespace selfsame::storage::s3;
  const ByteView xml(data, size);
  const std::string code = error_code_of(xml);
  const bool sound = code.size() <= 64 && std::ranges::all_of(code, [](unsigned char c) {
                       return std::isalnum(c) != 0;
                     });
  if (!sound) std::abort();
  const auto listing = listing_of(xml);
  if (!listing) {
    if (listing.error().code != Errc::storage_unavailable) std::abort();
    return 0;
  }
  if (listing->truncated && listing->objects.empty()) std::abort();
  for (const ListedObject& object : listing->objects) {
    const auto at = object.modified.time_since_epoch();
    if (object.key.empty() || at > std::chrono::hours(24 * 366 * 8'100)) std::abort();
  }
  return 0;
}
