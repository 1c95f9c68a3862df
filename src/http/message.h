// SPDX-License-Identifier: Apache-2.0
// Plain data: what adapters see of HTTP. No socket, no Beast, so adapters can be fuzzed.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace selfsame::http {

/// Header fields in the order of arrival; names are compared without case.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// The first field of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// How many fields have that name.
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const noexcept {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method;  // as received, for example "POST"
  std::string target;  // origin form: path and query, percent-encoding untouched
  Headers headers;
  std::string body;            // chunked encoding removed; never more than the route's limit
  std::string client_address;  // as text, behind trusted proxies too; "": not known
  std::string request_id;      // UUID that we gave this request; in the log and in the answer
  Timestamp received_at;
  std::chrono::steady_clock::time_point deadline;
  /// The client has closed its connection, or said that it sends no more. Callable from any thread
  /// while the request is being answered; empty: nobody knows.
  std::function<bool()> is_abandoned;

  // Three refusals that a surface may want to put into its vendor's words: they are set only where
  // the surface's http::Limits ask for it, else the server answers by itself. With any of them the
  // body is empty (what the client sent was read and dropped) and nothing may be computed.
  bool body_too_large = false;    // the body exceeded Limits::body_bytes
  bool target_too_large = false;  // the request line did; `target` is then the path alone
  bool overloaded = false;        // no memory left for the request; `target` may be the path alone

  /// The target up to the first '?', and what follows it.
  [[nodiscard]] std::string_view path() const noexcept;
  [[nodiscard]] std::string_view query() const noexcept;
};

struct Response {
  int status = 200;                               // 200..599
  std::string content_type = "application/json";  // byte for byte; empty: no such header
  Headers headers;  // beside Content-Type, Content-Length, Transfer-Encoding, Date and Connection
  std::string body;
};

}  // namespace selfsame::http
