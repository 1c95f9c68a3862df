// SPDX-License-Identifier: Apache-2.0
// A customer's order, as JSON and as multipart: whatever is taken has counts in their ranges, and
// refusals say why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/native/verification_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace native = selfsame::adapters::native;
  constexpr std::size_t kImageBytesMax = 1000;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"application/json", "multipart/form-data; boundary=b"}) {
    const auto request = native::parse_verification_request(type, text, kImageBytesMax);
    if (!request && request.error().detail.empty()) std::abort();
    if (!request) continue;
    const auto& terms = request->terms;
    if (terms.actions < 0 || terms.actions > 3 || terms.flashes > 16 || terms.digits > 6)
      std::abort();
    if (terms.attempts_max < 1 || terms.attempts_max > 10) std::abort();
    if (request->reference_image.size() > kImageBytesMax) std::abort();
    const bool has_portrait = terms.document && terms.document->compares_portrait;
    const bool wants_photo = terms.compares && !has_portrait;
    if (wants_photo == request->reference_image.empty()) std::abort();
    if (request->metadata.size() > 4 * native::kMetadataCharactersMax) std::abort();
  }
  return 0;
}
