// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/signature_v1.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

std::string signed_name(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', '.');
  return text;
}

std::string mac_of(std::string_view method, ByteView secret, std::string_view text) {
  if (method == "HmacSHA256") return to_base64(hmac_sha256(secret, bytes_of(text)));
  if (method.empty() || method == "HmacSHA1") return to_base64(hmac_sha1(secret, bytes_of(text)));
  return {};
}

}  // namespace

std::string v1_string_to_sign(
    std::string_view method, std::string_view host, const Parameters& parameters
) {
  std::vector<std::pair<std::string, std::string_view>> pairs;
  std::size_t bytes = method.size() + host.size() + 2;
  for (const Parameter& parameter : parameters.all()) {
    if (parameter.name == "Signature") continue;
    pairs.emplace_back(signed_name(parameter.name), parameter.value);
    bytes += parameter.name.size() + parameter.value.size() + 2;
  }
  std::ranges::sort(pairs);
  std::string text;
  text.reserve(bytes);
  text.append(method).append(host).append("/?");
  for (const auto& [name, value] : pairs) {
    text.append(name).append("=").append(value).append("&");
  }
  if (!pairs.empty()) text.pop_back();
  return text;
}

bool is_v1_signature(
    std::string_view method, std::string_view host, const Parameters& parameters, ByteView secret
) {
  const std::string expected = mac_of(
      parameters.value("SignatureMethod"), secret, v1_string_to_sign(method, host, parameters)
  );
  const std::string_view given = parameters.value("Signature");
  return !expected.empty() && equal_in_constant_time(bytes_of(expected), bytes_of(given));
}

}  // namespace selfsame::adapters::tencent
