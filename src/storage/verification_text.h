// SPDX-License-Identifier: Apache-2.0
// Terms and events of verification sessions as the JSON text that rows hold, and back without loss:
// what was measured decides again as it did. Numbers with a fraction are strings, shortest form, so
// that they come back exactly, NaN too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/verification.h"

namespace selfsame::storage {

[[nodiscard]] std::string text_of(const core::VerificationTerms& terms);
/// Also what a challenge's signature covers.
[[nodiscard]] std::string text_of(const core::IssuedChallenge& issued);
/// Without the kind of event, which is the variant's index.
[[nodiscard]] std::string text_of(const core::VerificationEvent& event);

/// `integrity_failure` unless the text is what text_of() makes, or an older program's made: no
/// other members, each of its type, enumerations in their range.
[[nodiscard]] Result<core::VerificationTerms> terms_from(std::string_view text);
[[nodiscard]] Result<core::VerificationEvent> event_from(std::int64_t kind, std::string_view text);

}  // namespace selfsame::storage
