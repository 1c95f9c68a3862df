// SPDX-License-Identifier: Apache-2.0
#include "adapters/page/page_api.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

namespace selfsame::adapters::page {
namespace {

const Bytes kPlain = {'<', 'p', '>'};
const Bytes kGzip = {'g'};
const Bytes kBrotli = {'b'};

std::span<const PageFile> files() {
  static const std::array<PageFile, 2> kFiles = {{
      {.path = "index.html",
       .media_type = "text/html; charset=utf-8",
       .etag = "\"1\"",
       .plain = kPlain,
       .gzip = kGzip,
       .brotli = kBrotli},
      {.path = "assets/page-abc.js",
       .media_type = "text/javascript; charset=utf-8",
       .etag = "\"2\"",
       .plain = kPlain,
       .gzip = {},
       .brotli = {}},
  }};
  return kFiles;
}

/// Runs to its end at once: the ancestors are there.
http::Response answer_of(http::Request request, std::span<const PageFile> shown = files()) {
  const PageApi api(
      shown,
      [](std::string token, auto) -> boost::asio::awaitable<std::vector<std::string>> {
        std::vector<std::string> origins;
        if (token == "FRAMED-1") origins = {"https://shop.example", "https://app.example:8443"};
        co_return origins;
      }
  );
  boost::asio::io_context io;
  http::Response response;
  boost::asio::co_spawn(
      io,
      api.answer(std::move(request)),
      [&](std::exception_ptr, http::Response answer) { response = std::move(answer); }
  );
  io.run();
  return response;
}

http::Response get(
    const std::string& target, const std::string& header = "", const std::string& value = ""
) {
  http::Request request;
  request.method = "GET";
  request.target = target;
  if (!header.empty()) request.headers.add(header, value);
  return answer_of(request);
}

std::string header(const http::Response& response, const char* name) {
  return std::string(response.headers.find(name).value_or(""));
}

TEST(PageApi, ShowsThePageWhateverItsToken) {
  const auto page = get("/reflect/?token=AAAA-1");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page.body, "<p>");
  EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  EXPECT_EQ(get("/reflect/index.html").body, "<p>");
}

TEST(PageApi, SendsTheShortestThatTheBrowserTakes) {
  const auto body = [](const char* accepts) {
    const auto page = get("/reflect/", "Accept-Encoding", accepts);
    return page.body + header(page, "Content-Encoding");
  };
  EXPECT_EQ(body("gzip, deflate, br"), "bbr");
  EXPECT_EQ(body("gzip;q=0.5"), "ggzip");
  EXPECT_EQ(body("br;q=0, gzip"), "ggzip");
  EXPECT_EQ(body("br; q=0.000"), "<p>");
  EXPECT_EQ(body("brotli, x-gzip"), "<p>");
  EXPECT_EQ(get("/reflect/assets/page-abc.js", "Accept-Encoding", "br").body, "<p>");
}

TEST(PageApi, WhatHasAHashInItsNameIsKept) {
  const auto script = get("/reflect/assets/page-abc.js");
  EXPECT_EQ(header(script, "Cache-Control"), "public, max-age=31536000, immutable");
  const auto again = get("/reflect/", "If-None-Match", "\"1\"");
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(get("/reflect/", "If-None-Match", "\"2\"").status, 200);
}

TEST(PageApi, EveryAnswerIsProtected) {
  for (const char* target :
       {"/reflect/", "/reflect", "/reflect/none", "/reflect/assets/page-abc.js"}) {
    const auto answer = get(target);
    const std::string policy = header(answer, "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << target;
    EXPECT_EQ(policy.find("unsafe-inline"), std::string::npos) << target;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos) << target;
    EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer") << target;
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff") << target;
  }
}

TEST(PageApi, IsInFramesOfThoseWhoMayAlone) {
  const auto policy_of = [](const char* target) {
    const auto page = get(target);
    const std::string policy = header(page, "Content-Security-Policy");
    return policy.substr(policy.find("frame-ancestors")) + "|" + header(page, "X-Frame-Options");
  };
  EXPECT_EQ(
      policy_of("/reflect/?lang=th&token=FRAMED-1"),
      "frame-ancestors https://shop.example https://app.example:8443 |"
  );
  EXPECT_EQ(policy_of("/reflect/?token=OTHER"), "frame-ancestors 'none'|DENY");
  // The page reads the first of them; a name may be written in other ways.
  for (const char* two :
       {"/reflect/?%74oken=OTHER&token=FRAMED-1",
        "/reflect/?token=OTHER&token=FRAMED-1",
        "/reflect/?t=%&token=FRAMED-1"}) {
    EXPECT_EQ(policy_of(two), "frame-ancestors 'none'|DENY") << two;
  }
  EXPECT_EQ(policy_of("/reflect/?%74oken=FRAMED-1"), policy_of("/reflect/?token=FRAMED-1"));
  EXPECT_EQ(policy_of("/reflect/"), "frame-ancestors 'none'|DENY");
  EXPECT_EQ(policy_of("/reflect/none?token=FRAMED-1"), "frame-ancestors 'none'|DENY");
}

TEST(PageApi, NothingElseIsThere) {
  for (const char* target :
       {"/reflect/none", "/reflect/../index.html", "/reflect/assets/", "/reflect//index.html"}) {
    EXPECT_EQ(get(target).status, 404) << target;
  }
  const auto moved = get("/reflect?token=A");
  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(header(moved, "Location"), "reflect/?token=A");
  http::Request request;
  request.method = "POST";
  request.target = "/reflect/";
  EXPECT_EQ(answer_of(request).status, 405);
  EXPECT_EQ(answer_of(request, {}).status, 405);
  request.method = "GET";
  EXPECT_EQ(answer_of(request, {}).status, 404);
}

TEST(PageApi, ClaimsItsPathsOnly) {
  http::Request request;
  for (const auto& [target, claimed] : std::initializer_list<std::pair<const char*, bool>>{
           {"/reflect", true},
           {"/reflect?token=A", true},
           {"/reflect/", true},
           {"/reflect/assets/x", true},
           {"/reflection", false},
           {"/", false},
           {"/v1/reflect/", false}
       }) {
    request.target = target;
    EXPECT_EQ(PageApi::claims(request), claimed) << target;
  }
}

}  // namespace
}  // namespace selfsame::adapters::page
