// SPDX-License-Identifier: Apache-2.0
#include "http/form.h"

#include <gtest/gtest.h>

namespace selfsame::http {
namespace {

TEST(Form, ParsesInOrder) {
  const auto check = [](std::string_view text, const FormPairs& expected) {
    const auto pairs = parse_form(text);
    ASSERT_TRUE(pairs) << text;
    EXPECT_EQ(*pairs, expected) << text;
  };
  check("", {});
  check("&&&", {});
  check("a=1", {{"a", "1"}});
  check("b=2&a=1&b=", {{"b", "2"}, {"a", "1"}, {"b", ""}});
  check("a", {{"a", ""}});
  check("=1", {{"", "1"}});
  check("=", {{"", ""}});
  check("a==", {{"a", "="}});
  check("a=x%3D%26%2B%25&&b=+%20", {{"a", "x=&+%"}, {"b", "  "}});
  check("%C3%A9=%e2%82%ac&a+b=c", {{"é", "€"}, {"a b", "c"}});
  check("SelectedWarningCodes.0=-9101", {{"SelectedWarningCodes.0", "-9101"}});
  check("a=%00", {{"a", std::string(1, '\0')}});
  check("a=?/;:@", {{"a", "?/;:@"}});
}

TEST(Form, RefusesBrokenPercentSigns) {
  for (const std::string_view text :
       {"a=%", "a=%4", "a=%4&b=1", "%zz=1", "a=%-1", "a=% 1", "a=%%20"}) {
    const auto pairs = parse_form(text);
    ASSERT_FALSE(pairs) << text;
    EXPECT_EQ(pairs.error().code, Errc::malformed_request) << text;
  }
}

TEST(Form, HasLimits) {
  FormLimits limits;
  limits.pairs_max = 2;
  limits.bytes_max = 10;
  EXPECT_TRUE(parse_form("a=1&b=2&&&", limits));
  EXPECT_EQ(parse_form("a&b&c", limits).error().code, Errc::malformed_request);
  EXPECT_EQ(parse_form("a=123456789", limits).error().code, Errc::payload_too_large);
}

TEST(Form, EncodesWhatItDecodes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
  EXPECT_EQ(percent_encode("aZ0-._~ +*/%\xff"), "aZ0-._~%20%2B%2A%2F%25%FF");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
}

}  // namespace
}  // namespace selfsame::http
