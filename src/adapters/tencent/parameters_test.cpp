// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/parameters.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "adapters/tencent/fields.h"

namespace selfsame::adapters::tencent {
namespace {

/// "name=value" of every parameter, kinds as a letter; or the code of the refusal.
std::string flat(const Answer<Parameters>& parsed) {
  if (!parsed) return std::string(parsed.error().code);
  static constexpr std::string_view kLetters = "tsinboa";
  std::string text;
  for (const Parameter& parameter : parsed->all()) {
    text.append(parameter.name).append("=");
    text.push_back(kLetters[static_cast<std::size_t>(parameter.kind)]);
    text.append(":").append(parameter.value).append(" ");
  }
  return text;
}

void check_json(std::string_view body, std::string_view expected) {
  EXPECT_EQ(flat(Parameters::from_json(body)), expected) << body;
}

void check_form(std::string_view form, std::string_view expected) {
  EXPECT_EQ(flat(Parameters::from_form(form)), expected) << form;
}

TEST(ParametersTest, FlattensJson) {
  check_json("", "");
  check_json("{}", "");
  check_json(R"( {"A":"x"} )", "A=s:x ");
  check_json(R"({"B":null,"A":""})", "A=s: ");
  check_json(
      R"({"C":{"AutoSkip":true,"N":-3,"F":0.5},"L":[7,"x",null,{"a":1},[false]]})",
      "C=o: C.AutoSkip=b:true C.F=n:0.500000 C.N=i:-3 L=a: L.0=i:7 L.1=s:x L.3=o: "
      "L.3.a=i:1 L.4=a: L.4.0=b:false "
  );
  check_json(R"({"A":{"b":1},"C":2})", "A=o: A.b=i:1 C=i:2 ");
  check_json(R"({"A":"a\/b\u00e9\"","\u0042":"\\"})", "A=s:a/b\xc3\xa9\" B=s:\\ ");
}

TEST(ParametersTest, RefusesBadJson) {
  for (const std::string_view body :
       {"{",
        "[]",
        "1",
        "null",
        "\"x\"",
        "{}x",
        R"({"A":1,})",
        R"({"A":1 /*c*/})",
        R"({"A":01})",
        "{\"A\":\"\xff\"}",
        "{\"A\":\"line\nbreak\"}",
        R"({"A":1,"A":2})",
        R"({"A.b":1,"A":{"b":1}})"}) {
    check_json(body, "InvalidParameter");
  }
  check_json(
      std::string(R"({"A":)") + std::string(9, '[') + std::string(9, ']') + "}", "InvalidParameter"
  );
  std::string many = "{";
  for (int i = 0; i < 300; ++i) many += "\"a" + std::to_string(i) + "\":1,";
  check_json(many + "\"z\":1}", "InvalidParameter");
  check_json("{\"" + std::string(200, 'a') + "\":1}", "InvalidParameter");
}

TEST(ParametersTest, DoesNotCopyLongStrings) {
  const std::string body = R"({"A":")" + std::string(1000, 'x') + R"("})";
  const auto parsed = Parameters::from_json(body);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->value("A").data(), body.data() + 6);
}

TEST(ParametersTest, ReadsForms) {
  check_form("", "");
  check_form("b=1&a=2", "a=t:2 b=t:1 ");
  check_form("a=%7E+x%2b&&b&c==&=d", "=t:d a=t:~ x+ b=t: c=t:= ");
  check_form("a=1&a=2", "InvalidParameter");
  check_form("a=%", "InvalidParameter");
  check_form("a=%2", "InvalidParameter");
  check_form("a=%2g", "InvalidParameter");
  check_form("%61=1&a=2", "InvalidParameter");
}

TEST(ParametersTest, ErasesNames) {
  const std::string form = "a=1&b=2&c=3";
  auto parsed = Parameters::from_form(form);
  ASSERT_TRUE(parsed);
  const std::array<std::string_view, 2> names = {"a", "c"};
  parsed->erase(names);
  EXPECT_EQ(flat(parsed), "b=t:2 ");
  EXPECT_EQ(parsed->find("a"), nullptr);
}

