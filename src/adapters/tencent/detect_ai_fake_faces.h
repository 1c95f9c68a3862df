// SPDX-License-Identifier: Apache-2.0
// The action DetectAIFakeFaces, as far as it is measured: re-photography (print, screen, mask) and
// videos that are not one continuous take. Generated faces are not recognised, and no answer says
// that a face is not one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "adapters/tencent/call.h"
#include "adapters/tencent/fields.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"

namespace selfsame::adapters::tencent {

[[nodiscard]] std::span<const Field> detect_ai_fake_faces_fields();

/// AttackRiskLevel and AttackRiskDetailList: High with what it looks like, Low with none; Mid with
/// none is "cannot decide". Encryption and EncryptedBody answer UnsupportedOperation; a medium in
/// which there is nothing to judge is an Error. Not billed, and nothing is kept.
[[nodiscard]] boost::asio::awaitable<Answer<Success>> detect_ai_fake_faces(
    const Services* services, Parameters parameters, Call call
);

}  // namespace selfsame::adapters::tencent
