// SPDX-License-Identifier: Apache-2.0
// Untrusted: a JSON body, or a query (first byte '?'), checked against an action's fields.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/tencent/compare_face_liveness.h"

namespace tencent = selfsame::adapters::tencent;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool is_query = text.starts_with('?');
  const auto parameters = is_query ? tencent::Parameters::from_form(text.substr(1))
                                   : tencent::Parameters::from_json(text);
  if (!parameters) return 0;
  std::string_view last;
  for (const tencent::Parameter& parameter : parameters->all()) {
    if (parameter.name < last) std::abort();
    last = parameter.name;
    if (parameters->find(parameter.name) != &parameter) std::abort();
  }
  const auto table = tencent::compare_face_liveness_fields();
  const auto checked = tencent::check_fields(parameters->all(), table);
  if (!checked) {
    if (checked.error().code.empty() || checked.error().message.empty()) std::abort();
    return 0;
  }
  static_cast<void>(tencent::parse_compare_face_liveness(*parameters, {}));
  return 0;
}
