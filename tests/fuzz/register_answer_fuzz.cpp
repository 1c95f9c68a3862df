// SPDX-License-Identifier: Apache-2.0
// What an operator's source answers. A photo comes out only where one was asked for and found.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/outbound/register_client.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace selfsame;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const bool wants_photo : {false, true}) {
    const core::RegisterQuery query{
        .number = "1",
        .name = "a",
        .validity = core::validity_from("20160607", "00000000"),
        .wants_photo = wants_photo
    };
    const auto answer = adapters::outbound::parse_register_answer(body, query);
    if (!answer) continue;
    const bool is_found = answer->finding == core::RegisterFinding::found;
    if (answer->photo.empty() == (is_found && wants_photo)) std::abort();
  }
  return 0;
}
