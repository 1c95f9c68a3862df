// SPDX-License-Identifier: Apache-2.0
// How times and measured numbers look in our JSON.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "base/clock.h"

namespace selfsame::adapters::native {

/// "2027-01-15T08:00:00.123Z".
[[nodiscard]] std::string rfc3339(Timestamp time);

/// Null also for what is no finite number, which JSON cannot say.
[[nodiscard]] boost::json::value number_or_null(const std::optional<double>& value);

}  // namespace selfsame::adapters::native
