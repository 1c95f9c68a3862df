// SPDX-License-Identifier: Apache-2.0
// Untrusted: target, X-Ca-Signature-Headers, Content-Type, Content-MD5, X-Ca-Signature and body of
// a request, one a line, the body last.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/megvii/gateway_request.h"
#include "adapters/megvii/gateway_signature.h"
#include "adapters/megvii/get_biz_token.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace megvii = selfsame::adapters::megvii;

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
  request.headers.add("Accept", "application/json");
  for (const char* name : {"x-ca-key", "x-ca-nonce", "x-ca-stage"}) request.headers.add(name, "v");
  request.headers.add("x-ca-timestamp", "1767225600000");
  for (const char* name :
       {"X-Ca-Signature-Headers", "Content-Type", "Content-MD5", "X-Ca-Signature"}) {
    if (std::string value = take_line(text); !value.empty()) {
      request.headers.add(name, std::move(value));
    }
  }
  request.body = text;
  static_cast<void>(megvii::is_for_gateway(request));
  const auto read = megvii::GatewayRequest::read(request);
  if (!read) return 0;
  static_cast<void>(read->check_time({}));
  static_cast<void>(read->nonce_name());
  static_cast<void>(megvii::parse_biz_token_request(read->parameters()));
  const auto checked = read->check_signature(secret);
  if (!checked) {
    const std::string& told = checked.error().gateway_message;
    const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::ranges::all_of(told, is_printable)) std::abort();
    return 0;
  }
  // A signature is accepted only if it is the one that we would have made, over query and form, or
  // over the query and the body's hash.
  const auto names = megvii::signed_headers(request);
  if (!names) std::abort();
  const auto is_over = [&](std::vector<megvii::Parameters::Pair> pairs) {
    const auto parameters = megvii::Parameters::from(std::move(pairs));
    if (!parameters) return false;
    const std::string signed_text = megvii::gateway_string_to_sign(request, *names, *parameters);
    const auto mac = selfsame::hmac_sha256(secret, selfsame::bytes_of(signed_text));
    return request.headers.find("x-ca-signature") == selfsame::to_base64(mac);
  };
  const auto query = *megvii::pairs_of_form(request.query());
  auto both = query;
  if (const auto form = megvii::pairs_of_form(request.body)) {
    both.insert(both.end(), form->begin(), form->end());
  }
  const auto hash = selfsame::from_hex(selfsame::md5_hex(selfsame::bytes_of(request.body)));
  const bool is_hashed = request.headers.find("content-md5") == selfsame::to_base64(*hash);
  if (!is_over(both) && !(is_hashed && is_over(query))) std::abort();
  return 0;
}
