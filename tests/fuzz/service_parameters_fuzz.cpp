// SPDX-License-Identifier: Apache-2.0
// Untrusted: the JSON in ExecuteRequest's ServiceParameters.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/alibaba/resource_codes.h"
#include "adapters/alibaba/service_parameters.h"

namespace alibaba = selfsame::adapters::alibaba;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto photos =
      alibaba::parse_service_parameters({reinterpret_cast<const char*>(data), size});
  if (!photos) return 0;
  // What was missing or too large never comes through.
  if (photos->reference.empty() || photos->probe.empty()) std::abort();
  if (photos->reference.size() > alibaba::kPhotoBytesMax) std::abort();
  if (alibaba::is_resource_code(photos->resource_code) && photos->resource_code.size() != 8) {
    std::abort();
  }
  return 0;
}
