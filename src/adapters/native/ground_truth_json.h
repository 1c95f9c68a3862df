// SPDX-License-Identifier: Apache-2.0
// What customers state about a comparison, and how a stored comparison is shown.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.h"
#include "flows/comparison_records.h"

namespace selfsame::adapters::native {

/// `same_person` of `{"same_person": true}`, which is all that a statement may be. The error's
/// detail is a text of ours for the caller.
///
/// - `malformed_request`: not JSON, not an object, or the member comes twice
/// - `unknown_parameter`, `invalid_parameter`, `missing_parameter`: another member, another type,
/// none
[[nodiscard]] Result<bool> parse_ground_truth(std::string_view body);

/// schemas/comparison_record.json.
[[nodiscard]] boost::json::object comparison_record_json(const flows::ComparisonRecord& record);

}  // namespace selfsame::adapters::native
