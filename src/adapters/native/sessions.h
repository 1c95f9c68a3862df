// SPDX-License-Identifier: Apache-2.0
// /v1/sessions/{token}: what the end user's device may do. The token is the whole credential.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

[[nodiscard]] Answer issue_challenge(const Services& services, Call call);
/// application/octet-stream: one chunk of a part, 200 with what has arrived of it.
/// application/json: the manifest that seals all parts, 202; judging begins.
[[nodiscard]] Answer take_evidence(const Services& services, Call call);
[[nodiscard]] Answer show_evidence(const Services& services, Call call);
[[nodiscard]] Answer show_result(const Services& services, Call call);
[[nodiscard]] Answer end_session(const Services& services, Call call);

}  // namespace selfsame::adapters::native
