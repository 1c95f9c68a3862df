// SPDX-License-Identifier: Apache-2.0
// What the page of a session asks for before it begins, and how a customer orders it to look.
#pragma once

#include "adapters/native/call.h"
#include "adapters/native/json_reader.h"
#include "base/result.h"
#include "core/page_wishes.h"

namespace selfsame::adapters::native {

/// GET /v1/sessions/{token}: what the person will be asked for, and how the page is to look. For
/// every device that has the token: a desktop follows what a phone does.
[[nodiscard]] Answer show_session(const Services& services, Call call);

/// POST /v1/sessions/{token}/claim: 204 with a cookie that only the page of this browser has. From
/// then on nobody goes on with the session without it. A page that proposes the key
/// (`{"key": "..."}`) may ask again when the answer was lost.
[[nodiscard]] Answer claim_session(const Services& services, Call call);

/// The cookie of claim_session() in a request; "": none.
[[nodiscard]] std::string device_key_of(const http::Request& request);

/// The member `page` of an order.
[[nodiscard]] Result<void> read_page(JsonReader& reader, core::PageWishes& page);

}  // namespace selfsame::adapters::native
