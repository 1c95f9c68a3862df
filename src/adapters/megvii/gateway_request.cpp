// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/gateway_request.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "adapters/megvii/gateway_signature.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::megvii {
namespace {

constexpr std::string_view kAppcodeScheme = "APPCODE ";
constexpr std::size_t kAppcodeBytesMax = 128;
constexpr std::size_t kKeyBytesMax = 128;
constexpr std::size_t kNonceBytesMax = 128;

std::string_view header(const http::Request& request, std::string_view name) {
  return request.headers.find(name).value_or(std::string_view{});
}

/// A client of the vendor drops every header but one, so the body tells what it is.
bool is_json(const http::Request& request) {
  const std::string& body = request.body;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string::npos && body[first] == '{';
}

bool is_form_type(std::string_view content_type) {
  constexpr std::string_view kType = "application/x-www-form-urlencoded";
  return std::ranges::equal(content_type.substr(0, kType.size()), kType, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

std::string content_md5(const std::string& body) {
  return to_base64(from_hex(md5_hex(bytes_of(body))).value());
}

/// Milliseconds since 1970, of this millennium.
std::optional<Timestamp> time_of(std::string_view text) {
  constexpr std::int64_t kYear3000_ms = 32'503'680'000'000;
  std::int64_t value_ms = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value_ms);
  if (error != std::errc{} || last != end || value_ms < 0 || value_ms >= kYear3000_ms) {
    return std::nullopt;
  }
  return Timestamp(std::chrono::milliseconds(value_ms));
}

}  // namespace

bool is_for_gateway(const http::Request& request) {
  return request.path().find(kFaceIdPath) != std::string_view::npos;
}

FaceIdCall call_of(const http::Request& request) {
  return request.path().ends_with("/get_result") ? FaceIdCall::get_result
                                                 : FaceIdCall::get_biz_token;
}

Answer<GatewayRequest> GatewayRequest::read(const http::Request& request) {
  if (request.overloaded) return refuse(call_of(request), Error{Errc::overloaded, {}});
  if (request.body_too_large || request.target_too_large ||
      request.body.size() > kRequestBytesMax) {
    return refuse_size();
  }
  GatewayRequest read(request);
  SELFSAME_CHECK(read.read_credential());
  if (const auto parsed = read.read_parameters(); !parsed) {
    return refuse(call_of(request), parsed.error());
  }
  return read;
}

Answer<void> GatewayRequest::read_credential() {
  const std::string_view authorization = header(*request_, "authorization");
  if (authorization.starts_with(kAppcodeScheme)) {
    appcode_ = authorization.substr(kAppcodeScheme.size());
    if (!appcode_.empty() && appcode_.size() <= kAppcodeBytesMax) return {};
    return refuse_at_gateway(400, "A400AC", "Invalid AppCode");
  }
  app_key_ = header(*request_, "x-ca-key");
  nonce_ = header(*request_, "x-ca-nonce");
  if (app_key_.empty() || app_key_.size() > kKeyBytesMax) {
    return refuse_at_gateway(400, "A400IK", "Invalid AppKey");
  }
  if (nonce_.empty() || nonce_.size() > kNonceBytesMax) {
    return refuse_at_gateway(400, "I400MH", "Missing Header: X-Ca-Nonce");
  }
  auto names = signed_headers(*request_);
  if (!names) return refuse_at_gateway(400, "I400HD", "Invalid Header: X-Ca-Signature-Headers");
  signed_headers_ = std::move(*names);
  return {};
}

Result<void> GatewayRequest::read_parameters() {
  SELFSAME_TRY(pairs, pairs_of_form(request_->query()));
  is_form_ = is_form_type(header(*request_, "content-type")) || !is_json(*request_);
  SELFSAME_TRY(more, is_form_ ? pairs_of_form(request_->body) : pairs_of_json(request_->body));
  std::ranges::move(more, std::back_inserter(pairs));
  SELFSAME_TRY(parameters, Parameters::from(std::move(pairs)));
  parameters_ = std::move(parameters);
  return {};
}

Answer<void> GatewayRequest::check_time(Timestamp now) const {
  const auto signed_at = time_of(header(*request_, "x-ca-timestamp"));
  if (!signed_at) return refuse_at_gateway(400, "I400HD", "Invalid Header: X-Ca-Timestamp");
  if (*signed_at < now - kTimestampWindow || *signed_at > now + kTimestampWindow) {
    return refuse_at_gateway(403, "S403TE", "Timestamp Expired");
  }
  return {};
}

Answer<void> GatewayRequest::check_signature(ByteView secret) const {
  const std::string_view md5 = header(*request_, "content-md5");
  // Only this hash binds a body that is no form.
  const bool must_be_hashed = !is_form_ || !md5.empty();
  if (must_be_hashed && md5 != content_md5(request_->body)) {
    return refuse_at_gateway(400, "I400MD", "Invalid Content-MD5");
  }
  // The string to sign of a form is made of its parameters; of other bodies, of the query's.
  Parameters of_query;
  if (!is_form_) {
    auto pairs = pairs_of_form(request_->query());
    if (!pairs) return refuse(call_of(*request_), pairs.error());
    auto parameters = Parameters::from(std::move(*pairs));
    if (!parameters) return refuse(call_of(*request_), parameters.error());
    of_query = std::move(*parameters);
  }
  const std::string text =
      gateway_string_to_sign(*request_, signed_headers_, is_form_ ? parameters_ : of_query);
  const bool is_right = is_gateway_signature(
      header(*request_, "x-ca-signature"), header(*request_, "x-ca-signature-method"), text, secret
  );
  if (!is_right) return refuse_signature(call_of(*request_), text);
  return {};
}

std::string GatewayRequest::nonce_name() const {
  std::string identity(app_key_);
  identity.append("\n").append(nonce_);
  return "megvii/" + sha256_hex(identity);
}

Timestamp GatewayRequest::expires_at(Timestamp now) const {
  const auto signed_at = time_of(header(*request_, "x-ca-timestamp"));
  // Within its window the request would be taken once more, however long the nonce is kept.
  return std::max(now, signed_at.value_or(now)) + std::max(kNonceKept, kTimestampWindow);
}

}  // namespace selfsame::adapters::megvii
