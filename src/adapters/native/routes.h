// SPDX-License-Identifier: Apache-2.0
// The native API's table of contents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "adapters/native/call.h"
#include "core/customer.h"

namespace selfsame::adapters::native {

/// Whose a request must be: `page` has a session's token, `device` may also go on with it.
enum class Access : std::uint8_t { anybody, customer, page, device };

/// How much of a body is read.
enum class Body : std::uint8_t { none, statement, edits, evidence, photos };

struct Route {
  std::string_view method;
  std::string_view path;  // "{}" stands for the one part that varies
  Access access = Access::anybody;
  Body body = Body::none;
  Handler handler = nullptr;
  core::Product product = {};  // of a customer's call
  bool at_most_once = false;   // knows Idempotency-Key
};

[[nodiscard]] std::span<const Route> routes() noexcept;

struct Found {
  const Route* route = nullptr;  // null: none with this path and method
  std::string name;              // what stood for "{}"
  std::string allowed;           // the path's methods, as in the Allow header; empty: no such path
};

/// @param path  as sent: nothing is decoded, so that a path has one spelling
[[nodiscard]] Found find_route(std::string_view method, std::string_view path);

/// The most that is read of a body for this path, by any method.
[[nodiscard]] std::size_t body_bytes_max(std::string_view path, std::size_t photos_bytes_max);

}  // namespace selfsame::adapters::native
