// SPDX-License-Identifier: Apache-2.0
#include "core/page_wishes.h"

#include <gtest/gtest.h>

namespace selfsame::core {
namespace {

TEST(PageWishes, NothingIsAWish) {
  EXPECT_TRUE(check(PageWishes{}));
}

TEST(PageWishes, WhatAPageCanShowIsTaken) {
  PageWishes wishes;
  wishes.language = "zh-Hans";
  wishes.theme_colour = "#0a84FF";
  wishes.redirect_url = std::string(kRedirectUrlBytesMax, 'u');
  wishes.token_parameter = "token";
  EXPECT_TRUE(check(wishes));
}

TEST(PageWishes, WhatCouldBeMoreThanThatIsNot) {
  for (const char* language : {"zh Hans", "en;x", "../en", "\xc3\xa9"}) {
    EXPECT_FALSE(check(PageWishes{.language = language})) << language;
  }
  EXPECT_FALSE(check(PageWishes{.language = std::string(36, 'a')}));
  for (const char* colour : {"red", "#fff", "#12345g", "#1234567", "0a84ff0", "#0a84f;"}) {
    EXPECT_FALSE(check(PageWishes{.theme_colour = colour})) << colour;
  }
  EXPECT_FALSE(check(PageWishes{.redirect_url = std::string(kRedirectUrlBytesMax + 1, 'u')}));
  for (const char* name : {"a=b", "a&b", "to ken", "#"}) {
    EXPECT_FALSE(check(PageWishes{.token_parameter = name})) << name;
  }
}

}  // namespace
}  // namespace selfsame::core