constexpr std::array<std::string_view, 2> kModes = {"liveness", "compare"};
constexpr std::array<Field, 6> kTable = {{
    {.name = "Mode", .required = true, .allowed = kModes},
    {.name = "Image", .max_bytes = 4, .too_long = Errc::image_too_large},
    {.name = "Config.AutoSkip", .type = FieldType::boolean},
    {.name = "Codes.*", .type = FieldType::integer},
    {.name = "Share", .type = FieldType::number},
    {.name = "List.*.Name"},
}};

std::string verdict(const Answer<Parameters>& parsed) {
  if (!parsed) return "parse " + std::string(parsed.error().code);
  const auto checked = check_fields(parsed->all(), kTable);
  if (checked) return "ok";
  const std::string& message = checked.error().message;
  return std::string(checked.error().code) +
         message.substr(std::min(message.find(" `"), message.size()));
}

TEST(FieldsTest, ChecksJson) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {R"({"Mode":"compare"})", "ok"},
      {R"({})", "MissingParameter `Mode`"},
      {R"({"Mode":null})", "MissingParameter `Mode`"},
      {R"({"Mode":""})", "MissingParameter `Mode`"},
      {R"({"Mode":"x"})", "InvalidParameterValue `Mode`"},
      {R"({"Mode":1})", "InvalidParameter `Mode`"},
      {R"({"Mode":{}})", "InvalidParameter `Mode`"},
      {R"({"Mode":["compare"]})", "InvalidParameter `Mode`"},
      {R"({"Mode":"compare","Image":"12345"})", "FailedOperation.ImageSizeTooLarge `Image`"},
      {R"({"Mode":"compare","Nope":null})", "ok"},
      {R"({"Mode":"compare","Nope":1})", "UnknownParameter `Nope`"},
      {R"({"Nope":1})", "UnknownParameter `Nope`"},
      {R"({"Mode":"compare","Image.":"x"})", "UnknownParameter `Image.`"},
      {R"({"Mode":"compare","":"x"})", "InvalidParameter"},
      {R"({"Mode":"compare","Config":{"AutoSkip":false}})", "ok"},
      {R"({"Mode":"compare","Config":{}})", "ok"},
      {R"({"Mode":"compare","Config":{"autoskip":false}})", "UnknownParameter `Config.autoskip`"},
      {R"({"Mode":"compare","Config":"x"})", "InvalidParameter `Config`"},
      {R"({"Mode":"compare","Config":{"AutoSkip":"true"}})", "InvalidParameter `Config.AutoSkip`"},
      {R"({"Mode":"compare","Codes":[-9102,-9103]})", "ok"},
      {R"({"Mode":"compare","Codes":[1.5]})", "InvalidParameter `Codes.0`"},
      {R"({"Mode":"compare","Share":1})", "ok"},
      {R"({"Mode":"compare","List":[{"Name":"a"},{"Name":"b"}]})", "ok"},
      {R"({"Mode":"compare","List":[1]})", "InvalidParameter `List.0`"},
  };
  for (const auto& [body, expected] : cases) {
    EXPECT_EQ(verdict(Parameters::from_json(body)), expected) << body;
  }
}

TEST(FieldsTest, ChecksForms) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"Mode=compare", "ok"},
      {"Mode=", "MissingParameter `Mode`"},
      {"Mode=compare&Config.AutoSkip=True", "ok"},
      {"Mode=compare&Config.AutoSkip=true", "ok"},
      {"Mode=compare&Config.AutoSkip=yes", "InvalidParameterValue `Config.AutoSkip`"},
      {"Mode=compare&Codes.0=-9102&Codes.1=-9103", "ok"},
      {"Mode=compare&Codes.0=x", "InvalidParameterValue `Codes.0`"},
      {"Mode=compare&Codes.x=1", "UnknownParameter `Codes.x`"},
      {"Mode=compare&Codes=1", "InvalidParameter `Codes`"},
      {"Mode=compare&Share=0.5", "ok"},
      {"Mode=compare&Share=0.5x", "InvalidParameterValue `Share`"},
  };
  for (const auto& [form, expected] : cases) {
    EXPECT_EQ(verdict(Parameters::from_form(form)), expected) << form;
  }
}

}  // namespace
}  // namespace selfsame::adapters::tencent
