// SPDX-License-Identifier: Apache-2.0
// Tencent Cloud faceid 2018-03-01: every action of the vendor's SDKs is known, those offered so far
// are in tencent_api.cpp's table. docs/tencent.md is the page for users.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "adapters/tencent/call.h"
#include "adapters/tencent/request.h"
#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

struct TencentSettings {
  SizeLimits sizes;
  // Accepted in X-TC-Region or Region; a request without a region is accepted always.
  std::vector<std::string> regions = {"ap-hongkong", "ap-singapore"};
};

/// Thread-safe. Everything given must outlive it.
class TencentApi {
 public:
  explicit TencentApi(const Services& services, TencentSettings settings = {})
      : services_(services), settings_(std::move(settings)) {}

  /// Is this request in the vendor's protocol (is_for_us), or for one of its files (files.h)?
  [[nodiscard]] static bool claims(const http::Request& request);

  /// What the HTTP server must let through. Above it, it drains the body and asks us for the answer
  /// (http::Limits::handler_answers_too_large).
  [[nodiscard]] std::size_t max_body_bytes() const noexcept {
    return std::max(settings_.sizes.tc3_body_bytes, settings_.sizes.v1_body_bytes);
  }
  static constexpr std::size_t kMaxRequestLineBytes = std::size_t{64} << 10;

  /// Never fails: an error is an answer too, with HTTP 200.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  [[nodiscard]] boost::asio::awaitable<Answer<Success>> answer(http::Request* request) const;
  [[nodiscard]] boost::asio::awaitable<Answer<Call>> authenticate(
      const SignedRequest* signed_request, const http::Request* request
  ) const;
  [[nodiscard]] Answer<void> check_region(std::string_view region) const;

  Services services_;
  TencentSettings settings_;
};

}  // namespace selfsame::adapters::tencent
