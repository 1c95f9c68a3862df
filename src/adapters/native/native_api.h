// SPDX-License-Identifier: Apache-2.0
// The native API under /v1: JSON, bearer keys, problem+json (RFC 9457).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>

#include "flows/authentication.h"
#include "flows/comparison_records.h"
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
      const flows::ComparisonRecords& records,
      NativeOptions options
  )
      : authentication_(authentication),
        comparison_(comparison),
        records_(records),
        options_(options) {}

  /// Is this request ours? Every path under /v1/ is.
  [[nodiscard]] static bool claims(const http::Request& request) noexcept;

  /// Every call wants `Authorization: Bearer APPCODE`. Errors are problem+json with a `code` from
  /// base/result.h. docs/native.md is the page for users.
  ///
  /// - `POST /v1/comparisons`: multipart/form-data with the image files `a` and `b`; 200 with
  ///   schemas/compare.json. A photo that cannot be judged (no face, ...) is 200 as well: `defect`
  ///   says why, `similarity` is null.
  /// - `GET /v1/comparisons/{id}`: 200 with schemas/comparison_record.json.
  /// - `PUT /v1/comparisons/{id}/ground-truth`: `{"same_person": true}` or false; 204.
  [[nodiscard]] boost::asio::awaitable<http::Response> handle(http::Request request) const;

 private:
  using Answer = boost::asio::awaitable<http::Response>;

  [[nodiscard]] Answer compare(http::Request request, flows::Caller caller) const;
  [[nodiscard]] Answer show(http::Request request, flows::Caller caller, std::string id) const;
  [[nodiscard]] Answer state_ground_truth(
      http::Request request, flows::Caller caller, std::string id
  ) const;

  const flows::Authentication& authentication_;
  const flows::PhotoComparison& comparison_;
  const flows::ComparisonRecords& records_;
  NativeOptions options_;
};

}  // namespace selfsame::adapters::native
