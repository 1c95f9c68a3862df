// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.h"

#include <gtest/gtest.h>

namespace selfsame::http {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=XX";

std::string part(const std::string& name, const std::string& content) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
}

TEST(Multipart, ReadsPartsAsViewsOfTheBody) {
  const std::string jpeg("\xff\xd8\r\n--X\0\r\n\r\n", 12);
  const auto body =
      "\r\n--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f.jpg\"\r\n"
      "Content-Type: image/jpeg\r\n\r\n" +
      jpeg + "\r\n" + part("b", "") + part("a", "--XXY") + part("c", "\r\n") +
      "--XX--\r\nepilogue --XX";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 4u);
  EXPECT_EQ(parts->at(0).name, "a");
  EXPECT_EQ(parts->at(0).filename, "f.jpg");
  EXPECT_EQ(parts->at(0).content_type, "image/jpeg");
  EXPECT_EQ(parts->at(0).content, jpeg);
  EXPECT_GE(parts->at(0).content.data(), body.data());
  EXPECT_EQ(parts->at(1).name, "b");
  EXPECT_EQ(parts->at(1).content, "");
  EXPECT_FALSE(parts->at(1).filename);
  EXPECT_EQ(parts->at(2).content, "--XXY");
  EXPECT_EQ(parts->at(3).content, "\r\n");
}

TEST(Multipart, ReadsTheBoundaryInItsForms) {
  const auto body = part("a", "1") + "--XX--";
  const auto check = [&](std::string_view type, bool expected) {
    const auto parts = parse_multipart(type, body);
    EXPECT_EQ(parts.has_value(), expected) << type;
    if (!parts) EXPECT_EQ(parts.error().code, Errc::malformed_request);
  };
  check("multipart/form-data; boundary=XX", true);
  check("Multipart/Form-Data;BOUNDARY=\"XX\"", true);
  check("multipart/form-data; charset=utf-8; boundary=XX ;", true);
  check("multipart/form-data; boundary=\"X\\X\"", false);
  check("multipart/form-data; boundary=\"XX", false);
  check("multipart/form-data; boundary=\"XX\" junk", false);
  check("multipart/form-data; boundary=", false);
  check("multipart/form-data; boundary=XX; boundary=XX", false);
  check("multipart/form-data; boundary=X\r\nX", false);
  check("multipart/form-data; boundary=" + std::string(71, 'X'), false);
  check("multipart/form-data", false);
  check("multipart/mixed; boundary=XX", false);
  check("", false);
}

TEST(Multipart, ReadsNamesAsClientsQuoteThem) {
  const auto check = [](const std::string& parameters, const std::string& name) {
    const auto body =
        "--XX\r\ncontent-disposition:form-data;" + parameters + "\r\n\r\nx\r\n--XX--\r\n";
    const auto parts = parse_multipart(kType, body);
    ASSERT_TRUE(parts) << parameters;
    EXPECT_EQ(parts->at(0).name, name);
    EXPECT_EQ(parts->at(0).content, "x");
  };
  check("name=a", "a");
  check(" name=\"a\"", "a");
  check(" NAME = \"a;b=c\"", "a;b=c");
  check(" filename=\"C:\\dir\\x\"; name=\"q\\\"q\"", "q\"q");
  check(" name=\"é\"; filename*=UTF-8''e", "é");
}

TEST(Multipart, RefusesBrokenBodies) {
  const std::string end = "--XX--\r\n";
  const std::string head = "Content-Disposition: form-data; name=\"a\"\r\n";
  const auto check = [](const std::string& body) {
    const auto parts = parse_multipart(kType, body);
    ASSERT_FALSE(parts) << body;
    EXPECT_EQ(parts.error().code, Errc::malformed_request) << body;
  };
  check("");
  check("no boundary at all");
  check("preamble\r\n--XX--");
  check("--XX");
  check("--XX\r\n");
  check("--XX\r\n\r\n--XX--");                     // no name
  check("--XX\r\n" + head + "\r\ncontent");        // no end
  check("--XX\r\n" + head + "\r\ncontent--XX--");  // not on a line of its own
  check("--XX\r\n" + head + "content\r\n" + end);  // no empty line, and "content" is no field
  check("--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + end);
  check("--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n" + end);
  check("--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n" + end);
  check("--XX\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n" + end);
  check("--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n" + end);
  check("--XX\r\n" + head + head + "\r\nx\r\n" + end);
  check("--XX\r\n" + head + "Content-Transfer-Encoding: base64\r\n\r\nx\r\n" + end);
  check("--XX\r\n" + head + " folded\r\n\r\nx\r\n" + end);
  check("--XX\r\n" + head + "X: a\nb\r\n\r\nx\r\n" + end);
  check("--XX\r\n" + head + "X: " + std::string(9000, 'a') + "\r\n\r\nx\r\n" + end);
  check("--XX\n" + head + "\r\nx\r\n" + end);
  std::string many;
  for (int i = 0; i < 65; ++i) many += part("a", "x");
  check(many + end);
}

TEST(Multipart, TakesAnEmptyFormAndEmptyContent) {
  EXPECT_EQ(parse_multipart(kType, "--XX--").value().size(), 0u);
  // The empty line that ends the header is also the line end before the boundary.
  const auto parts =
      parse_multipart(kType, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).content, "");
}

TEST(Multipart, StaysLinearOnContentThatAlmostMatches) {
  std::string content;
  while (content.size() < (8u << 20)) content += "\r\n--X";
  // Whole delimiters that no line end follows; few, because sanitizers check all of the rest each
  // time.
  for (int i = 0; i < 1000; ++i) content += "\r\n--XXX";
  const auto body = part("a", content) + "--XX--";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).content.size(), content.size());
}

}  // namespace
}  // namespace selfsame::http
