// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/openapi.h"

#include "adapters/native/openapi_text.inc"

namespace selfsame::adapters::native {

const std::string& openapi_text() {
  static const std::string text = [] {
    std::string joined;
    for (const char* piece : kPieces) joined += piece;
    return joined;
  }();
  return text;
}

Answer show_openapi(const Services&, Call) {
  http::Response response;
  response.body = openapi_text();
  co_return response;
}

}  // namespace selfsame::adapters::native
