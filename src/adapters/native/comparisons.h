// SPDX-License-Identifier: Apache-2.0
// /v1/comparisons: two photos, one person? docs/native.md is the page for users.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// multipart/form-data with the image files `a` and `b`; 200 with schemas/compare.json. A photo
/// that cannot be judged (no face, ...) is 200 as well: `defect` says why, `similarity` is null.
[[nodiscard]] Answer compare(const Services& services, Call call);
/// 200 with schemas/comparison_record.json.
[[nodiscard]] Answer show_comparison(const Services& services, Call call);
/// `{"same_person": true}` or false; 204.
[[nodiscard]] Answer state_ground_truth(const Services& services, Call call);

}  // namespace selfsame::adapters::native
