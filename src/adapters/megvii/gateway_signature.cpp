// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/gateway_signature.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::megvii {
namespace {

constexpr std::array<std::string_view, 3> kMustBeSigned = {
    "x-ca-key", "x-ca-nonce", "x-ca-timestamp"
};
constexpr std::size_t kSignedHeadersMax = 64;

std::string_view header(const http::Request& request, std::string_view name) {
  return request.headers.find(name).value_or(std::string_view{});
}

std::string lower_cased(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t comma = list.find(',');
    if (const std::string_view name = trimmed(list.substr(0, comma)); !name.empty()) {
      names.emplace_back(name);
    }
    if (comma == std::string_view::npos) return names;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<std::vector<std::string>> signed_headers(const http::Request& request) {
  std::vector<std::string> names = split(header(request, "x-ca-signature-headers"));
  if (names.size() > kSignedHeadersMax) return std::nullopt;
  std::ranges::sort(names);
  for (const std::string& name : names) {
    if (request.headers.count(name) != 1) return std::nullopt;
  }
  for (const std::string_view name : kMustBeSigned) {
    const auto is_it = [name](const std::string& other) { return lower_cased(other) == name; };
    if (std::ranges::count_if(names, is_it) != 1) return std::nullopt;
  }
  return names;
}

std::string gateway_string_to_sign(
    const http::Request& request,
    const std::vector<std::string>& signed_headers,
    const Parameters& parameters
) {
  std::string text = request.method + "\n";
  for (const std::string_view name : {"accept", "content-md5", "content-type", "date"}) {
    text.append(header(request, name)).append("\n");
  }
  for (const std::string& name : signed_headers) {
    text.append(name).append(":").append(header(request, name)).append("\n");
  }
  text.append(request.path());
  char separator = '?';
  for (const auto& [name, value] : parameters.all()) {
    text.append(1, separator).append(name);
    if (!value.empty()) text.append("=").append(value);
    separator = '&';
  }
  return text;
}

bool is_gateway_signature(
    std::string_view signature,
    std::string_view method,
    std::string_view string_to_sign,
    ByteView secret
) {
  const ByteView text = bytes_of(string_to_sign);
  std::string expected;
  if (method.empty() || method == "HmacSHA256") {
    expected = to_base64(hmac_sha256(secret, text));
  } else if (method == "HmacSHA1") {
    expected = to_base64(hmac_sha1(secret, text));
  } else {
    return false;
  }
  return equal_in_constant_time(bytes_of(expected), bytes_of(signature));
}

}  // namespace selfsame::adapters::megvii
