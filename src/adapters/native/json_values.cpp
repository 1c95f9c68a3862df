// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/json_values.h"

#include <fmt/chrono.h>

#include <chrono>
#include <cmath>

namespace selfsame::adapters::native {

std::string rfc3339(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
      fmt::gmtime(seconds.time_since_epoch().count()),
      (time - seconds).count()
  );
}

boost::json::value number_or_null(const std::optional<double>& value) {
  if (value && std::isfinite(*value)) return *value;
  return nullptr;
}

}  // namespace selfsame::adapters::native
