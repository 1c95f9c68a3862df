// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace selfsame {
namespace {

TEST(Utf8Test, ReadsCharactersOfEveryLength) {
  EXPECT_EQ(characters_of("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"), U"a\u00E9\u4E2D\U0001F600");
  EXPECT_EQ(characters_of(""), U"");
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
}

TEST(Utf8Test, RefusesWhatIsNoCharacter) {
  const std::string_view bad[] = {
      "\x80",              // a continuation alone
      "\xC3",              // cut
      "\xE4\xB8",          // cut
      "\xF0\x9F\x98",      // cut
      "\xC3(",             // no continuation
      "\xC0\xAF",          // overlong
      "\xE0\x80\x80",      // overlong
      "\xF0\x80\x80\x80",  // overlong
      "\xED\xA0\x80",      // a surrogate
      "\xF4\x90\x80\x80",  // above U+10FFFF
      "\xFF",
  };
  for (const std::string_view text : bad) {
    EXPECT_FALSE(is_utf8(text));
    EXPECT_FALSE(is_utf8("a" + std::string(text)));
    EXPECT_EQ(characters_of(text), std::nullopt);
  }
}

TEST(Utf8Test, LeavesTheTextAtWhatIsNone) {
  std::string_view text = "a\xFF";
  EXPECT_EQ(take_character(text), U'a');
  EXPECT_EQ(take_character(text), std::nullopt);
  EXPECT_EQ(text, "\xFF");
}

}  // namespace
}  // namespace selfsame
