// SPDX-License-Identifier: Apache-2.0
// The pictures and videos of results, where the vendor gives URLs in place of base64: for ten
// minutes each, to whoever has the URL, out of what the session keeps. Nothing is stored for a URL:
// its name says, sealed, what it is for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "adapters/tencent/response.h"
#include "adapters/tencent/services.h"
#include "http/message.h"

namespace selfsame::adapters::tencent {

inline constexpr std::string_view kResultsPath = "/tencent/results/";

/// The numbers are in URLs.
enum class ResultFile : std::uint8_t {
  best_frame = 0,
  video = 1,
  document_front = 2,  // the picture
  document_json = 3,   // what was read in it
};

[[nodiscard]] std::string result_file_url(
    const Services& services, const flows::VerificationView& view, ResultFile file
);

/// The vendor's FileInfo: Url, MD5, Size.
[[nodiscard]] Fields file_info(std::string_view url, ByteView content);

/// GET: 200; 404 for a name that we did not make, or whose time is over, or whose file is gone.
[[nodiscard]] boost::asio::awaitable<http::Response> serve_result_file(
    const Services* services, http::Request request
);

}  // namespace selfsame::adapters::tencent
