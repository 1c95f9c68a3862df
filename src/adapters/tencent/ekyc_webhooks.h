// SPDX-License-Identifier: Apache-2.0
// CreateEKYCWebhook, UpdateEKYCWebhook, DeleteEKYCWebhook and ListEKYCWebhooks: where a customer is
// told of its sessions on this surface (scene NONDOC_VERIFICATION_RESULT; of the other scene there
// is nothing to tell).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> create_ekyc_webhook_fields();
[[nodiscard]] std::span<const Field> update_ekyc_webhook_fields();
[[nodiscard]] std::span<const Field> delete_ekyc_webhook_fields();
[[nodiscard]] std::span<const Field> list_ekyc_webhooks_fields();

[[nodiscard]] boost::asio::awaitable<Answer<Success>> create_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> update_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> delete_ekyc_webhook(
    const Services* services, Parameters parameters, Call call
);
[[nodiscard]] boost::asio::awaitable<Answer<Success>> list_ekyc_webhooks(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
