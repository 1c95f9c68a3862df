// SPDX-License-Identifier: Apache-2.0
// Megvii Raw: random number, video and selfies, verify. docs/megvii.md is the page for users.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/megvii/raw_call.h"
#include "http/message.h"

namespace selfsame::adapters::megvii {

/// Thread-safe. Everything given must outlive it.
class RawApi {
 public:
  explicit RawApi(const RawServices& services) : services_(services) {}

  [[nodiscard]] static bool claims(const http::Request& request) {
    return request.path().starts_with(kRawPath);
  }

  /// Never fails: an error is an answer too.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  [[nodiscard]] boost::asio::awaitable<RawAnswer<RawFields>> answer(
      const http::Request* request, const RawForm* form
  ) const;
  [[nodiscard]] boost::asio::awaitable<RawAnswer<flows::Caller>> authenticate(
      const http::Request* request, const RawForm* form
  ) const;

  RawServices services_;
};

}  // namespace selfsame::adapters::megvii
