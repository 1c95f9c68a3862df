// SPDX-License-Identifier: Apache-2.0
// The action CreateUploadUrl: where to PUT a file, once, within two hours.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> create_upload_url_fields();

/// UploadUrl, ResourceUrl, ExpiredTimestamp (seconds).
[[nodiscard]] boost::asio::awaitable<Answer<Success>> create_upload_url(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
