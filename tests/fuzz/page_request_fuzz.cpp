// SPDX-License-Identifier: Apache-2.0
// A browser's request for the page: a path, and behind a line's end what it accepts and has.
// Whatever comes, the answer is protected, and shows nothing but our files.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/page/files.h"
#include "adapters/page/page_api.h"

namespace page = selfsame::adapters::page;

namespace {

boost::asio::awaitable<std::vector<std::string>> nobodys(
    std::string, std::chrono::steady_clock::time_point
) {
  std::vector<std::string> origins;
  co_return origins;
}

selfsame::http::Response answer_of(const page::PageApi& api, selfsame::http::Request request) {
  boost::asio::io_context io;
  selfsame::http::Response response;
  boost::asio::co_spawn(
      io,
      api.answer(std::move(request)),
      [&](std::exception_ptr, selfsame::http::Response made) { response = std::move(made); }
  );
  io.run();
  return response;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const page::PageApi api(page::page_files(), nobodys);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  selfsame::http::Request request;
  request.method = "GET";
  request.target = "/reflect" + std::string(text.substr(0, line));
  if (line != std::string_view::npos) {
    request.headers.add("Accept-Encoding", std::string(text.substr(line + 1)));
    request.headers.add("If-None-Match", std::string(text.substr(line + 1)));
  }
  if (!page::PageApi::claims(request)) return 0;
  const auto answer = answer_of(api, std::move(request));
  if (!answer.headers.find("content-security-policy")) std::abort();
  if (answer.status == 200 && answer.body.empty()) std::abort();
  return 0;
}
