// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/signature_rpc.h"

#include "base/base64.h"
#include "base/crypto.h"
#include "base/secret.h"
#include "http/form.h"

namespace selfsame::adapters::alibaba {

std::string canonical_query(const Parameters& parameters, std::string_view left_out) {
  std::string text;
  for (const auto& [name, value] : parameters.all()) {
    if (!left_out.empty() && name == left_out) continue;
    if (!text.empty()) text.push_back('&');
    text.append(http::percent_encode(name)).append("=").append(http::percent_encode(value));
  }
  return text;
}

std::string rpc_string_to_sign(std::string_view method, const Parameters& parameters) {
  std::string text(method);
  return text.append("&%2F&").append(http::percent_encode(canonical_query(parameters, "Signature"))
  );
}

bool is_rpc_signature(
    std::string_view signature, std::string_view string_to_sign, ByteView secret
) {
  Bytes bytes(secret.begin(), secret.end());
  bytes.push_back('&');
  const Secret key(std::move(bytes));
  const std::string expected = to_base64(hmac_sha1(key.reveal(), bytes_of(string_to_sign)));
  return equal_in_constant_time(bytes_of(expected), bytes_of(signature));
}

}  // namespace selfsame::adapters::alibaba
