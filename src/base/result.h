// SPDX-License-Identifier: Apache-2.0
// Expected failures are values: Result<T> is a value or an Error from a closed list.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace selfsame {

/// Every way in which a call can fail without it being our bug. Closed on purpose: adapters map
/// it with a `switch` that has no `default`, so a new value does not compile until it is mapped.
/// What was measured on a face (no face, several faces, attack, ...) is not an error: see
/// core/outcome.h.
enum class Errc : std::uint8_t {
  malformed_request,   // the body, a header or a field does not parse
  missing_parameter,   // a required field is absent or empty
  unknown_parameter,   // a field that this call does not have
  invalid_parameter,   // a field's type, range or enumeration is wrong
  unknown_action,      // no such call
  unknown_version,     // no such version of the interface
  unsupported_region,  // a region that this installation does not serve
  unsupported,         // a call that is known and not offered here
  unauthenticated,     // signature or credential missing or wrong
  invalid_credential,  // the credential is not even shaped like one
  unknown_key,         // no such access key, or it is disabled
  signature_expired,   // time stamp outside the window
  replayed,            // this signed request has been seen before
  account_not_active,  // product never activated for this customer
  account_activating,  // product is being activated
  account_activation_failed,
  account_in_arrears,
  account_not_verified,  // the customer has not proven who it is
  account_denied,        // operation denied to this customer
  forbidden,             // the key has no right to this call
  rate_limited,          // too many requests of this customer
  overloaded,            // inference queue full; retry later
  deadline_exceeded,     // the request ran out of time
  payload_too_large,     // body or request line over the surface's limit
  image_too_large,       // encoded image over the field's limit
  image_undecodable,     // bytes are not a supported image, or exceed the pixel limit
  video_too_large,       // encoded video over the field's limit
  video_undecodable,     // bytes are not a supported video, or exceed a limit
  not_found,             // no such object
  conflict,              // the object exists already, or its state forbids the step
  integrity_failure,     // stored bytes do not authenticate: wrong key or tampered with
  storage_unavailable,   // database or blob store failed; nothing was acknowledged
  engine_failed,         // a network is missing, failed to run, or answered with NaN
  expired,               // the object's time is over
};

/// A short stable name for logs and JSON, such as "image_undecodable".
[[nodiscard]] const char* name_of(Errc code) noexcept;

struct Error {
  Errc code{};
  std::string detail;  // for people who read the log: never sent raw, never personal data
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string detail = {}) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

}  // namespace selfsame

// Bind `name` to the value, or return the error. Our only control-flow macros.
#define SELFSAME_TRY(name, expr)                               \
  auto name##_result = (expr);                                 \
  if (!name##_result) {                                        \
    return ::tl::unexpected(std::move(name##_result).error()); \
  }                                                            \
  auto&& name = *name##_result
#define SELFSAME_CO_TRY(name, expr)                               \
  auto name##_result = (expr);                                    \
  if (!name##_result) {                                           \
    co_return ::tl::unexpected(std::move(name##_result).error()); \
  }                                                               \
  auto&& name = *name##_result
// The same for calls whose value is void or of no interest.
#define SELFSAME_CHECK(expr)                                      \
  if (auto selfsame_checked = (expr); !selfsame_checked) {        \
    return ::tl::unexpected(std::move(selfsame_checked).error()); \
  }
