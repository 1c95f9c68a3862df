// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/signature_tc3.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::string_view kAlgorithm = "TC3-HMAC-SHA256";
constexpr std::string_view kTerminator = "tc3_request";
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

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

std::string lower_cased(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_lower_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool parse_credential(std::string_view credential, Tc3Authorization& into) {
  const auto parts = split(credential, '/');
  if (parts.size() != 4 || parts[3] != kTerminator) return false;
  into.secret_id = parts[0];
  into.date = parts[1];
  into.service = parts[2];
  return !into.secret_id.empty() && into.date.size() == 10 && !into.service.empty();
}

bool signs(std::string_view signed_headers, std::string_view name) {
  return std::ranges::count(split(signed_headers, ';'), name) == 1;
}

/// The UTC date of a Unix time in decimal; empty when that is not one.
std::string date_of(std::string_view timestamp) {
  std::int64_t seconds = 0;
  const auto end = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
  constexpr std::int64_t kYear3000 = 32503680000;
  if (end.ec != std::errc{} || end.ptr != timestamp.data() + timestamp.size() || seconds < 0 ||
      seconds >= kYear3000) {
    return {};
  }
  const std::chrono::year_month_day date(
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)))
  );
  const auto padded = [](int number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
  };
  return padded(static_cast<int>(date.year()), 4) + '-' +
         padded(static_cast<int>(static_cast<unsigned>(date.month())), 2) + '-' +
         padded(static_cast<int>(static_cast<unsigned>(date.day())), 2);
}

/// Host without `:port`; the brackets of an IPv6 address stay.
std::string_view without_port(std::string_view host) noexcept {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos)
    return host;
  return host.substr(0, colon);
}

Sha256Digest hmac_text(ByteView key, std::string_view text) {
  return hmac_sha256(key, bytes_of(text));
}

}  // namespace

bool is_tc3(std::string_view authorization) noexcept {
  return authorization.starts_with(kAlgorithm) &&
         (authorization.size() == kAlgorithm.size() || authorization[kAlgorithm.size()] == ' ');
}

std::optional<Tc3Authorization> parse_tc3(std::string_view authorization) {
  if (!is_tc3(authorization)) return std::nullopt;
  Tc3Authorization parsed;
  unsigned seen = 0;  // one bit a part
  for (std::string_view part : split(authorization.substr(kAlgorithm.size()), ',')) {
    part = trimmed(part);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = part.substr(equals + 1);
    unsigned bit = 0;
    if (name == "Credential") {
      bit = 1;
      if (!parse_credential(value, parsed)) return std::nullopt;
    } else if (name == "SignedHeaders") {
      bit = 2;
      parsed.signed_headers = value;
    } else if (name == "Signature") {
      bit = 4;
      parsed.signature = value;
    }
    if (bit == 0 || (seen & bit) != 0) return std::nullopt;
    seen |= bit;
  }
  if (seen != 7 || parsed.signature.size() != 64 || !is_lower_hex(parsed.signature)) {
    return std::nullopt;
  }
  if (!signs(parsed.signed_headers, "content-type") || !signs(parsed.signed_headers, "host")) {
    return std::nullopt;
  }
  return parsed;
}

std::string tc3_body_hash(const http::Request& request) {
  return sha256_hex(request.method == "GET" ? std::string_view{} : std::string_view(request.body));
}

std::string tc3_canonical_request(
    const http::Request& request,
    const Tc3Authorization& authorization,
    std::string_view host,
    bool lower_case_others,
    std::string_view body_hash
) {
  std::string canonical = request.method;
  canonical.append("\n/\n").append(request.query()).append("\n");
  for (const std::string_view name : split(authorization.signed_headers, ';')) {
    const bool is_host = name == "host";
    std::string value(is_host ? host : request.headers.find(name).value_or(std::string_view{}));
    if (lower_case_others && !is_host && name != "content-type") value = lower_cased(value);
    canonical.append(name).append(":").append(value).append("\n");
  }
  canonical.append("\n").append(authorization.signed_headers).append("\n").append(body_hash);
  return canonical;
}

std::string tc3_string_to_sign(
    const Tc3Authorization& authorization,
    std::string_view timestamp,
    std::string_view canonical_request
) {
  std::string text(kAlgorithm);
  text.append("\n").append(timestamp).append("\n");
  text.append(authorization.date).append("/").append(authorization.service).append("/");
  text.append(kTerminator).append("\n").append(sha256_hex(canonical_request));
  return text;
}

Bytes tc3_signing_key(ByteView secret, const Tc3Authorization& authorization) {
  Bytes root = {'T', 'C', '3'};
  root.insert(root.end(), secret.begin(), secret.end());
  const Secret key(std::move(root));
  const Sha256Digest date_key = hmac_text(key.reveal(), authorization.date);
  const Sha256Digest service_key = hmac_text(date_key, authorization.service);
  const Sha256Digest signing_key = hmac_text(service_key, kTerminator);
  return {signing_key.begin(), signing_key.end()};
}

bool is_tc3_signature(
    const http::Request& request,
    const Tc3Authorization& authorization,
    std::string_view timestamp,
    std::string_view body_hash,
    ByteView secret
) {
  if (date_of(timestamp) != authorization.date) return false;
  const bool unsigned_payload = request.headers.find("x-tc-content-sha256") == kUnsignedPayload;
  const std::string payload_hash =
      unsigned_payload ? sha256_hex(kUnsignedPayload) : std::string(body_hash);
  const std::string_view host = request.headers.find("host").value_or(std::string_view{});
  const Bytes key = tc3_signing_key(secret, authorization);
  std::set<std::string> readings;
  for (const std::string_view candidate : {host, without_port(host)}) {
    for (const bool lower_case_others : {false, true}) {
      readings.insert(
          tc3_canonical_request(request, authorization, candidate, lower_case_others, payload_hash)
      );
    }
  }
  bool matches = false;
  for (const std::string& reading : readings) {
    const std::string text = tc3_string_to_sign(authorization, timestamp, reading);
    const std::string expected = to_hex(hmac_text(key, text));
    matches |= equal_in_constant_time(bytes_of(expected), bytes_of(authorization.signature));
  }
  return matches;
}

}  // namespace selfsame::adapters::tencent
