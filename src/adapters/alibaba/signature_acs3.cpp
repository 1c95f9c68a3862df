// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/signature_acs3.h"

#include <algorithm>
#include <array>
#include <vector>

#include "adapters/alibaba/signature_rpc.h"
#include "base/crypto.h"

namespace selfsame::adapters::alibaba {
namespace {

constexpr std::string_view kFamily = "ACS3-";
constexpr std::string_view kAlgorithm = "ACS3-HMAC-SHA256";
constexpr std::size_t kSignatureDigits = 64;
constexpr std::array<std::string_view, 5> kMustBeSigned = {  // sorted
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version"
};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

std::string_view* part_named(Acs3Authorization& parsed, std::string_view name) {
  if (name == "Credential") return &parsed.access_key_id;
  if (name == "SignedHeaders") return &parsed.signed_headers;
  if (name == "Signature") return &parsed.signature;
  return nullptr;
}

bool is_whole(const Acs3Authorization& parsed) {
  auto names = split(parsed.signed_headers, ';');
  std::ranges::sort(names);
  return !parsed.access_key_id.empty() && parsed.signature.size() == kSignatureDigits &&
         is_lower_hex(parsed.signature) && std::ranges::adjacent_find(names) == names.end() &&
         std::ranges::includes(names, kMustBeSigned);
}

}  // namespace

bool is_acs3(std::string_view authorization) noexcept {
  return authorization.starts_with(kFamily);
}

std::optional<Acs3Authorization> parse_acs3(std::string_view authorization) {
  if (!authorization.starts_with(kAlgorithm)) return std::nullopt;
  authorization.remove_prefix(kAlgorithm.size());
  if (!authorization.starts_with(' ')) return std::nullopt;
  Acs3Authorization parsed;
  for (std::string_view part : split(authorization, ',')) {
    part = trimmed(part);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view* into = part_named(parsed, part.substr(0, equals));
    if (into == nullptr || !into->empty()) return std::nullopt;
    *into = part.substr(equals + 1);
  }
  if (!is_whole(parsed)) return std::nullopt;
  return parsed;
}

std::optional<std::string> acs3_canonical_request(
    const http::Request& request, const Acs3Authorization& authorization, const Parameters& query
) {
  std::string canonical = request.method;
  canonical.append("\n/\n").append(canonical_query(query)).append("\n");
  for (const std::string_view name : split(authorization.signed_headers, ';')) {
    if (request.headers.count(name) != 1) return std::nullopt;
    canonical.append(name).append(":");
    canonical.append(trimmed(*request.headers.find(name))).append("\n");
  }
  canonical.append("\n").append(authorization.signed_headers).append("\n");
  canonical.append(*request.headers.find("x-acs-content-sha256"));
  return canonical;
}

std::string acs3_string_to_sign(std::string_view canonical_request) {
  return std::string(kAlgorithm) + "\n" + sha256_hex(canonical_request);
}

bool is_acs3_signature(
    std::string_view signature, std::string_view string_to_sign, ByteView secret
) {
  const std::string expected = to_hex(hmac_sha256(secret, bytes_of(string_to_sign)));
  return equal_in_constant_time(bytes_of(expected), bytes_of(signature));
}

}  // namespace selfsame::adapters::alibaba
