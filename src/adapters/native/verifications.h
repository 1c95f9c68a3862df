// SPDX-License-Identifier: Apache-2.0
// /v1/verifications: what a customer orders and reads. docs/native.md is the page for users.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// 201 with the token for the device, shown this once. 422 when the photo cannot be compared with:
/// `defect` says why, and nothing was opened.
[[nodiscard]] Answer open_verification(const Services& services, Call call);
[[nodiscard]] Answer show_verification(const Services& services, Call call);
/// image/jpeg; 404 unless the person was found to be live.
[[nodiscard]] Answer show_best_frame(const Services& services, Call call);

}  // namespace selfsame::adapters::native
