// SPDX-License-Identifier: Apache-2.0
// A stored customer: whatever is read is written as a text that reads the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/customer_fields.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto customer = core::customer_from(text);
  if (!customer && customer.error().code != Errc::integrity_failure) std::abort();
  if (!customer) return 0;
  const std::string written = core::text_of(*customer);
  const auto again = core::customer_from(written);
  if (!again || core::text_of(*again) != written) std::abort();
  return 0;
}
