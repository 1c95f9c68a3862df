// SPDX-License-Identifier: Apache-2.0
// A stored event: whatever is read is written as a text that reads the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "storage/verification_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  if (size == 0) return 0;
  const std::int64_t kind = data[0] - '0';
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto event = storage::event_from(kind, text);
  if (!event && event.error().code != Errc::integrity_failure) std::abort();
  if (event) {
    const std::string written = storage::text_of(*event);
    const auto again = storage::event_from(kind, written);
    if (!again || storage::text_of(*again) != written) std::abort();
  }
  const auto terms = storage::terms_from(text);
  if (terms && !storage::terms_from(storage::text_of(*terms))) std::abort();
  return 0;
}
