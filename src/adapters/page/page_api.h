// SPDX-License-Identifier: Apache-2.0
// Serves the page on which a person proves who they are. The page is public; what it may do hangs
// on the token in its address, which it sends to the native API.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/page/files.h"
#include "http/message.h"

namespace selfsame::adapters::page {

/// Where the page lies; `?token=TOKEN` follows.
inline constexpr std::string_view kPagePath = "/reflect/";

/// Origins that may show the page of this session in a frame; none for a token of nobody.
using FrameAncestors = std::function<boost::asio::awaitable<std::vector<std::string>>(
    std::string token, std::chrono::steady_clock::time_point deadline
)>;

/// Thread-safe.
class PageApi {
 public:
  /// @param files  page_files(), the first of which is shown at kPagePath; outlive this
  /// @param frame_ancestors  thread-safe
  PageApi(std::span<const PageFile> files, FrameAncestors frame_ancestors)
      : files_(files), frame_ancestors_(std::move(frame_ancestors)) {}

  [[nodiscard]] static bool claims(const http::Request& request) noexcept;

  /// GET and HEAD, with the best encoding that the browser takes; 304 for what it has. Every answer
  /// forbids scripts and frames of others, and tells no other site where the person comes from.
  [[nodiscard]] boost::asio::awaitable<http::Response> answer(http::Request request) const;

 private:
  [[nodiscard]] http::Response show(const http::Request& request) const;
  [[nodiscard]] const PageFile* find(std::string_view path) const;

  std::span<const PageFile> files_;
  FrameAncestors frame_ancestors_;
};

}  // namespace selfsame::adapters::page
