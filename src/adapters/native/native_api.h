// SPDX-License-Identifier: Apache-2.0
// The native API under /v1: JSON, problem+json (RFC 9457). routes.cpp is its table of contents,
// openapi.json its contract, docs/native.md the page for users.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <utility>

#include "adapters/native/call.h"
#include "adapters/native/rate_limit.h"
#include "adapters/native/routes.h"
#include "http/message.h"

namespace selfsame::adapters::native {

/// Thread-safe.
class NativeApi {
 public:
  explicit NativeApi(Services services);

  /// Is this request ours? Every path under /v1/ is.
  [[nodiscard]] static bool claims(const http::Request& request) noexcept;

  /// Customers send `Authorization: Bearer APPCODE`, devices a token in the path. Errors are
  /// problem+json with a `code`, mostly of base/result.h. Nothing is to be cached.
  [[nodiscard]] Answer handle(http::Request request) const;

 private:
  [[nodiscard]] Answer answer(http::Request request) const;
  [[nodiscard]] Answer answer_customer(const Route& route, Call call) const;
  [[nodiscard]] Answer answer_device(const Route& route, Call call) const;

  Services services_;
  // Nothing: unbounded.
  mutable std::optional<RateLimit> customer_limit_;
  mutable std::optional<RateLimit> device_limit_;
};

}  // namespace selfsame::adapters::native
