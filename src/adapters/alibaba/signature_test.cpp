// SPDX-License-Identifier: Apache-2.0
// tests/conformance/alibaba/vectors.json: what the vendor's own signers give; and that nothing that
// a signature covers can be changed.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "adapters/alibaba/request.h"
#include "adapters/alibaba/signature_acs3.h"
#include "adapters/alibaba/signature_rpc.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "http/form.h"

namespace selfsame::adapters::alibaba {
namespace {

namespace json = boost::json;

constexpr std::string_view kSecret = "SecretExample";
const Timestamp kSignedAt{std::chrono::seconds{1767225600}};

json::object vector_named(std::string_view name) {
  std::ifstream file(std::string(SELFSAME_SOURCE_DIR) + "/tests/conformance/alibaba/vectors.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const json::value vectors = json::parse(text);
  for (const json::value& value : vectors.as_array()) {
    if (value.at("name").as_string() == name) return value.as_object();
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::string& value = object.at(name).as_string();
  return {value.begin(), value.end()};
}

std::string encoded(const json::object& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    const json::string& plain = value.as_string();
    text += std::string(name) + "=";
    text += http::percent_encode({plain.data(), plain.size()}) + "&";
  }
  text.pop_back();
  return text;
}

http::Request rpc_request() {
  const json::object vector = vector_named("alibaba rpc v1");
  http::Request request;
  request.method = "POST";
  request.target = "/?" + encoded(vector.at("params").as_object()) +
                   "&Signature=" + http::percent_encode(text_of(vector, "signature"));
  return request;
}

http::Request acs3_request() {
  const json::object vector = vector_named("alibaba acs3");
  http::Request request;
  request.method = "POST";
  request.target = "/?" + encoded(vector.at("query").as_object());
  std::string names;
  for (const auto& [name, value] : vector.at("headers").as_object()) {
    request.headers.add(std::string(name), std::string(value.as_string()));
    names += (names.empty() ? "" : ";") + std::string(name);
  }
  request.headers.add(
      "Authorization",
      "ACS3-HMAC-SHA256 Credential=AKIDexample,SignedHeaders=" + names +
          ",Signature=" + text_of(vector, "signature")
  );
  return request;
}

/// Read, in time and signed.
bool is_accepted(const http::Request& request, std::string_view secret = kSecret) {
  const auto read = SignedRequest::read(request);
  return read && read->check_time(kSignedAt) && read->check_signature(bytes_of(secret));
}

std::string code_of(const http::Request& request, Timestamp now = kSignedAt) {
  auto read = SignedRequest::read(request);
  if (!read) return read.error().code;
  if (auto timely = read->check_time(now); !timely) return timely.error().code;
  if (auto right = read->check_signature(bytes_of(kSecret)); !right) return right.error().code;
  return "OK";
}

TEST(RpcSignatureTest, Vector) {
  const json::object vector = vector_named("alibaba rpc v1");
  const http::Request request = rpc_request();
  const auto parameters = Parameters::from(request.query(), {});
  ASSERT_TRUE(parameters);
  EXPECT_EQ(canonical_query(*parameters, "Signature"), text_of(vector, "canonical_query"));
  EXPECT_EQ(rpc_string_to_sign("POST", *parameters), text_of(vector, "string_to_sign"));
  EXPECT_TRUE(is_accepted(request));
  EXPECT_FALSE(is_accepted(request, "another secret"));
}

TEST(RpcSignatureTest, CountsParametersWhereverTheyAre) {
  const http::Request in_query = rpc_request();
  http::Request in_form = in_query;
  in_form.target = "/";
  in_form.body = in_query.query();
  EXPECT_TRUE(is_accepted(in_form)) << "no Content-Type";
  in_form.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_TRUE(is_accepted(in_form));

  http::Request in_both = in_form;
  const std::size_t cut = in_query.target.find("&To=");
  in_both.target = in_query.target.substr(0, cut);
  in_both.body = in_query.target.substr(cut + 1);
  EXPECT_TRUE(is_accepted(in_both));

  in_both.target += "&To=628131234567";
  EXPECT_EQ(code_of(in_both), "InvalidParameter") << "twice";
}

TEST(RpcSignatureTest, DecodesAndEncodesAgain) {
  http::Request request = rpc_request();
  const auto replace = [&](std::string_view from, std::string_view to) {
    request.target.replace(request.target.find(from), from.size(), to);
  };
  replace("a%20%2A~%20%2B", "a+*%7E+%2b");  // as Java writes it
  EXPECT_TRUE(is_accepted(request));
}

TEST(RpcSignatureTest, TellsTheStringToSignBehindTheFirstColon) {
  const http::Request request = rpc_request();
  const auto read = SignedRequest::read(request);
  ASSERT_TRUE(read);
  const auto refused = read->check_signature(bytes_of("another secret"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 400);
  EXPECT_EQ(refused.error().code, "SignatureDoesNotMatch");
  const std::string& message = refused.error().message;
  EXPECT_EQ(
      message.substr(message.find(':') + 1),
      text_of(vector_named("alibaba rpc v1"), "string_to_sign")
  );
}

TEST(Acs3SignatureTest, Vector) {
  const json::object vector = vector_named("alibaba acs3");
  const http::Request request = acs3_request();
  const auto authorization = parse_acs3(*request.headers.find("authorization"));
  ASSERT_TRUE(authorization);
  EXPECT_EQ(authorization->access_key_id, "AKIDexample");
  const auto query = Parameters::from(request.query(), {});
  ASSERT_TRUE(query);
  const auto canonical = acs3_canonical_request(request, *authorization, *query);
  ASSERT_TRUE(canonical);
  EXPECT_EQ(*canonical, text_of(vector, "canonical_request"));
  EXPECT_EQ(acs3_string_to_sign(*canonical), text_of(vector, "string_to_sign"));
  EXPECT_TRUE(is_accepted(request));
  EXPECT_FALSE(is_accepted(request, "another secret"));
}

TEST(Acs3SignatureTest, SignsTheFormByItsHash) {
  http::Request request = acs3_request();
  request.body = "ConversionRate=0.5";
  EXPECT_EQ(code_of(request), "IncompleteSignature") << "not the body that was hashed";
}

TEST(Acs3SignatureTest, RefusesMisshapenAuthorizations) {
  const http::Request request = acs3_request();
  const std::string good(*request.headers.find("authorization"));
  ASSERT_TRUE(parse_acs3(good));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::string> bad = {
      "",
      "ACS3-HMAC-SHA256",
      "ACS3-HMAC-SHA256 ",
      with("ACS3-HMAC-SHA256", "ACS3-HMAC-SM3"),
      with("ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256x"),
      with("AKIDexample", ""),
      with("x-acs-action;", ""),
      with("x-acs-content-sha256;", ""),
      with("x-acs-date;", ""),
      with("x-acs-signature-nonce;", ""),
      with(";x-acs-version", ""),
      with("host;", "host;host;"),
      with("Signature=c", "Signature=C"),
      good + "a",
      good.substr(0, good.size() - 1),
      good + ",Signature=" + std::string(64, 'a'),
      good + ",Other=1",
  };
  for (const std::string& text : bad) EXPECT_FALSE(parse_acs3(text)) << text;
  EXPECT_TRUE(parse_acs3(with("host;", ""))) << "the vendor's Java core SDK";
}

TEST(SignatureTest, RefusesEveryChangedByte) {
  for (const http::Request& good : {rpc_request(), acs3_request()}) {
    ASSERT_TRUE(is_accepted(good));
    for (std::size_t at = 2; at < good.target.size(); ++at) {
      for (const int bit : {1, 2, 4}) {
        http::Request changed = good;
        changed.target[at] = static_cast<char>(changed.target[at] ^ bit);
        // Digits of %XX may change their case, which is the same byte.
        const auto pairs = http::parse_form(changed.query());
        if (pairs && *pairs == *http::parse_form(good.query())) continue;
        EXPECT_FALSE(is_accepted(changed)) << at << " " << changed.target;
      }
    }
    http::Request by_get = good;
    by_get.method = "GET";
    EXPECT_FALSE(is_accepted(by_get));
  }
  const http::Request good = acs3_request();
  for (std::size_t field = 0; field < good.headers.all().size(); ++field) {
    const std::string& value = good.headers.all()[field].second;
    for (std::size_t at = 0; at < value.size(); ++at) {
      http::Request changed = good;
      changed.headers = {};
      for (std::size_t i = 0; i < good.headers.all().size(); ++i) {
        auto [name, text] = good.headers.all()[i];
        if (i == field) text[at] = static_cast<char>(text[at] ^ 1);
        changed.headers.add(name, text);
      }
      // The key's name says whose secret it is; here there is but one.
      const auto read = SignedRequest::read(changed);
      if (read && read->access_key_id() != "AKIDexample") continue;
      EXPECT_FALSE(is_accepted(changed)) << good.headers.all()[field].first << " " << at;
    }
  }
}

TEST(SignedRequestTest, RefusesWhatWasNotRead) {
  // code: rpc RequestEntityTooLarge, ServiceUnavailable
  http::Request large = rpc_request();
  large.body_too_large = true;
  EXPECT_EQ(code_of(large), "RequestEntityTooLarge");
  http::Request long_line = acs3_request();
  long_line.target_too_large = true;
  EXPECT_EQ(code_of(long_line), "RequestEntityTooLarge");
  http::Request crowded = rpc_request();
  crowded.overloaded = true;
  EXPECT_EQ(code_of(crowded), "ServiceUnavailable");
}

TEST(SignedRequestTest, RefusesWhatIsOutOfTime) {
  for (const http::Request& request : {rpc_request(), acs3_request()}) {
    const auto window = std::chrono::seconds(kSignatureWindow);
    EXPECT_EQ(code_of(request, kSignedAt + window), "OK");
    EXPECT_EQ(code_of(request, kSignedAt - window), "OK");
    const std::string expired = "InvalidTimeStamp.Expired";
    EXPECT_EQ(code_of(request, kSignedAt + window + std::chrono::seconds(1)), expired);
    EXPECT_EQ(code_of(request, kSignedAt - window - std::chrono::seconds(1)), expired);
  }
}

TEST(SignedRequestTest, RefusesTimesThatAreNone) {
  // code: rpc IllegalTimestamp
  for (const std::string_view time :
       {"2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:0-Z",
        "1767225600",
        "+026-01-01T00:00:00Z",
        "2026-01-01T00:00:00ZZ"}) {
    http::Request request = rpc_request();
    const std::string_view good = "2026-01-01T00%3A00%3A00Z";
    request.target.replace(request.target.find(good), good.size(), http::percent_encode(time));
    EXPECT_EQ(code_of(request), "IllegalTimestamp") << time;
  }
}

TEST(SignedRequestTest, NamesWhatIsMissing) {
  // code: rpc Missing<parameter>
  for (const std::string_view name :
       {"AccessKeyId",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "Version",
        "Action"}) {
    http::Request request = rpc_request();
    const std::string joint = name == "AccessKeyId" ? "?" : "&";
    const std::size_t at = request.target.find(joint + std::string(name) + "=");
    request.target.insert(at + 1, "X");
    EXPECT_EQ(code_of(request), "Missing" + std::string(name));
  }
}

TEST(SignedRequestTest, RefusesTextThatIsNone) {
  // code: rpc InvalidParameter
  for (const std::string_view value : {"%FF", "%00", "%ED%A0%80", "%2", "%zz"}) {
    http::Request request = rpc_request();
    request.target += "&Extra=" + std::string(value);
    EXPECT_EQ(code_of(request), "InvalidParameter") << value;
  }
}

TEST(SignedRequestTest, RefusesOtherSignersAndTemporaryKeys) {
  // code: rpc IncompleteSignature, InvalidSecurityToken.Malformed
  http::Request request = rpc_request();
  request.target.replace(request.target.find("HMAC-SHA1"), 9, "HMAC-SHA2");
  EXPECT_EQ(code_of(request), "IncompleteSignature");
  request = rpc_request();
  request.target += "&SecurityToken=x";
  EXPECT_EQ(code_of(request), "InvalidSecurityToken.Malformed");
  request = acs3_request();
  request.headers.add("x-acs-security-token", "x");
  EXPECT_EQ(code_of(request), "InvalidSecurityToken.Malformed");
  request = acs3_request();
  request.headers.add("x-acs-action", "BatchSendMessageToGlobe");
  EXPECT_EQ(code_of(request), "IncompleteSignature") << "a signed header twice";
}

TEST(SignedRequestTest, NamesANonceByKeyAndRemembersItLongEnough) {
  const http::Request by_rpc = rpc_request();
  const http::Request by_acs3 = acs3_request();
  const auto rpc = SignedRequest::read(by_rpc);
  const auto acs3 = SignedRequest::read(by_acs3);
  ASSERT_TRUE(rpc && acs3);
  EXPECT_NE(rpc->nonce_name(), acs3->nonce_name());
  const auto slack = kSignatureWindow + std::chrono::seconds(1);
  const auto late = kSignedAt + std::chrono::minutes(14);
  const auto early = kSignedAt - std::chrono::minutes(14);
  EXPECT_EQ(rpc->expires_at(late), late + slack);
  EXPECT_EQ(rpc->expires_at(early), kSignedAt + slack);
}

}  // namespace
}  // namespace selfsame::adapters::alibaba
