// SPDX-License-Identifier: Apache-2.0
// Plain data: what adapters see of HTTP. No socket, no Beast, so adapters can be fuzzed.
#pragma once

#include <chrono>
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
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const noexcept {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  std::string method;  // as received, for example "POST"
  std::string target;  // as received: path and query, percent-encoding untouched
  Headers headers;
  std::string body;        // chunked encoding removed; never more than the route's limit
  std::string request_id;  // UUID that we gave this request; in the log and in the answer
  Timestamp received_at;
  std::chrono::steady_clock::time_point deadline;

  /// The target up to the first '?', and what follows it.
  [[nodiscard]] std::string_view path() const noexcept;
  [[nodiscard]] std::string_view query() const noexcept;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  Headers headers;  // beside Content-Type, Content-Length, Date and Connection
  std::string body;
};

}  // namespace selfsame::http
