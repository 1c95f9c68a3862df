// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/routes.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <set>
#include <string>

#include "adapters/native/openapi.h"
#include "adapters/native/rate_limit.h"

namespace selfsame::adapters::native {
namespace {

using namespace std::chrono_literals;

TEST(Routes, APathHasOneSpelling) {
  const Found found = find_route("GET", "/v1/verifications/abc/best-frame");
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.route->path, "/v1/verifications/{}/best-frame");
  EXPECT_EQ(found.name, "abc");
  for (const char* path :
       {"/v1/",
        "/v1/verifications/",
        "/v1/verifications//best-frame",
        "/v1/verifications/a/b",
        "/v1/verifications/a/best-frame/",
        "/v1//verifications",
        "/v1/sessions/",
        "/v1/sessions/a/",
        "/v1/sessions//end",
        "/v1/sessions/a/../end",
        "/v1/webhook/",
        "/v1/%76erifications",
        "/v1/verifications/a/b/best-frame"}) {
    EXPECT_TRUE(find_route("GET", path).allowed.empty()) << path;
  }
}

TEST(Routes, AnotherMethodIsToldWhichAreRight) {
  const Found found = find_route("PATCH", "/v1/webhook");
  EXPECT_EQ(found.route, nullptr);
  EXPECT_EQ(found.allowed, "PUT, GET, DELETE");
  EXPECT_EQ(find_route("get", "/v1/webhook").route, nullptr);
}

TEST(Routes, BodiesAreBoundedByWhatTheyCarry) {
  EXPECT_EQ(body_bytes_max("/v1/verifications", 1000), 1000U);
  EXPECT_EQ(body_bytes_max("/v1/sessions/t/end", 1000), 4096U);
  EXPECT_EQ(body_bytes_max("/v1/sessions/t/evidence", 1000), 8U << 20);
  EXPECT_EQ(body_bytes_max("/v1/nothing", 1000), 0U);
}

/// The document that is served names exactly what is served.
TEST(Routes, AreThoseOfTheDocument) {
  const auto document = boost::json::parse(openapi_text());
  std::set<std::string> described;
  for (const auto& path : document.at("paths").as_object()) {
    std::string pattern(path.key());
    if (const auto begin = pattern.find('{'); begin != std::string::npos) {
      pattern.replace(begin, pattern.find('}') - begin + 1, "{}");
    }
    for (const auto& operation : path.value().as_object()) {
      std::string method(operation.key());
      if (method == "parameters") continue;
      for (char& c : method) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      described.insert(method + " " + pattern);
      const auto* security = operation.value().as_object().if_contains("security");
      const Found found = find_route(method, pattern);
      ASSERT_NE(found.route, nullptr) << method << " " << pattern;
      EXPECT_EQ(found.route->access == Access::customer, security == nullptr) << pattern;
    }
  }
  std::set<std::string> served;
  for (const Route& route : routes()) {
    served.insert(std::string(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(described, served);
}

TEST(RateLimit, AllowsABurstAndThenAPace) {
  RateLimit limit(5, 2);
  const RateLimit::Time start{1h};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limit.allows("a", start)) << i;
  EXPECT_FALSE(limit.allows("a", start));
  EXPECT_TRUE(limit.allows("b", start));
  EXPECT_FALSE(limit.allows("a", start + 400ms));
  EXPECT_TRUE(limit.allows("a", start + 500ms));
  EXPECT_FALSE(limit.allows("a", start + 600ms));
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += limit.allows("a", start + 1h) ? 1 : 0;
  EXPECT_EQ(allowed, 5);
}

}  // namespace
}  // namespace selfsame::adapters::native
