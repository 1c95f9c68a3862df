// SPDX-License-Identifier: Apache-2.0
// /v1/webhook: where a customer's events go, and how that went.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// `{"url": "https://..."}`; 200 with a fresh secret, shown this once.
[[nodiscard]] Answer set_webhook(const Services& services, Call call);
[[nodiscard]] Answer show_webhook(const Services& services, Call call);
[[nodiscard]] Answer remove_webhook(const Services& services, Call call);
[[nodiscard]] Answer list_deliveries(const Services& services, Call call);

}  // namespace selfsame::adapters::native
