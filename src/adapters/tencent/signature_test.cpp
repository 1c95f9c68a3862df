// SPDX-License-Identifier: Apache-2.0
// tests/conformance/tencent/vectors.json: canonical request, string to sign, key and signature as
// the vendor's own signers give them.
#include <gtest/gtest.h>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>

#include "adapters/tencent/request.h"
#include "adapters/tencent/signature_tc3.h"
#include "adapters/tencent/signature_v1.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;

json::array vectors() {
  std::ifstream file(std::string(SELFSAME_SOURCE_DIR) + "/tests/conformance/tencent/vectors.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return json::parse(text).as_array();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::string& value = object.at(name).as_string();
  return {value.begin(), value.end()};
}

http::Request request_of(const json::object& vector) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.body = text_of(vector, "body");
  for (const auto& [name, value] : vector.at("headers").as_object()) {
    request.headers.add(std::string(name), std::string(value.as_string()));
  }
  return request;
}

TEST(Tc3Test, Vectors) {
  int seen = 0;
  for (const json::value& value : vectors()) {
    const json::object& vector = value.as_object();
    if (!vector.contains("headers")) continue;
    const http::Request request = request_of(vector);
    const std::string header(*request.headers.find("authorization"));
    const auto authorization = parse_tc3(header);
    ASSERT_TRUE(authorization) << header;
    EXPECT_EQ(authorization->secret_id, text_of(vector, "secret_id"));
    EXPECT_EQ(authorization->signature, text_of(vector, "signature"));

    const std::string expected = text_of(vector, "canonical_request");
    const bool with_port = expected.find("host:127.0.0.1:8080") != std::string::npos;
    const std::string hash = tc3_body_hash(request);
    const std::string canonical = tc3_canonical_request(
        request, *authorization, with_port ? "127.0.0.1:8080" : "127.0.0.1", false, hash
    );
    EXPECT_EQ(canonical, expected);
    const std::string timestamp(*request.headers.find("x-tc-timestamp"));
    EXPECT_EQ(
        tc3_string_to_sign(*authorization, timestamp, canonical), text_of(vector, "string_to_sign")
    );
    const std::string secret = text_of(vector, "secret_key");
    EXPECT_EQ(
        to_hex(tc3_signing_key(bytes_of(secret), *authorization)),
        text_of(vector, "signing_key_hex")
    );
    EXPECT_TRUE(is_tc3_signature(request, *authorization, timestamp, hash, bytes_of(secret)));
    EXPECT_FALSE(is_tc3_signature(request, *authorization, timestamp, hash, bytes_of("other")));
    EXPECT_FALSE(is_tc3_signature(request, *authorization, "1767225601", hash, bytes_of(secret)));
    ++seen;
  }
  EXPECT_EQ(seen, 3);
}

TEST(V1Test, Vectors) {
  int seen = 0;
  for (const json::value& value : vectors()) {
    const json::object& vector = value.as_object();
    if (!vector.contains("params")) continue;
    std::string form;
    for (const auto& [name, parameter] : vector.at("params").as_object()) {
      form += std::string(name) + "=" + std::string(parameter.as_string()) + "&";
    }
    std::string signature = text_of(vector, "signature");
    for (std::size_t at = 0; (at = signature.find('+', at)) != std::string::npos;) {
      signature.replace(at, 1, "%2B");
    }
    const auto signed_form = Parameters::from_form(form + "Signature=" + signature);
    const std::string body = form + "Signature=" + signature;
    const auto parameters = Parameters::from_form(body);
    ASSERT_TRUE(parameters);
    EXPECT_EQ(
        v1_string_to_sign("POST", "127.0.0.1:8080", *parameters), text_of(vector, "string_to_sign")
    );
    const std::string secret = text_of(vector, "secret_key");
    EXPECT_TRUE(is_v1_signature("POST", "127.0.0.1:8080", *parameters, bytes_of(secret)));
    EXPECT_FALSE(is_v1_signature("GET", "127.0.0.1:8080", *parameters, bytes_of(secret)));
    EXPECT_FALSE(is_v1_signature("POST", "127.0.0.1", *parameters, bytes_of(secret)));
    EXPECT_FALSE(is_v1_signature("POST", "127.0.0.1:8080", *parameters, bytes_of("other")));
    ++seen;
  }
  EXPECT_EQ(seen, 2);
}

// Is it accepted as signed by `secret`, wherever it is read from?
bool is_accepted(const http::Request& request, std::string_view secret) {
  const auto read = SignedRequest::read(request, SizeLimits{});
  return read && read->fingerprint_if_signed(bytes_of(secret)).has_value();
}

