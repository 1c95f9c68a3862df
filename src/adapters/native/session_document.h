// SPDX-License-Identifier: Apache-2.0
// The document of a session: /v1/sessions/{token}/document for the device that shows it,
// /v1/verifications/{id}/document for the customer who asked for it.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// ?side=front|back with a picture as its body: 200 with what was seen, taken or not.
[[nodiscard]] Answer take_document(const Services& services, Call call);
/// `{"fields": {"full_name": "..."}}`, what the person corrected; 200 with the session.
[[nodiscard]] Answer confirm_document(const Services& services, Call call);

// The pictures; 404 where there is none.
[[nodiscard]] Answer show_document_front(const Services& services, Call call);
[[nodiscard]] Answer show_document_back(const Services& services, Call call);
[[nodiscard]] Answer show_document_front_cut(const Services& services, Call call);
[[nodiscard]] Answer show_document_back_cut(const Services& services, Call call);
[[nodiscard]] Answer show_document_portrait(const Services& services, Call call);

}  // namespace selfsame::adapters::native
