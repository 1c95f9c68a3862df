// SPDX-License-Identifier: Apache-2.0
// Untrusted: target, Authorization and body of a request, one a line, the body last.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/alibaba/request.h"
#include "adapters/alibaba/response.h"
#include "adapters/alibaba/signature_rpc.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace alibaba = selfsame::adapters::alibaba;

namespace {

std::string take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const selfsame::ByteView secret = selfsame::bytes_of("secret");
  std::string_view text(reinterpret_cast<const char*>(data), size);
  selfsame::http::Request request;
  request.method = "POST";
  request.target = take_line(text);
  request.headers.add("Host", "h:1");
  const std::string authorization = take_line(text);
  if (!authorization.empty()) request.headers.add("Authorization", authorization);
  for (const char* name :
       {"x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce"}) {
    request.headers.add(name, "v");
  }
  request.body = text;
  request.headers.add("x-acs-content-sha256", selfsame::sha256_hex(request.body));
  static_cast<void>(alibaba::is_for_us(request));
  const alibaba::Rendering rendering = alibaba::rendering_of(request);
  auto read = alibaba::SignedRequest::read(request);
  if (!read) {
    static_cast<void>(alibaba::render(read.error(), rendering));
    return 0;
  }
  static_cast<void>(read->check_time({}));
  const auto checked = read->check_signature(secret);
  if (!checked) {
    static_cast<void>(alibaba::render(checked.error(), rendering));
    return 0;
  }
  // A signature is accepted only if it is the one that we would have made.
  if (read->scheme() == alibaba::Scheme::rpc) {
    const alibaba::Parameters parameters = read->take_parameters();
    const std::string ours = selfsame::to_base64(selfsame::hmac_sha1(
        selfsame::bytes_of("secret&"),
        selfsame::bytes_of(alibaba::rpc_string_to_sign("POST", parameters))
    ));
    if (parameters.value("Signature") != ours) std::abort();
  }
  return 0;
}
