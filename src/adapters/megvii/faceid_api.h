// SPDX-License-Identifier: Apache-2.0
// Megvii FaceID behind the API gateway: get_biz_token and get_result. docs/megvii.md is the page
// for users.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/megvii/faceid_call.h"
#include "adapters/megvii/gateway_request.h"
#include "adapters/megvii/services.h"
#include "http/message.h"

namespace selfsame::adapters::megvii {

/// Thread-safe. Everything given must outlive it.
class FaceIdApi {
 public:
  explicit FaceIdApi(const Services& services) : services_(services) {}

  [[nodiscard]] static bool claims(const http::Request& request) { return is_for_gateway(request); }

  /// Never fails: an error is an answer too.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  [[nodiscard]] boost::asio::awaitable<Answer<Fields>> answer(const http::Request* request) const;
  [[nodiscard]] boost::asio::awaitable<Answer<flows::Caller>> authenticate(
      const GatewayRequest* gateway_request, const http::Request* request
  ) const;

  Services services_;
};

}  // namespace selfsame::adapters::megvii
