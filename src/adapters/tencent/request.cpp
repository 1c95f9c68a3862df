// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "adapters/tencent/signature_v1.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

constexpr std::array<std::string_view, 11> kCommonNames = {
    "Action",
    "Version",
    "Region",
    "Language",
    "Token",
    "Timestamp",
    "Nonce",
    "SecretId",
    "Signature",
    "SignatureMethod",
    "RequestClient"
};

bool starts_with_word(std::string_view text, std::string_view lower_case_word) {
  if (text.size() < lower_case_word.size()) return false;
  return std::ranges::equal(
      text.substr(0, lower_case_word.size()),
      lower_case_word,
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; }
  );
}

std::string_view header(const http::Request& request, std::string_view name) {
  return request.headers.find(name).value_or(std::string_view{});
}

bool is_form(const http::Request& request) {
  return starts_with_word(header(request, "content-type"), "application/x-www-form-urlencoded");
}

/// A quick look, without parsing: does this query or form name a SecretId?
bool names_secret_id(std::string_view encoded) {
  constexpr std::string_view kName = "SecretId=";
  for (std::size_t at = encoded.find(kName); at != std::string_view::npos;
       at = encoded.find(kName, at + 1)) {
    if (at == 0 || encoded[at - 1] == '&') return true;
  }
  return false;
}

std::string_view v1_text(const http::Request& request) {
  if (request.method == "GET") return request.query();
  return is_form(request) ? std::string_view(request.body) : std::string_view{};
}

bool was_not_read(const http::Request& request) {
  return request.body_too_large || request.target_too_large || request.overloaded;
}

std::optional<std::int64_t> seconds_in(std::string_view text) {
  std::int64_t seconds = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t kYear3000 = 32503680000;
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  if (seconds < 0 || seconds >= kYear3000) return std::nullopt;
  return seconds;
}

Answer<Scheme> scheme_of(const http::Request& request) {
  if (is_tc3(header(request, "authorization"))) return Scheme::tc3;
  if (names_secret_id(v1_text(request))) return Scheme::v1;
  // What was dropped unread cannot tell; only TC3 clients name the action in a header.
  if (was_not_read(request) && !request.headers.find("x-tc-action")) return Scheme::v1;
  return refuse(Errc::invalid_credential);
}

Answer<void> check_size(const http::Request& request, Scheme scheme, const SizeLimits& limits) {
  if (request.overloaded) return refuse(Errc::overloaded);
  const bool is_get = request.method == "GET";
  if (request.target_too_large || (is_get && request.target.size() > limits.get_target_bytes)) {
    return refuse(Errc::payload_too_large);
  }
  const std::size_t limit = scheme == Scheme::tc3 ? limits.tc3_body_bytes : limits.v1_body_bytes;
  if (!request.body_too_large && request.body.size() <= limit) return {};
  if (scheme == Scheme::v1) return refuse_v1_size();
  return refuse(Errc::payload_too_large);
}

}  // namespace

bool is_for_us(const http::Request& request) {
  if (request.path() != "/") return false;
  if (request.headers.find("x-tc-action")) return true;
  if (names_secret_id(request.query()) || names_secret_id(v1_text(request))) return true;
  return was_not_read(request) && is_form(request) && !request.headers.find("x-acs-action");
}

Answer<SignedRequest> SignedRequest::read(const http::Request& request, const SizeLimits& limits) {
  if (request.method != "GET" && request.method != "POST") return refuse_method();
  SELFSAME_TRY(scheme, scheme_of(request));
  SELFSAME_CHECK(check_size(request, scheme, limits));
  SignedRequest read(request);
  read.scheme_ = scheme;
  if (scheme == Scheme::tc3) {
    SELFSAME_CHECK(read.read_tc3(header(request, "authorization")));
  } else {
    SELFSAME_CHECK(read.read_v1());
  }
  return read;
}

Answer<void> SignedRequest::read_tc3(std::string_view authorization) {
  const std::optional<Tc3Authorization> parsed = parse_tc3(authorization);
  if (!parsed) return refuse(Errc::invalid_credential);
  tc3_ = *parsed;
  secret_id_ = tc3_.secret_id;
  common_ = CommonParameters{
      .action = header(*request_, "x-tc-action"),
      .version = header(*request_, "x-tc-version"),
      .region = header(*request_, "x-tc-region"),
      .token = header(*request_, "x-tc-token"),
      .timestamp = header(*request_, "x-tc-timestamp")
  };
  return {};
}

Answer<void> SignedRequest::read_v1() {
  SELFSAME_TRY(form, Parameters::from_form(v1_text(*request_)));
  form_ = std::move(form);
  for (const std::string_view name : {"SecretId", "Nonce", "Signature"}) {
    if (form_.value(name).empty()) return refuse(Errc::missing_parameter, name);
  }
  secret_id_ = form_.value("SecretId");
  common_ = CommonParameters{
      .action = form_.value("Action"),
      .version = form_.value("Version"),
      .region = form_.value("Region"),
      .token = form_.value("Token"),
      .timestamp = form_.value("Timestamp")
  };
  return {};
}

Answer<void> SignedRequest::check_time(Timestamp now) const {
  const std::string_view name = scheme_ == Scheme::tc3 ? "X-TC-Timestamp" : "Timestamp";
  if (common_.timestamp.empty()) return refuse(Errc::missing_parameter, name);
  const std::optional<std::int64_t> seconds = seconds_in(common_.timestamp);
  if (!seconds) return refuse(Errc::malformed_request, name);
  const std::chrono::sys_seconds signed_at{std::chrono::seconds(*seconds)};
  if (now < signed_at - kSignatureWindow || now > signed_at + kSignatureWindow) {
    return refuse(Errc::signature_expired);
  }
  return {};
}

Timestamp SignedRequest::expires_at() const {
  const std::int64_t seconds = seconds_in(common_.timestamp).value_or(0);
  return std::chrono::sys_seconds(std::chrono::seconds(seconds)) + kSignatureWindow +
         std::chrono::seconds(1);
}

std::optional<std::string> SignedRequest::fingerprint_if_signed(ByteView secret) const {
  std::string identity;
  if (scheme_ == Scheme::tc3) {
    const std::string body_hash = tc3_body_hash(*request_);
    if (!is_tc3_signature(*request_, tc3_, common_.timestamp, body_hash, secret)) {
      return std::nullopt;
    }
    identity.append("tc3\n").append(tc3_.signature).append("\n").append(common_.action);
    identity.append("\n").append(body_hash);
  } else {
    if (!is_v1_signature(request_->method, header(*request_, "host"), form_, secret)) {
      return std::nullopt;
    }
    // The signed text joins names and values without escapes, so that one text, and one signature,
    // can be split into fields in several ways: nothing but the signature tells requests apart.
    identity.append("v1\n").append(form_.value("Signature"));
    identity.append("\n").append(secret_id_);
    return sha256_hex(identity);
  }
  identity.append("\n").append(common_.timestamp).append("\n").append(secret_id_);
  return sha256_hex(identity);
}

Answer<Parameters> SignedRequest::take_parameters() {
  if (scheme_ == Scheme::v1) {
    form_.erase(kCommonNames);
    return std::move(form_);
  }
  if (request_->method == "GET") return Parameters::from_form(request_->query());
  if (!starts_with_word(header(*request_, "content-type"), "application/json")) {
    return refuse(Errc::malformed_request, "Content-Type");
  }
  return Parameters::from_json(request_->body);
}

}  // namespace selfsame::adapters::tencent
