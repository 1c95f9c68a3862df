// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <gtest/gtest.h>

namespace selfsame {
namespace {

void check(std::string_view text, std::optional<std::string_view> expected) {
  const auto bytes = from_base64(text);
  ASSERT_EQ(bytes.has_value(), expected.has_value()) << text;
  if (expected) {
    EXPECT_EQ(text_of(*bytes), *expected);
    EXPECT_EQ(to_base64(*bytes), text);
  }
}

TEST(Base64, Rfc4648Examples) {
  check("", "");
  check("Zg==", "f");
  check("Zm8=", "fo");
  check("Zm9v", "foo");
  check("Zm9vYmFy", "foobar");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const auto* text :
       {"Zg",
        "Zg=",
        "Z===",
        "====",
        "Zm9v\n",
        "Zm9\nv",
        "Zm 9v===",
        "data:image/jpeg;base64,Zm9v",
        "Zm9v-_8=",
        "Zm9=vYmF",
        "Zh==",
        "Zm9vZm9="}) {
    check(text, std::nullopt);
  }
}

TEST(Base64, LongInputsBothWays) {
  Bytes bytes(100003);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 7);
  EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  std::string text = to_base64(bytes);
  text[50000] = '*';
  EXPECT_FALSE(from_base64(text));
}

}  // namespace
}  // namespace selfsame
