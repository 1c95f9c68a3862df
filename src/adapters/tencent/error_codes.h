// SPDX-License-Identifier: Apache-2.0
// Our errors and outcomes in the vendor's words.
//
// Source: guide 002 "Error Codes" (common and pure-API tables) and the common error codes of the
// vendor's API 3.0; docs/tencent.md lists every code with its cause and whether it is billed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"
#include "core/challenge.h"
#include "core/outcome.h"

namespace selfsame::adapters::tencent {

/// An `Error` of the wire. Neither part is ever empty; `message` holds no personal data and is
/// plain ASCII.
struct ApiError {
  std::string_view code;  // static text
  std::string message;
};

template <class T>
using Answer = tl::expected<T, ApiError>;

/// The vendor's code for one of our errors.
[[nodiscard]] std::string_view code_of(Errc cause) noexcept;

/// @param subject  what the caller sent wrong: a field's name, an action, a region. It is quoted in
///                 the message when it is short printable ASCII, and left out when it is not.
[[nodiscard]] tl::unexpected<ApiError> refuse(Errc cause, std::string_view subject = {});

/// The same for an error of a flow. Its detail belongs to the log and is not sent.
[[nodiscard]] tl::unexpected<ApiError> refuse(const Error& error);

/// A v1 request over its limit: the guide's text, which names TC3-HMAC-SHA256 as the way out.
[[nodiscard]] tl::unexpected<ApiError> refuse_v1_size();

/// A temporary token (X-TC-Token, Token): we issue none.
[[nodiscard]] tl::unexpected<ApiError> refuse_token();

/// The token of a verification: not one of the caller's for this action, or its time is over.
[[nodiscard]] tl::unexpected<ApiError> refuse_token_illegal();
[[nodiscard]] tl::unexpected<ApiError> refuse_token_expired();
/// As many of a thing as a customer may have.
[[nodiscard]] tl::unexpected<ApiError> refuse_limit();
/// A business process of the vendor's console: we have none.
[[nodiscard]] tl::unexpected<ApiError> refuse_rule();

/// A method that is neither GET nor POST.
[[nodiscard]] tl::unexpected<ApiError> refuse_method();

/// What a URL names could not be had; a video has a code of its own for that.
[[nodiscard]] tl::unexpected<ApiError> refuse_download(bool is_video);
/// ... in time.
[[nodiscard]] tl::unexpected<ApiError> refuse_slow_download();

/// An outcome as an `Error`, where an action has no `Result`.
[[nodiscard]] tl::unexpected<ApiError> refuse_outcome(core::Outcome outcome);

/// `Result` and `Description` of an answer that reports what was measured.
struct ResultCode {
  std::string_view code;
  std::string_view description;
};

/// Pure-API table. The vendor's modes have words of their own for some outcomes: a video without a
/// face is SilentFaceDetectFail, ActionNodetectFace or LipFaceIncomplete.
/// @param mode  what the caller asked for
[[nodiscard]] ResultCode result_code_of(core::Outcome outcome, core::LivenessMode mode) noexcept;

/// The code under which the pure-API table bills this outcome; nothing when it does not.
[[nodiscard]] std::optional<std::string> billed_code_of(core::Outcome outcome);

}  // namespace selfsame::adapters::tencent
