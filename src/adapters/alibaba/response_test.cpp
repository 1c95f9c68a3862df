// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/response.h"

#include <gtest/gtest.h>

namespace selfsame::adapters::alibaba {
namespace {

http::Request request_of(std::string target, std::string body = {}) {
  http::Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  request.request_id = "11111111-2222-4333-8444-55555555abcd";
  request.headers.add("Host", "sms.example:8080");
  return request;
}

const Fields kFields{
    {"Message", "a<b>&\"c \xE4\xB8\xAD\x01"},
    {"Code", 200},
    {"NumberDetail", Fields{{"Country", "Indonesia"}}}
};

TEST(AlibabaResponseTest, WritesXmlByDefault) {
  const auto response = render(kFields, "QueryMessage", rendering_of(request_of("/")));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/xml; charset=utf-8");
  EXPECT_EQ(
      response.body,
      "<?xml version='1.0' encoding='UTF-8'?><QueryMessageResponse>"
      "<Message>a&lt;b&gt;&amp;\"c \xE4\xB8\xAD </Message><Code>200</Code>"
      "<NumberDetail><Country>Indonesia</Country></NumberDetail>"
      "<RequestId>11111111-2222-4333-8444-55555555ABCD</RequestId></QueryMessageResponse>"
  );
}

TEST(AlibabaResponseTest, WritesNothingThatXmlCannotHold) {
  const Fields fields{{"Message", "a\uFFFEb\uFFFF\uFFFF\x0B\uFFFD"}};
  const auto response = render(fields, "QueryMessage", rendering_of(request_of("/")));
  EXPECT_NE(response.body.find("<Message>a b   \uFFFD</Message>"), std::string::npos)
      << response.body;
}

TEST(AlibabaResponseTest, WritesJsonWhereTheClientAsksForIt) {
  for (const auto& request :
       {request_of("/?Format=JSON"),
        request_of("/?a=b&Format=json"),
        request_of("/", "a=b&Format=Json")}) {
    const auto response = render(kFields, "QueryMessage", rendering_of(request));
    EXPECT_EQ(response.content_type, "application/json; charset=utf-8");
    EXPECT_EQ(
        response.body,
        "{\"Message\":\"a<b>&\\\"c \xE4\xB8\xAD\\u0001\",\"Code\":200,"
        "\"NumberDetail\":{\"Country\":\"Indonesia\"},"
        "\"RequestId\":\"11111111-2222-4333-8444-55555555ABCD\"}"
    );
  }
  http::Request acs3 = request_of("/");
  acs3.headers.add("Authorization", "ACS3-HMAC-SHA256 x");
  EXPECT_EQ(rendering_of(acs3).format, Format::json);
  EXPECT_EQ(rendering_of(request_of("/?XFormat=JSON")).format, Format::xml);
  EXPECT_EQ(rendering_of(request_of("/?Format=XML")).format, Format::xml);
}

TEST(AlibabaResponseTest, WritesErrorsWithTheirStatus) {
  const auto refused = refuse(Errc::unknown_key);
  const auto as_json = render(refused.value(), rendering_of(request_of("/?Format=JSON")));
  EXPECT_EQ(as_json.status, 404);
  EXPECT_EQ(
      as_json.body,
      R"({"RequestId":"11111111-2222-4333-8444-55555555ABCD","HostId":"sms.example:8080",)"
      R"("Code":"InvalidAccessKeyId.NotFound","Message":"Specified access key is not found.",)"
      R"("Recommend":""})"
  );
  EXPECT_EQ(as_json.headers.find("x-acs-request-id"), "11111111-2222-4333-8444-55555555ABCD");
  const auto as_xml = render(refused.value(), rendering_of(request_of("/")));
  EXPECT_EQ(
      as_xml.body,
      "<?xml version='1.0' encoding='UTF-8'?><Error>"
      "<RequestId>11111111-2222-4333-8444-55555555ABCD</RequestId>"
      "<HostId>sms.example:8080</HostId><Code>InvalidAccessKeyId.NotFound</Code>"
      "<Message>Specified access key is not found.</Message><Recommend></Recommend></Error>"
  );
}

TEST(AlibabaErrorsTest, NeverSayANumberAndKeepServerFaultsForOutages) {
  // code: rpc InternalError
  for (int i = 0; i <= static_cast<int>(Errc::expired); ++i) {
    const auto cause = static_cast<Errc>(i);
    const ApiError error = refuse(cause, "Subject").value();
    EXPECT_FALSE(error.code.empty());
    EXPECT_TRUE(error.code.front() >= 'A' && error.code.front() <= 'Z') << error.code;
    EXPECT_GE(error.status, 400);
    const bool is_outage = cause == Errc::overloaded || cause == Errc::deadline_exceeded ||
                           cause == Errc::storage_unavailable || cause == Errc::engine_failed ||
                           cause == Errc::integrity_failure;
    EXPECT_EQ(error.status >= 500, is_outage) << name_of(cause);
  }
  EXPECT_EQ(refuse(Errc::integrity_failure).value().code, "InternalError");
  EXPECT_EQ(refuse_missing("To").value().code, "MissingTo");
  const std::string long_text(1 << 20, 'a');
  EXPECT_LT(refuse_signature(long_text).value().message.size(), 100'000u);
}

TEST(AlibabaRequestTest, KnowsItsRequests) {
  EXPECT_TRUE(is_for_us(request_of("/?AccessKeyId=x")));
  EXPECT_TRUE(is_for_us(request_of("/", "a=1&AccessKeyId=x")));
  EXPECT_FALSE(is_for_us(request_of("/?XAccessKeyId=x")));
  EXPECT_FALSE(is_for_us(request_of("/?SecretId=x")));
  EXPECT_FALSE(is_for_us(request_of("/v1?AccessKeyId=x")));
  http::Request by_header = request_of("/");
  EXPECT_FALSE(is_for_us(by_header));
  by_header.headers.add("x-acs-action", "QueryMessage");
  EXPECT_TRUE(is_for_us(by_header));
  http::Request dropped = request_of("/");
  dropped.body_too_large = true;
  EXPECT_FALSE(is_for_us(dropped));
  dropped.headers.add("User-Agent", "AlibabaCloud (Linux) pop-core");
  EXPECT_TRUE(is_for_us(dropped));
}

}  // namespace
}  // namespace selfsame::adapters::alibaba
