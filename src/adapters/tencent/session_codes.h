// SPDX-License-Identifier: Apache-2.0
// How a verification session stands, in the numbers of the vendor's web table and of its app SDKs.
//
// Source: guide 002 "Error Codes" (mobile HTML5, app SDK, identity verification by app SDK) and the
// field texts of GetFaceIdResultIntl. docs/tencent.md lists each number with its cause.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/customer.h"
#include "core/outcome.h"
#include "core/verification.h"
#include "flows/verification.h"

namespace selfsame::adapters::tencent {

/// The products of sessions; whose table bills, follows from the action that issued the token.
inline constexpr core::Product kWebProduct = core::Product::tencent_web;
inline constexpr core::Product kAppProduct = core::Product::tencent_app_sdk;
inline constexpr core::Product kIdentityProduct = core::Product::tencent_identity_app_sdk;

/// Why a session, or an attempt of it, came to no outcome. One cause for each number that shares
/// its text with others.
enum class SessionFault : std::uint8_t {
  judging_overloaded,
  judging_late,
  storage_failed,
  evidence_damaged,
  judging_broken,
  engine_failed,
  time_over,
  attempts_used,
  camera_missing,
  microphone_missing,
  network_lost,
  device_unfit,
  browser_unfit,
  device_saw_none_alive,
  ended_by_user,
  ended_otherwise,
};

using SessionCause = std::variant<core::Outcome, SessionFault>;

struct SessionCode {
  int number = 0;
  std::string_view text;
};

[[nodiscard]] SessionCode web_code_of(const SessionCause& cause);
/// @param product  the name of kAppProduct or kIdentityProduct: some numbers have another text
/// there
[[nodiscard]] SessionCode app_code_of(const SessionCause& cause, std::string_view product);

/// App SDKs: nothing is decided.
inline constexpr SessionCode kNotFinished = {-999, "The verification process wasn't finished"};

/// Something that was sealed and judged.
struct SessionAttempt {
  std::string id;  // a UUID
  Timestamp sealed_at;
  SessionCause cause;
  const core::VerificationFinding* finding =
      nullptr;  // of the view; null where there is no outcome
};

/// Those that were judged, in order.
[[nodiscard]] std::vector<SessionAttempt> attempts_of(const flows::VerificationView& view);

/// What the session came to; nothing while it goes on.
[[nodiscard]] std::optional<SessionCause> final_cause_of(const flows::VerificationView& view);

/// Nobody began with it in time: its token is of no more use.
[[nodiscard]] bool never_started(const flows::VerificationView& view) noexcept;

/// Which part of an attempt its outcome is about.
enum class SessionStage : std::uint8_t { photo, liveness, comparison, passed };
[[nodiscard]] SessionStage stage_of(const SessionCause& cause) noexcept;

/// LivenessInfoTag, in the web's numbers and in the app SDKs'.
[[nodiscard]] std::vector<std::string> web_tags_of(const core::VerificationFinding& finding);
[[nodiscard]] std::vector<std::string> app_tags_of(const core::VerificationFinding& finding);

/// The code under which an attempt of a session of one of these products is billed.
[[nodiscard]] std::optional<std::string> billed_session_code(
    std::string_view product, core::Outcome outcome
);

/// How long the result of a session that this action opened is kept, and its samples with it;
/// nothing for another action.
[[nodiscard]] std::optional<std::chrono::milliseconds> kept_for(std::string_view action) noexcept;

/// Is it one of these products?
[[nodiscard]] bool is_session_product(std::string_view product) noexcept;

}  // namespace selfsame::adapters::tencent
