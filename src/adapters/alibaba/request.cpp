// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "adapters/alibaba/signature_rpc.h"
#include "base/crypto.h"

namespace selfsame::adapters::alibaba {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

char lower_cased(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_cased, lower_cased);
}

std::string_view header(const http::Request& request, std::string_view name) {
  return request.headers.find(name).value_or(std::string_view{});
}

bool was_not_read(const http::Request& request) {
  return request.body_too_large || request.target_too_large || request.overloaded;
}

/// A body without a type counts: some clients send none.
bool is_form(const http::Request& request) {
  const std::string_view type = header(request, "content-type");
  return type.empty() || equal_without_case(type.substr(0, kFormType.size()), kFormType);
}

std::string_view form_of(const http::Request& request) {
  return is_form(request) ? std::string_view(request.body) : std::string_view{};
}

/// A quick look, without parsing: what follows `name=` in this query or form, still encoded.
std::optional<std::string_view> raw_value(std::string_view encoded, std::string_view name) {
  for (std::size_t at = encoded.find(name); at != std::string_view::npos;
       at = encoded.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at > 0 && encoded[at - 1] != '&') || end == encoded.size() || encoded[end] != '=')
      continue;
    const std::string_view rest = encoded.substr(end + 1);
    return rest.substr(0, rest.find('&'));
  }
  return std::nullopt;
}

std::optional<std::string_view> raw_value(const http::Request& request, std::string_view name) {
  if (auto in_query = raw_value(request.query(), name)) return in_query;
  return raw_value(form_of(request), name);
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

/// "2026-01-01T00:00:00Z", and nothing else.
std::optional<std::chrono::sys_seconds> time_of(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != 'd' && kShape[i] != text[i]) return std::nullopt;
  }
  std::array<int, 6> parts{};
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kPlaces = {
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}
  };
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = digits(text.substr(kPlaces[i].first, kPlaces[i].second));
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  const std::chrono::year_month_day date(
      std::chrono::year(parts[0]),
      std::chrono::month(static_cast<unsigned>(parts[1])),
      std::chrono::day(static_cast<unsigned>(parts[2]))
  );
  if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(parts[3]) +
         std::chrono::minutes(parts[4]) + std::chrono::seconds(parts[5]);
}

Answer<void> check_size(const http::Request& request) {
  if (request.overloaded) return refuse(Errc::overloaded);
  if (request.body_too_large || request.target_too_large) return refuse(Errc::payload_too_large);
  return {};
}

}  // namespace

bool is_for_us(const http::Request& request) {
  if (request.path() != "/") return false;
  if (request.headers.find("x-acs-action") || is_acs3(header(request, "authorization")))
    return true;
  if (was_not_read(request)) {
    return request.headers.find("x-sdk-client") ||
           header(request, "user-agent").find("AlibabaCloud") != std::string_view::npos;
  }
  return raw_value(request, "AccessKeyId").has_value();
}

Format format_of(const http::Request& request) {
  if (is_acs3(header(request, "authorization"))) return Format::json;
  const auto wanted = raw_value(request, "Format");
  return wanted && equal_without_case(*wanted, "json") ? Format::json : Format::xml;
}

bool is_typed_go_client(const http::Request& request) {
  return header(request, "x-sdk-invoke-type") == "normal" &&
         header(request, "user-agent").find("Golang/") != std::string_view::npos;
}

Answer<SignedRequest> SignedRequest::read(const http::Request& request) {
  SELFSAME_CHECK(check_size(request));
  if (request.method != "GET" && request.method != "POST") return refuse(Errc::unknown_action);
  if (!request.body.empty() && !is_form(request)) {
    return refuse(Errc::malformed_request, "Content-Type");
  }
  SignedRequest read(request);
  SELFSAME_TRY(parameters, Parameters::from(request.query(), form_of(request)));
  read.parameters_ = std::move(parameters);
  const std::string_view authorization = header(request, "authorization");
  if (is_acs3(authorization)) {
    SELFSAME_CHECK(read.read_acs3(authorization));
  } else {
    SELFSAME_CHECK(read.read_rpc());
  }
  return read;
}

Answer<void> SignedRequest::read_rpc() {
  for (const std::string_view name :
       {"AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "Version",
        "Action"}) {
    SELFSAME_CHECK(parameters_.required(name));
  }
  if (!equal_without_case(parameters_.value("SignatureMethod"), "HMAC-SHA1") ||
      parameters_.value("SignatureVersion") != "1.0") {
    return refuse(Errc::invalid_credential);
  }
  if (!parameters_.value("SecurityToken").empty()) return refuse_token();
  const std::string_view format = parameters_.value("Format");
  if (!format.empty() && !equal_without_case(format, "json") &&
      !equal_without_case(format, "xml")) {
    return refuse(Errc::invalid_parameter, "Format");
  }
  access_key_id_ = parameters_.value("AccessKeyId");
  action_ = parameters_.value("Action");
  version_ = parameters_.value("Version");
  timestamp_ = parameters_.value("Timestamp");
  nonce_ = parameters_.value("SignatureNonce");
  return {};
}

Answer<void> SignedRequest::read_acs3(std::string_view authorization) {
  scheme_ = Scheme::acs3;
  const std::optional<Acs3Authorization> parsed = parse_acs3(authorization);
  if (!parsed) return refuse(Errc::invalid_credential);
  acs3_ = *parsed;
  if (!header(*request_, "x-acs-security-token").empty()) return refuse_token();
  access_key_id_ = acs3_.access_key_id;
  const std::pair<std::string_view, std::string_view*> wanted[] = {
      {"x-acs-action", &action_},
      {"x-acs-version", &version_},
      {"x-acs-date", &timestamp_},
      {"x-acs-signature-nonce", &nonce_}
  };
  for (const auto& [name, into] : wanted) {
    *into = header(*request_, name);
    if (into->empty()) return refuse_missing(name);
  }
  return {};
}

Answer<void> SignedRequest::check_time(Timestamp now) const {
  const auto signed_at = time_of(timestamp_);
  if (!signed_at) return refuse_timestamp();
  if (now < *signed_at - kSignatureWindow || now > *signed_at + kSignatureWindow) {
    return refuse(Errc::signature_expired);
  }
  return {};
}

Timestamp SignedRequest::expires_at(Timestamp now) const {
  const Timestamp signed_at = time_of(timestamp_).value_or(std::chrono::sys_seconds{});
  return std::max(now, signed_at) + kSignatureWindow + std::chrono::seconds(1);
}

Answer<void> SignedRequest::check_signature(ByteView secret) const {
  if (scheme_ == Scheme::rpc) {
    const std::string text = rpc_string_to_sign(request_->method, parameters_);
    if (is_rpc_signature(parameters_.value("Signature"), text, secret)) return {};
    return refuse_signature(text);
  }
  // The form is signed by its hash, the query by its text.
  SELFSAME_TRY(query, Parameters::from(request_->query(), {}));
  const auto canonical = acs3_canonical_request(*request_, acs3_, query);
  if (!canonical) return refuse(Errc::invalid_credential);
  if (header(*request_, "x-acs-content-sha256") != sha256_hex(request_->body)) {
    return refuse(Errc::invalid_credential);
  }
  const std::string text = acs3_string_to_sign(*canonical);
  if (is_acs3_signature(acs3_.signature, text, secret)) return {};
  return refuse_signature(text);
}

std::string SignedRequest::nonce_name() const {
  std::string identity(access_key_id_);
  identity.append("\n").append(nonce_);
  return "alibaba/" + sha256_hex(identity);
}

}  // namespace selfsame::adapters::alibaba