TEST(Tc3Test, RefusesEveryChangedByte) {
  for (const json::value& value : vectors()) {
    const json::object& vector = value.as_object();
    if (!vector.contains("headers")) continue;
    const http::Request good = request_of(vector);
    const std::string secret = text_of(vector, "secret_key");
    ASSERT_TRUE(is_accepted(good, secret));
    for (std::size_t at = 0; at < good.body.size(); ++at) {
      http::Request changed = good;
      changed.body[at] = static_cast<char>(changed.body[at] ^ 1);
      EXPECT_FALSE(is_accepted(changed, secret)) << "body " << at;
    }
    const bool signs_port =
        text_of(vector, "canonical_request").find("host:127.0.0.1:8080") != std::string::npos;
    for (const auto& [name, text] : good.headers.all()) {
      const std::string lower = boost::algorithm::to_lower_copy(name);
      const bool is_signed = lower == "authorization" || lower == "content-type" ||
                             lower == "host" || lower == "x-tc-timestamp";
      if (!is_signed) continue;
      for (std::size_t at = 0; at < text.size(); ++at) {
        // Node signs the host without its port.
        if (lower == "host" && !signs_port && at >= text.find(':')) break;
        http::Request changed = good;
        changed.headers = {};
        for (const auto& [other, kept] : good.headers.all()) {
          std::string copy = kept;
          if (other == name) copy[at] = static_cast<char>(copy[at] ^ 1);
          changed.headers.add(other, copy);
        }
        // The key's name says whose secret it is; here there is but one.
        const auto read = SignedRequest::read(changed, SizeLimits{});
        if (read && read->secret_id() != text_of(vector, "secret_id")) continue;
        EXPECT_FALSE(is_accepted(changed, secret)) << name << " " << at;
      }
    }
    http::Request elsewhere = good;
    elsewhere.target = "/?x";
    EXPECT_FALSE(is_accepted(elsewhere, secret));
  }
}

TEST(V1Test, RefusesEveryChangedByte) {
  constexpr std::string_view kSecret = "SecretExample";
  const std::string form =
      "Action=CompareFaceLiveness&Nonce=11886&SecretId=AKIDexample&SignatureMethod=HmacSHA256&"
      "Timestamp=1767225600&Version=2018-03-01&Config.AutoSkip=true&Extra=a+b";
  const auto request_with = [](const std::string& body) {
    http::Request request;
    request.method = "POST";
    request.target = "/";
    request.body = body;
    request.headers.add("Host", "127.0.0.1:8080");
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    return request;
  };
  const auto unsigned_form = Parameters::from_form(form);
  ASSERT_TRUE(unsigned_form);
  std::string signature = to_base64(hmac_sha256(
      bytes_of(kSecret), bytes_of(v1_string_to_sign("POST", "127.0.0.1:8080", *unsigned_form))
  ));
  for (std::size_t at = 0; (at = signature.find('+', at)) != std::string::npos;) {
    signature.replace(at, 1, "%2B");
  }
  const std::string good = form + "&Signature=" + signature;
  ASSERT_TRUE(is_accepted(request_with(good), kSecret));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int bit : {1, 2, 4, 8}) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      const auto request = request_with(changed);
      const auto read = SignedRequest::read(request, SizeLimits{});
      if (read && read->secret_id() != "AKIDexample") continue;
      EXPECT_FALSE(is_accepted(request, kSecret)) << at << " " << changed;
    }
  }
}

TEST(V1Test, SortsAfterUnderscoresBecameDots) {
  const std::string form = "a_b=1&a.a=2&aB=3&Signature=x&Z=%26+";
  const auto parameters = Parameters::from_form(form);
  ASSERT_TRUE(parameters);
  EXPECT_EQ(v1_string_to_sign("GET", "h", *parameters), "GETh/?Z=& &a.a=2&a.b=1&aB=3");
}

TEST(Tc3Test, RefusesMisshapenAuthorizations) {
  const std::string good =
      "TC3-HMAC-SHA256 Credential=id/2026-01-01/faceid/tc3_request, "
      "SignedHeaders=content-type;host, Signature=" +
      std::string(64, 'a');
  ASSERT_TRUE(parse_tc3(good));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  const std::vector<std::string> bad = {
      "",
      "TC3-HMAC-SHA256",
      "TC3-HMAC-SHA256 ",
      "TC3-HMAC-SHA256x Credential=a",
      with("TC3-HMAC-SHA256", "ACS3-HMAC-SHA256"),
      with("id/", "/"),
      with("/tc3_request", "/tc4_request"),
      with("/tc3_request", "/x/tc3_request"),
      with("faceid/", "/"),
      with("2026-01-01", "20260101"),
      with("content-type;", ""),
      with(";host", ""),
      with("content-type;host", "content-type;host;host"),
      good + "a",
      good + ", Signature=" + std::string(64, 'a'),
      good + ", Other=1",
      good.substr(0, good.size() - 1) + "A",
  };
  for (const std::string& text : bad) {
    if (text == good) continue;
    EXPECT_FALSE(parse_tc3(text)) << text;
  }
}

TEST(Tc3Test, ServiceMayHaveAColon) {
  const std::string text =
      "TC3-HMAC-SHA256 Credential=id/2026-01-01/localhost:8080/tc3_request,"
      "SignedHeaders=content-type;host,Signature=" +
      std::string(64, '0');
  const auto parsed = parse_tc3(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->service, "localhost:8080");
}

TEST(Tc3Test, QueryIsSignedByteForByte) {
  http::Request request;
  request.method = "GET";
  request.target = "/?b=x+y&a=%7e%20z";
  request.body = "not part of it";
  const Tc3Authorization authorization{
      .secret_id = "id",
      .date = "2026-01-01",
      .service = "s",
      .signed_headers = "content-type;host",
      .signature = {}
  };
  EXPECT_EQ(
      tc3_canonical_request(request, authorization, "h:1", false, tc3_body_hash(request)),
      "GET\n/\nb=x+y&a=%7e%20z\ncontent-type:\nhost:h:1\n\ncontent-type;host\n"
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  );
}

}  // namespace
}  // namespace selfsame::adapters::tencent
