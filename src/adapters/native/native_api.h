// SPDX-License-Identifier: Apache-2.0
// The native API under /v1: JSON, bearer keys, problem+json (RFC 9457).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>

#include "flows/authentication.h"
#include "flows/photo_comparison.h"
#include "http/message.h"

namespace selfsame::adapters::native {

struct NativeOptions {
  std::size_t image_bytes_max = 10u << 20;
};

/// Thread-safe.
class NativeApi {
 public:
  NativeApi(
      const flows::Authentication& authentication,
      const flows::PhotoComparison& comparison,
      NativeOptions options
  )
      : authentication_(authentication), comparison_(comparison), options_(options) {}

  /// Is this request ours? Every path under /v1/ is.
  [[nodiscard]] static bool claims(const http::Request& request) noexcept;

  /// `POST /v1/comparisons`: `Authorization: Bearer APPCODE`, multipart/form-data with the image
  /// files `a` and `b`; 200 with schemas/compare.json. A photo that cannot be judged (no face, ...)
  /// is 200 as well: `defect` says why, `similarity` is null. Errors are problem+json with a `code`
  /// from base/result.h.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  const flows::Authentication& authentication_;
  const flows::PhotoComparison& comparison_;
  NativeOptions options_;
};

}  // namespace selfsame::adapters::native
