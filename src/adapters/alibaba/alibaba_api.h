// SPDX-License-Identifier: Apache-2.0
// Alibaba Cloud's RPC surface: Short Message Service 2018-05-01 and ID Verification 2019-05-21, by
// both signatures of the vendor's SDKs. docs/sms.md is the page for users.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/alibaba/call.h"
#include "adapters/alibaba/request.h"
#include "adapters/alibaba/services.h"
#include "http/message.h"

namespace selfsame::adapters::alibaba {

/// Thread-safe. Everything given must outlive it.
class AlibabaApi {
 public:
  explicit AlibabaApi(const Services& services) : services_(services) {}

  [[nodiscard]] static bool claims(const http::Request& request) { return is_for_us(request); }

  /// Never fails: an error is an answer too.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  [[nodiscard]] boost::asio::awaitable<Answer<http::Response>> answer(
      const http::Request* request, const Rendering* rendering
  ) const;
  [[nodiscard]] boost::asio::awaitable<Answer<Call>> authenticate(
      const SignedRequest* signed_request, const http::Request* request
  ) const;

  Services services_;
};

}  // namespace selfsame::adapters::alibaba
