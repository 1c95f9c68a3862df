// SPDX-License-Identifier: Apache-2.0
// tests/conformance/megvii/vectors.json: what the vendor's own signer gives; and that nothing that
// a signature covers can be changed.
#include "adapters/megvii/gateway_request.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "adapters/megvii/gateway_signature.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "http/form.h"

namespace selfsame::adapters::megvii {
namespace {

constexpr std::string_view kSecret = "SecretExample";
const Timestamp kSignedAt{std::chrono::milliseconds(1'767'225'600'000)};

std::string member(const char* name) {
  std::ifstream file(std::string(SELFSAME_SOURCE_DIR) + "/tests/conformance/megvii/vectors.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return std::string(boost::json::parse(text).at(0).at(name).as_string());
}

/// The vector's request, as it went over the wire.
http::Request signed_request() {
  http::Request request;
  request.method = "POST";
  request.target = "/face/v1.2/sdk/get_biz_token";
  request.headers.add("Accept", "application/json");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
  request.headers.add("x-ca-key", "AKIDexample");
  request.headers.add("x-ca-nonce", "b75836f9-9c0d-40fa-b9bb-9410fc4ab7b6");
  request.headers.add("x-ca-stage", "RELEASE");
  request.headers.add("x-ca-timestamp", "1767225600000");
  request.headers.add("x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-stage,x-ca-timestamp");
  request.headers.add("x-ca-signature", member("signature"));
  request.body = "liveness_type=meglive&idcard_name=" + http::percent_encode("张三") +
                 "&idcard_number=11010119900307803X";
  request.received_at = kSignedAt;
  return request;
}

http::Request without_header(const http::Request& request, std::string_view name) {
  http::Request changed = request;
  changed.headers = {};
  for (const auto& [field, value] : request.headers.all()) {
    if (field != name) changed.headers.add(field, value);
  }
  return changed;
}

http::Request with_header(
    const http::Request& request, std::string_view name, const std::string& value
) {
  http::Request changed = without_header(request, name);
  changed.headers.add(std::string(name), value);
  return changed;
}

/// The gateway's code for this request at this time; "" when it is let through.
std::string code_of(const http::Request& request, Timestamp now = kSignedAt) {
  const auto read = GatewayRequest::read(request);
  if (!read) return read.error().gateway_code;
  if (const auto timely = read->check_time(now); !timely) return timely.error().gateway_code;
  const auto right = read->check_signature(bytes_of(kSecret));
  return right ? "" : right.error().gateway_code;
}

/// Signs it anew, as the client would have.
http::Request signed_again(const http::Request& request) {
  const auto names = signed_headers(request);
  const bool is_form = !request.body.starts_with('{');
  auto pairs = *pairs_of_form(request.query());
  if (is_form) {
    const auto of_body = *pairs_of_form(request.body);
    pairs.insert(pairs.end(), of_body.begin(), of_body.end());
  }
  const std::string text =
      gateway_string_to_sign(request, *names, *Parameters::from(std::move(pairs)));
  const std::string signature = to_base64(hmac_sha256(bytes_of(kSecret), bytes_of(text)));
  return with_header(request, "x-ca-signature", signature);
}

TEST(GatewayRequestTest, MakesTheVendorsStringToSign) {
  const http::Request request = signed_request();
  const auto read = GatewayRequest::read(request);
  ASSERT_TRUE(read);
  EXPECT_EQ(
      gateway_string_to_sign(request, *signed_headers(request), read->parameters()),
      member("string_to_sign")
  );
  EXPECT_EQ(code_of(request), "");
  EXPECT_EQ(read->app_key(), "AKIDexample");
  EXPECT_EQ(read->parameters().value("idcard_name"), "张三");
}

TEST(GatewayRequestTest, TakesBothMethodsAndNoOther) {
  const http::Request request = signed_request();
  const std::string text = member("string_to_sign");
  const std::string sha1 = to_base64(hmac_sha1(bytes_of(kSecret), bytes_of(text)));
  auto by_sha1 = with_header(request, "x-ca-signature", sha1);
  EXPECT_EQ(code_of(by_sha1), "A403IS");
  by_sha1.headers.add("x-ca-signature-method", "HmacSHA1");
  EXPECT_EQ(code_of(by_sha1), "");
  auto named = request;
  named.headers.add("x-ca-signature-method", "HmacSHA256");
  EXPECT_EQ(code_of(named), "");
  EXPECT_EQ(code_of(with_header(named, "x-ca-signature-method", "HmacMD5")), "A403IS");
}

bool is_same_form(std::string_view a, std::string_view b) {
  const auto left = pairs_of_form(a);
  const auto right = pairs_of_form(b);
  return left && right && *left == *right;
}

/// Every single changed bit of a request that was signed: method, target, headers and body.
void expect_no_change_is_taken(const http::Request& good) {
  ASSERT_EQ(code_of(good), "");
  int refused = 0;
  const auto refuse = [&](const http::Request& changed, const std::string& what) {
    EXPECT_NE(code_of(changed), "") << what;
    ++refused;
  };
  for (const int bit : {1, 2, 4, 8, 16, 32, 64}) {
    const auto flipped = [bit](std::string text, std::size_t at) {
      text[at] = static_cast<char>(text[at] ^ bit);
      return text;
    };
    for (std::size_t at = 0; at < good.target.size(); ++at) {
      http::Request changed = good;
      changed.target = flipped(good.target, at);
      // Digits of %XX may change their case, which is the same byte.
      const bool is_same =
          changed.path() == good.path() && is_same_form(changed.query(), good.query());
      if (!is_same) refuse(changed, changed.target);
    }
    for (std::size_t at = 0; at < good.body.size(); ++at) {
      http::Request changed = good;
      changed.body = flipped(good.body, at);
      const bool is_form = !good.body.starts_with('{');
      if (!is_form || !is_same_form(changed.body, good.body)) refuse(changed, changed.body);
    }
    for (const auto& [name, value] : good.headers.all()) {
      for (std::size_t at = 0; at < value.size(); ++at) {
        const auto changed = with_header(good, name, flipped(value, at));
        // The key's name says whose secret it is; here there is but one, so it must be signed.
        refuse(changed, name + ": " + flipped(value, at));
      }
    }
  }
  EXPECT_GT(refused, 1'000);
}

TEST(GatewayRequestTest, RefusesEveryChangedByte) {
  expect_no_change_is_taken(signed_request());
  auto get = without_header(signed_request(), "Content-Type");
  get.method = "GET";
  get.target = "/face/v1.2/sdk/get_result?biz_token=1767225600%2Cb75836f9&verbose=1&empty=";
  get.body.clear();
  expect_no_change_is_taken(signed_again(get));
  auto json = with_header(signed_request(), "Content-Type", "application/json");
  json.body = R"({"liveness_type": "meglive", "idcard_name": "Ann", "n": 1})";
  const auto md5 = to_base64(from_hex(md5_hex(bytes_of(json.body))).value());
  expect_no_change_is_taken(signed_again(with_header(json, "Content-MD5", md5)));
}

TEST(GatewayRequestTest, AnothersSecretNeverSigns) {
  const http::Request request = signed_request();
  for (std::size_t at = 0; at < kSecret.size(); ++at) {
    std::string other(kSecret);
    other[at] = static_cast<char>(other[at] ^ 1);
    const auto read = GatewayRequest::read(request);
    EXPECT_FALSE(read->check_signature(bytes_of(other))) << at;
  }
}

TEST(GatewayRequestTest, RefusesEveryChangeOfWhatIsSigned) {
  const http::Request request = signed_request();
  int refused = 0;
  const auto expect_refused = [&](const http::Request& changed, const std::string& what) {
    EXPECT_NE(code_of(changed), "") << what;
    ++refused;
  };
  for (std::size_t i = 0; i < request.body.size(); ++i) {
    auto changed = request;
    changed.body[i] = changed.body[i] == 'x' ? 'y' : 'x';
    // A letter of an escape in the other case says the same.
    expect_refused(changed, "body " + std::to_string(i));
  }
  for (const char* const name :
       {"Accept",
        "Content-Type",
        "x-ca-key",
        "x-ca-nonce",
        "x-ca-stage",
        "x-ca-timestamp",
        "x-ca-signature"}) {
    const std::string value(*request.headers.find(name));
    for (std::size_t i = 0; i < value.size(); ++i) {
      std::string other = value;
      other[i] = other[i] == '1' ? '2' : '1';
      expect_refused(with_header(request, name, other), std::string(name) + std::to_string(i));
    }
    expect_refused(without_header(request, name), name);
  }
  auto changed = request;
  changed.method = "PUT";
  expect_refused(changed, "method");
  changed = request;
  changed.target = "/face/v1.2/sdk/get_result";
  expect_refused(changed, "path");
  changed.target = request.target + "?security_level=1";
  expect_refused(changed, "query");
  EXPECT_GT(refused, 200);
  EXPECT_EQ(code_of(request), "");
}

TEST(GatewayRequestTest, AsksForTheHeadersThatMustBeSigned) {
  const http::Request request = signed_request();
  for (const char* const names :
       {"",
        "x-ca-key,x-ca-nonce",
        "x-ca-key,x-ca-timestamp",
        "x-ca-nonce,x-ca-timestamp",
        "x-ca-key,x-ca-nonce,x-ca-timestamp,x-ca-key",
        "x-ca-key,x-ca-nonce,x-ca-timestamp,x-none"}) {
    const auto changed = with_header(request, "x-ca-signature-headers", names);
    EXPECT_FALSE(signed_headers(changed)) << names;
    EXPECT_EQ(code_of(changed), "I400HD") << names;
  }
  auto twice = request;
  twice.headers.add("X-Ca-Nonce", "another");
  EXPECT_EQ(code_of(twice), "I400HD");
}

TEST(GatewayRequestTest, HasAWindowOfTime) {
  const http::Request request = signed_request();
  using std::chrono::minutes;
  EXPECT_EQ(code_of(request, kSignedAt + minutes(15)), "");
  EXPECT_EQ(code_of(request, kSignedAt - minutes(15)), "");
  EXPECT_EQ(code_of(request, kSignedAt + minutes(15) + std::chrono::milliseconds(1)), "S403TE");
  EXPECT_EQ(code_of(request, kSignedAt - minutes(16)), "S403TE");
  for (const char* const time : {"", "x", "-1", "1767225600000 ", "99999999999999999999"}) {
    EXPECT_EQ(code_of(with_header(request, "x-ca-timestamp", time)), "I400HD") << time;
  }
}

TEST(GatewayRequestTest, RemembersANonceAsLongAsItsRequestIsTaken) {
  const http::Request request = signed_request();
  const auto read = GatewayRequest::read(request);
  ASSERT_TRUE(read);
  for (const int minutes_early : {-15, 0, 15}) {
    const Timestamp now = kSignedAt + std::chrono::minutes(minutes_early);
    EXPECT_EQ(code_of(request, now), "");
    EXPECT_GE(read->expires_at(now), now + kNonceKept);
    EXPECT_NE(code_of(request, read->expires_at(now) + std::chrono::milliseconds(1)), "");
  }
  const auto other = with_header(request, "x-ca-nonce", "another");
  EXPECT_NE(read->nonce_name(), GatewayRequest::read(other)->nonce_name());
  const auto other_key = with_header(request, "x-ca-key", "another");
  EXPECT_NE(read->nonce_name(), GatewayRequest::read(other_key)->nonce_name());
}

TEST(GatewayRequestTest, BindsABodyThatIsNoFormByItsHash) {
  auto request = with_header(signed_request(), "Content-Type", "application/json; charset=UTF-8");
  request.body = R"({"liveness_type":"meglive","security_level":2})";
  EXPECT_EQ(code_of(signed_again(request)), "I400MD");
  const auto md5 = from_hex(md5_hex(bytes_of(request.body)));
  request.headers.add("Content-MD5", to_base64(*md5));
  auto right = signed_again(request);
  EXPECT_EQ(code_of(right), "");
  EXPECT_EQ(GatewayRequest::read(right)->parameters().value("security_level"), "2");
  right.body[20] = right.body[20] == 'e' ? 'f' : 'e';
  EXPECT_EQ(code_of(right), "I400MD");
}

TEST(GatewayRequestTest, SniffsABodyWithoutAType) {
  http::Request request;
  request.method = "POST";
  request.target = "/face/v1.2/sdk/get_biz_token";
  request.headers.add("Authorization", "APPCODE secret");
  request.body = R"( {"idcard_name":"a b"})";
  auto read = GatewayRequest::read(request);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->appcode(), "secret");
  EXPECT_EQ(read->parameters().value("idcard_name"), "a b");
  request.body = "idcard_name=a+b";
  read = GatewayRequest::read(request);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->parameters().value("idcard_name"), "a b");
}

TEST(GatewayRequestTest, RefusesWhatDoesNotParse) {
  http::Request request;
  request.method = "POST";
  request.target = "/face/v1.2/sdk/get_biz_token";
  request.headers.add("Authorization", "APPCODE secret");
  const std::string deep = "{\"a\":" + std::string(10'000, '[');
  for (const std::string& body :
       {std::string("{"),
        std::string("{\"a\":[]}"),
        std::string("{\"a\":1.5}"),
        deep,
        std::string("a=%"),
        std::string("a=1&a=2"),
        std::string("{\"a\":1,\"a\":{}}"),
        std::string(100, '&') + std::string(65, 'n') + "=1"}) {
    request.body = body;
    EXPECT_EQ(code_of(request), "I400PD") << body.substr(0, 50);
  }
  request.body.clear();
  EXPECT_EQ(code_of(with_header(request, "Authorization", "APPCODE ")), "A400AC");
  EXPECT_EQ(code_of(with_header(request, "Authorization", "Bearer x")), "A400IK");
}

TEST(GatewayRequestTest, TellsTheStringToSignInPrintableAscii) {
  const auto refused = GatewayRequest::read(signed_request())->check_signature(bytes_of("other"));
  ASSERT_FALSE(refused);
  const std::string& message = refused.error().gateway_message;
  EXPECT_TRUE(message.starts_with("Invalid Signature, Server StringToSign:`POST#application/json#"))
      << message;
  EXPECT_TRUE(std::ranges::all_of(message, [](char c) { return c >= ' ' && c <= '~'; })) << message;
  EXPECT_EQ(refused.error().error, "AUTHENTICATION_ERROR");
  EXPECT_EQ(refused.error().status, 403);
  auto result = signed_request();
  result.target = "/face/v1.2/sdk/get_result";
  const auto other = GatewayRequest::read(result)->check_signature(bytes_of("other"));
  EXPECT_EQ(other.error().error, "INVALID_SIGN");
}

TEST(GatewayRequestTest, AnswersWhatWasNotRead) {
  auto request = signed_request();
  request.body_too_large = true;
  EXPECT_EQ(GatewayRequest::read(request).error().status, 413);
  request = signed_request();
  request.overloaded = true;
  EXPECT_EQ(GatewayRequest::read(request).error().error, "CONCURRENCY_LIMIT_EXCEEDED");
  EXPECT_EQ(GatewayRequest::read(request).error().status, 403);
  request.target = "/face/v1.2/sdk/get_result";
  EXPECT_EQ(GatewayRequest::read(request).error().status, 429);
}

}  // namespace
}  // namespace selfsame::adapters::megvii
