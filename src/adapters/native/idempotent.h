// SPDX-License-Identifier: Apache-2.0
// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that is sent again gets
// the first answer and does nothing.
#pragma once

#include "adapters/native/call.h"

namespace selfsame::adapters::native {

/// Runs `handler`, once where the request has a key. Two requests are the same when method, path
/// and content are; a multipart boundary is no content. What failed may be tried again under its
/// key. 400: no key of 1 to 255 visible characters; 409: the first one is at work; 422: the key
/// came with another request.
[[nodiscard]] Answer answer_once(const Services& services, Call call, Handler handler);

/// SHA-256 over what makes a request the one that it is.
[[nodiscard]] Bytes hash_of(const http::Request& request);

}  // namespace selfsame::adapters::native
