// SPDX-License-Identifier: Apache-2.0
// GET /v1/openapi.json: openapi.json, as it was when the program was built.
#pragma once

#include <string>

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

[[nodiscard]] const std::string& openapi_text();

[[nodiscard]] Answer show_openapi(const Services& services, Call call);

}  // namespace selfsame::adapters::native
