// SPDX-License-Identifier: Apache-2.0
// Our errors in the vendor's words, as far as all products of this surface share them: what travels
// with HTTP 4xx and 5xx. docs/sms.md lists every code with its cause.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"

namespace selfsame::adapters::alibaba {

/// `code` is never a number: a client of the vendor takes a numeric one for a crash.
struct ApiError {
  int status = 400;     // of HTTP; 5xx is tried again by the clients
  std::string code;     // plain ASCII
  std::string message;  // plain ASCII without personal data, or the caller's own string to sign
};

template <class T>
using Answer = tl::expected<T, ApiError>;

/// @param subject  what the caller sent wrong: a parameter's name, an action. It is quoted when it
/// is
///                 short printable ASCII, and left out when it is not.
[[nodiscard]] tl::unexpected<ApiError> refuse(Errc cause, std::string_view subject = {});

/// The same for an error of a flow. Its detail belongs to the log and is not sent.
[[nodiscard]] tl::unexpected<ApiError> refuse(const Error& error);

/// `MissingTo` for "To".
[[nodiscard]] tl::unexpected<ApiError> refuse_missing(std::string_view parameter);

/// The clients compare the text behind the first colon with their own, to tell a wrong secret from
/// a wrong signer. A long one is cut.
[[nodiscard]] tl::unexpected<ApiError> refuse_signature(std::string_view string_to_sign);

/// A time stamp that is none.
[[nodiscard]] tl::unexpected<ApiError> refuse_timestamp();

/// A temporary credential (SecurityToken, x-acs-security-token): we issue none.
[[nodiscard]] tl::unexpected<ApiError> refuse_token();

}  // namespace selfsame::adapters::alibaba
