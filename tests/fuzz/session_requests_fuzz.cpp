// SPDX-License-Identifier: Apache-2.0
// What a device sends: the first byte chooses the parser. Times stay in their ranges, refusals say
// why.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/native/session_page.h"
#include "adapters/native/session_requests.h"

namespace {

namespace native = selfsame::adapters::native;

template <class Parsed>
void check(const Parsed& parsed) {
  if (!parsed && parsed.error().detail.empty()) std::abort();
}

void check_manifest(std::string_view text) {
  const auto manifest = native::parse_manifest(text);
  check(manifest);
  if (!manifest) return;
  for (const auto& still : manifest->stills) {
    if (!(still.time_s >= 0 && still.time_s <= 600)) std::abort();
  }
  for (const double time_s : manifest->flash_shown_at_s) {
    if (!(time_s >= 0 && time_s <= 600)) std::abort();
  }
  if (manifest->hints.camera_labels.size() > 8) std::abort();
}

void check_claim(std::string_view text) {
  const auto key = native::parse_claim(text);
  check(key);
  if (key && !key->empty() && (key->size() < 32 || key->size() > 64)) std::abort();
}

void check_cookie(std::string_view text) {
  selfsame::http::Request request;
  request.headers.add("Cookie", std::string(text));
  if (native::device_key_of(request).size() > native::kDeviceKeyBytesMax) std::abort();
}

void check_edits(std::string_view text) {
  const auto edits = native::parse_document_edits(text);
  check(edits);
  if (edits && edits->size() > 64) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      check(native::parse_device_facts(text));
      break;
    case 1:
      check(native::parse_chunk(text));
      break;
    case 2:
      check_manifest(text);
      break;
    case 3:
      check(native::parse_end(text));
      break;
    case 4:
      check_claim(text);
      break;
    case 6:
      check(native::parse_document_side(text));
      break;
    case 7:
      check_edits(text);
      break;
    default:
      check_cookie(text);
  }
  return 0;
}
