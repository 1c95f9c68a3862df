// SPDX-License-Identifier: Apache-2.0
// Untrusted: method, target and headers of a TC3 request. One byte chooses the method, then the
// target up to the first line end, then `Name: value` lines; the rest is the body.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/tencent/request.h"

using selfsame::adapters::tencent::is_for_us;
using selfsame::adapters::tencent::SignedRequest;

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  selfsame::http::Request request;
  request.method = text.front() == 'G' ? "GET" : "POST";
  text.remove_prefix(1);
  request.target = take_line(text);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = std::min(line.find(": "), line.size());
    request.headers.add(
        std::string(line.substr(0, colon)),
        std::string(line.substr(std::min(colon + 2, line.size())))
    );
  }
  request.body = text;
  static_cast<void>(is_for_us(request));
  auto read = SignedRequest::read(request, {});
  if (!read) return 0;
  static_cast<void>(read->check_time({}));
  static_cast<void>(read->expires_at());
  // No input can be signed by a secret that it cannot know.
  if (read->fingerprint_if_signed(selfsame::bytes_of("a secret of 32 random characters")))
    std::abort();
  static_cast<void>(read->take_parameters());
  return 0;
}
