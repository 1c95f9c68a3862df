// SPDX-License-Identifier: Apache-2.0
// How a session ended, in the guide's result codes. docs/api/megvii-faceid.md has the table.
#pragma once

#include <optional>
#include <string>

#include "adapters/megvii/session_note.h"
#include "base/result.h"
#include "core/outcome.h"
#include "core/verification.h"
#include "flows/admission.h"

namespace selfsame::adapters::megvii {

struct ResultCode {
  int code = 0;
  const char* message = "";

  friend bool operator==(const ResultCode&, const ResultCode&) = default;
};

/// @param last  of the session's history; null: there is none
[[nodiscard]] ResultCode result_of(
    const core::VerificationProgress& progress,
    const core::VerificationTransition* last,
    const SessionNote& note
);

[[nodiscard]] ResultCode result_of(core::EndReason reason, bool has_begun);

/// For a token that is none of this customer's, or whose result is no longer kept.
inline constexpr ResultCode kTokenDenied{4200, "BIZ_TOKEN_DENIED"};

/// What the account has, in place of a result; nothing: no result code says so.
[[nodiscard]] std::optional<ResultCode> result_of_account(Errc refusal);
/// The same of a caller who was not admitted.
[[nodiscard]] std::optional<ResultCode> result_of_refusal(const flows::NotAdmitted& refused);

/// The code that is billed: 1000, 2000 and 3000 are.
[[nodiscard]] std::optional<std::string> billed_code(core::Outcome outcome);

}  // namespace selfsame::adapters::megvii
