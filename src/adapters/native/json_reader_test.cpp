// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/json_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace selfsame::adapters::native {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(JsonObject, IsTakenAsItIs) {
  EXPECT_TRUE(parse_object(R"({})"));
  const auto object = parse_object(" {\"a\": [1, {\"b\": \"\\u0041\"}], \"c\": {}}\r\n");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->at("a").at(1).at("b").as_string(), "A");
}

TEST(JsonObject, WhatIsNoneIsRefused) {
  for (const std::string& text :
       {std::string(),
        std::string("null"),
        std::string("[]"),
        std::string("{"),
        std::string("{}{}"),
        std::string("{} x"),
        std::string("{\"a\":1,}"),
        std::string("{'a':1}"),
        std::string("{\"a\":NaN}"),
        std::string("{\"a\":01}"),
        std::string("{\"a\":\"\xff\"}"),
        std::string("{\"a\":\"\\ud800\"}"),
        std::string("\xef\xbb\xbf{}"),
        std::string("{\"a\":1,\"a\":1}"),
        std::string("{\"a\":1,\"\\u0061\":1}"),
        std::string("{\"a\":{\"b\":1,\"b\":2}}"),
        std::string("{\"a\":[{\"b\":1,\"b\":2}]}"),
        std::string("{\"a\":{\"b\":1,\"b\":2},\"a\":3}"),
        "{\"" + repeated("n", 1000) + "\":1}",
        repeated("[", 100'000),
        repeated("{\"a\":", 100'000),
        "{\"a\":[" + repeated("[],", 100'000) + "[]]}",
        "{\"a\":[" + repeated("1,", 300) + "1]}",
        "{\"a\":\"" + repeated("x", 5000) + "\"}"}) {
    const auto object = parse_object(text);
    ASSERT_FALSE(object) << text.substr(0, 100);
    EXPECT_EQ(object.error().code, Errc::malformed_request);
  }
}

struct Values {
  bool flag = true;
  int count = 7;
  double share = 0.5;
  std::string text = "as it was";
  std::vector<std::string> texts;
  std::vector<double> numbers;
};

Result<void> read(std::string_view text, Values& values) {
  SELFSAME_TRY(object, parse_object(text));
  JsonReader reader(object);
  reader.boolean("flag", values.flag);
  reader.integer("count", values.count, 1, 9);
  reader.number("share", values.share, 0, 1);
  reader.text("text", values.text, 5);
  reader.texts("texts", values.texts, 2, 3);
  reader.numbers("numbers", values.numbers, 2, 0, 9);
  reader.object("inner", [](JsonReader& inner) {
    inner.require({"a"});
    bool a = false;
    inner.boolean("a", a);
    return inner.done();
  });
  return reader.done();
}

TEST(JsonReader, ReadsWhatIsThereAndLeavesTheRest) {
  Values values;
  ASSERT_TRUE(read(R"({})", values));
  EXPECT_TRUE(values.flag);
  EXPECT_EQ(values.count, 7);
  EXPECT_EQ(values.text, "as it was");
  ASSERT_TRUE(read(
      R"({"flag":false,"count":9,"share":1,"text":"äääää","texts":["a","bcd"],)"
      R"("numbers":[0,9.0],"inner":{"a":true}})",
      values
  ));
  EXPECT_FALSE(values.flag);
  EXPECT_EQ(values.count, 9);
  EXPECT_EQ(values.share, 1);
  EXPECT_EQ(values.text, "äääää");
  EXPECT_EQ(values.texts, (std::vector<std::string>{"a", "bcd"}));
  EXPECT_EQ(values.numbers, (std::vector<double>{0, 9}));
}

TEST(JsonReader, WrongValuesAreRefusedByName) {
  const std::pair<const char*, Errc> cases[] = {
      {R"({"flag":1})", Errc::invalid_parameter},
      {R"({"flag":null})", Errc::invalid_parameter},
      {R"({"count":0})", Errc::invalid_parameter},
      {R"({"count":10})", Errc::invalid_parameter},
      {R"({"count":1.5})", Errc::invalid_parameter},
      {R"({"count":"1"})", Errc::invalid_parameter},
      {R"({"count":18446744073709551615})", Errc::invalid_parameter},
      {R"({"share":1.1})", Errc::invalid_parameter},
      {R"({"share":-1e999})", Errc::invalid_parameter},
      {R"({"text":"123456"})", Errc::invalid_parameter},
      {R"({"text":"a\u0000b"})", Errc::invalid_parameter},
      {R"({"text":5})", Errc::invalid_parameter},
      {R"({"texts":["a","b","c"]})", Errc::invalid_parameter},
      {R"({"texts":["abcd"]})", Errc::invalid_parameter},
      {R"({"texts":"a"})", Errc::invalid_parameter},
      {R"({"numbers":[1,2,3]})", Errc::invalid_parameter},
      {R"({"numbers":[10]})", Errc::invalid_parameter},
      {R"({"numbers":["1"]})", Errc::invalid_parameter},
      {R"({"inner":1})", Errc::invalid_parameter},
      {R"({"inner":{}})", Errc::missing_parameter},
      {R"({"inner":{"a":1}})", Errc::invalid_parameter},
      {R"({"inner":{"a":true,"b":1}})", Errc::unknown_parameter},
      {R"({"Flag":true})", Errc::unknown_parameter},
  };
  for (const auto& [text, code] : cases) {
    Values values;
    const auto taken = read(text, values);
    ASSERT_FALSE(taken) << text;
    EXPECT_EQ(taken.error().code, code) << text << ": " << taken.error().detail;
  }
}

TEST(JsonReader, TellsTheKnownNamesOnce) {
  const auto object = parse_object(R"({"other":1})");
  ASSERT_TRUE(object);
  JsonReader reader(*object);
  bool flag = false;
  if (reader.has("flag")) reader.refuse("flag", "absent");
  reader.boolean("flag", flag);
  const auto taken = reader.done();
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().detail, "A member of another name; known here: flag.");
}

}  // namespace
}  // namespace selfsame::adapters::native
