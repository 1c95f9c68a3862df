// SPDX-License-Identifier: Apache-2.0
// The actions on the register, over the whole surface with a register that says what a test wants.
#include "adapters/tencent/identity_actions.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/tencent/stub_services.h"
#include "base/base64.h"
#include "core/sandbox.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;
using core::Outcome;
using core::RegisterFinding;
using testing::StubServer;

// X-TC-Action and, with UNSIGNED-PAYLOAD, the body are not signed.
json::object ask(StubServer& server, std::string_view action, const json::object& fields) {
  const auto path = std::filesystem::path(SELFSAME_SOURCE_DIR) /
                    "tests/conformance/tencent/cases/tc3_unsigned_payload.http";
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  http::Request request = testing::parse_request(text.substr(0, text.find("\n<<<\n")));
  http::Headers headers;
  for (const auto& [name, value] : request.headers.all()) {
    headers.add(name, name == "X-TC-Action" ? std::string(action) : value);
  }
  request.headers = headers;
  request.body = json::serialize(fields);
  return json::parse(server.ask(std::move(request)).body).at("Response").as_object();
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? json::value_to<std::string>(*value) : "";
}

std::string code_of(const json::object& response) {
  if (response.contains("Error")) return text(response.at("Error").as_object(), "Code");
  EXPECT_FALSE(text(response, "Description").empty());
  return text(response, "Result");
}

json::object fields_of(std::string_view action) {
  json::object fields{{"IdCard", "11010519491231002X"}, {"Name", "韦小宝"}};
  if (action == "CheckIdNameDate") {
    fields["ValidityBegin"] = "20160607";
    fields["ValidityEnd"] = "00000000";
  }
  if (action == "ImageRecognitionV2") fields["ImageBase64"] = "/9j/4AAQ";
  return fields;
}

struct Row {
  RegisterFinding finding;
  const char* id_card_verification;
  const char* check_id_name_date;
  const char* image_recognition;
};

constexpr Row kRows[] = {
    {RegisterFinding::found, "0", "0", "Success"},
    {RegisterFinding::number_name_mismatch, "-1", "-1", "FailedOperation.IdNameMisMatch"},
    {RegisterFinding::validity_mismatch, "-4", "-1", "FailedOperation.IdNameMisMatch"},
    {RegisterFinding::validity_unknown, "-4", "-5", "FailedOperation.IdPhotoSystemNoanswer"},
    {RegisterFinding::no_such_number, "-5", "-7", "FailedOperation.IdNoExistSystem"},
    {RegisterFinding::no_photo, "-4", "-6", "FailedOperation.IdPhotoNoExist"},
    {RegisterFinding::photo_format, "-4", "-6", "FailedOperation.CompareFail"},
    {RegisterFinding::no_face, "-4", "-6", "FailedOperation.IdPhotoPoorQuality"},
    {RegisterFinding::source_error, "-4", "-6", "FailedOperation.IdPhotoSystemNoanswer"},
    {RegisterFinding::source_unavailable, "-6", "-6", "FailedOperation.CompareLibServiceUnavailable"
    },
    {RegisterFinding::too_many_enquiries, "-7", "-8", "FailedOperation.IdentityAuthLimitExceeded"},
};

TEST(IdentityActions, EveryFindingHasItsCodeAndTwoAreBilled) {
  // code: IdCardVerification 0, -1, -4, -5, -6, -7; CheckIdNameDate 0, -1, -5, -6, -7, -8
  // code: ImageRecognitionV2 Success, FailedOperation.IdNameMisMatch
  // code: ImageRecognitionV2 FailedOperation.IdNoExistSystem
  // code: ImageRecognitionV2 FailedOperation.IdPhotoNoExist
  // code: ImageRecognitionV2 FailedOperation.CompareFail
  // code: ImageRecognitionV2 FailedOperation.IdPhotoPoorQuality
  // code: ImageRecognitionV2 FailedOperation.IdPhotoSystemNoanswer
  // code: ImageRecognitionV2 FailedOperation.CompareLibServiceUnavailable
  // code: ImageRecognitionV2 FailedOperation.IdentityAuthLimitExceeded
  for (const Row& row : kRows) {
    for (const auto& [action, expected] :
         std::initializer_list<std::pair<const char*, const char*>>{
             {"IdCardVerification", row.id_card_verification},
             {"CheckIdNameDate", row.check_id_name_date},
             {"ImageRecognitionV2", row.image_recognition}
         }) {
      StubServer server;
      server.registry.finding = row.finding;
      EXPECT_EQ(code_of(ask(server, action, fields_of(action))), expected) << action;
      const bool is_billed = std::string_view(expected) == "0" ||
                             std::string_view(expected) == "-1" ||
                             std::string_view(expected) == "Success";
      // A mismatch of validity is of no meaning to the first action, and never found by it.
      if (row.finding == RegisterFinding::validity_mismatch) continue;
      ASSERT_EQ(server.database.charges.size(), is_billed ? 1U : 0U) << action << ' ' << expected;
      if (!is_billed) continue;
      EXPECT_EQ(server.database.charges[0].code, expected);
      EXPECT_EQ(server.database.charges[0].product, "tencent.register");
    }
  }
}

TEST(IdentityActions, WhatCanBeNoIdentityIsNotAskedFor) {
  // code: IdCardVerification -2, -3; CheckIdNameDate -2, -3, -4
  // code: ImageRecognitionV2 FailedOperation.IdFormatError
  // code: ImageRecognitionV2 FailedOperation.NameFormatError
  StubServer server;
  const auto code = [&](std::string_view action, std::string_view name, const json::value& value) {
    json::object fields = fields_of(action);
    fields[name] = value;
    return code_of(ask(server, action, fields));
  };
  for (const char* number : {"110105194912310021", "1", "A123456(3)", "11010519491331002X", "'"}) {
    EXPECT_EQ(code("IdCardVerification", "IdCard", number), "-2") << number;
    EXPECT_EQ(code("CheckIdNameDate", "IdCard", number), "-2");
    EXPECT_EQ(code("ImageRecognitionV2", "IdCard", number), "FailedOperation.IdFormatError");
  }
  const std::string too_long(65, 'a');
  for (const char* name : {"1", too_long.c_str(), "<script>"}) {
    EXPECT_EQ(code("IdCardVerification", "Name", name), "-3") << name;
    EXPECT_EQ(code("CheckIdNameDate", "Name", name), "-3");
    EXPECT_EQ(code("ImageRecognitionV2", "Name", name), "FailedOperation.NameFormatError");
  }
  EXPECT_EQ(code("CheckIdNameDate", "ValidityEnd", "20150101"), "-4");
  EXPECT_EQ(code("CheckIdNameDate", "ValidityBegin", "20160631"), "-4");
  EXPECT_TRUE(server.registry.queries.empty());
  EXPECT_TRUE(server.database.charges.empty());
}

TEST(IdentityActions, TheRegisterIsAskedForWhatTheCallerSaid) {
  StubServer server;
  ask(server, "CheckIdNameDate", fields_of("CheckIdNameDate"));
  json::object lower = fields_of("ImageRecognitionV2");
  lower["IdCard"] = "11010519491231002x";
  ask(server, "ImageRecognitionV2", lower);
  ASSERT_EQ(server.registry.queries.size(), 2U);
  EXPECT_EQ(server.registry.queries[0].number, "11010519491231002X");
  EXPECT_EQ(server.registry.queries[0].name, "韦小宝");
  EXPECT_EQ(server.registry.queries[0].validity, core::validity_from("20160607", "00000000"));
  EXPECT_FALSE(server.registry.queries[0].wants_photo);
  EXPECT_EQ(server.registry.queries[1].number, "11010519491231002X");
  EXPECT_TRUE(server.registry.queries[1].wants_photo);
}

TEST(IdentityActions, AFaceIsComparedWithTheRegisters) {
  // code: ImageRecognitionV2 FailedOperation.CompareLowSimilarity
  StubServer server;
  json::object fields = fields_of("ImageRecognitionV2");
  fields["Extra"] = "开户业务";
  const auto match = ask(server, "ImageRecognitionV2", fields);
  EXPECT_EQ(code_of(match), "Success");
  EXPECT_EQ(match.at("Sim").to_number<double>(), 70);
  EXPECT_EQ(text(match, "Extra"), "开户业务");

  StubServer other;
  other.engine.outcome = Outcome::non_match;
  const auto low = ask(other, "ImageRecognitionV2", fields_of("ImageRecognitionV2"));
  EXPECT_EQ(code_of(low), "FailedOperation.CompareLowSimilarity");
  EXPECT_LT(low.at("Sim").to_number<double>(), 70);
  EXPECT_FALSE(low.contains("Extra"));
  EXPECT_EQ(other.database.charges.size(), 1U);

  StubServer faceless;
  faceless.engine.outcome = Outcome::reference_no_face;
  const auto none = ask(faceless, "ImageRecognitionV2", fields_of("ImageRecognitionV2"));
  EXPECT_EQ(code_of(none), "FailedOperation.LifePhotoDetectNoFaces");
  EXPECT_EQ(none.at("Sim").to_number<double>(), 0);
  EXPECT_TRUE(faceless.database.charges.empty());

  StubServer undecodable;
  undecodable.engine.error = Errc::image_undecodable;
  EXPECT_EQ(
      code_of(ask(undecodable, "ImageRecognitionV2", fields_of("ImageRecognitionV2"))),
      "FailedOperation.ImageDecodeFailed"
  );
}

TEST(IdentityActions, InTheSandboxAMagicNameIsAnswered) {
  StubServer server;
  server.database.customer.sandbox = true;
  const auto code = [&](std::string_view action, std::string_view word) {
    json::object fields = fields_of(action);
    fields["Name"] = "selfsame-sandbox:" + std::string(word);
    return code_of(ask(server, action, fields));
  };
  for (const Row& row : kRows) {
    const auto words = core::sandbox_register_words();
    const auto it = std::ranges::find(words, row.finding, &core::SandboxRegisterWord::finding);
    const std::string_view word = it == words.end() ? "match" : it->word;
    EXPECT_EQ(code("IdCardVerification", word), row.id_card_verification) << word;
    EXPECT_EQ(code("CheckIdNameDate", word), row.check_id_name_date) << word;
    EXPECT_EQ(code("ImageRecognitionV2", word), row.image_recognition) << word;
  }
  EXPECT_EQ(code("ImageRecognitionV2", "non_match"), "FailedOperation.CompareLowSimilarity");
  EXPECT_EQ(code("IdCardVerification", "error/storage_unavailable"), "InternalError");
  EXPECT_EQ(code("IdCardVerification", "nobody"), "-3");
  EXPECT_TRUE(server.registry.queries.empty());
}

TEST(IdentityActions, InTheSandboxAMagicPhotoNeedsNoRegister) {
  StubServer server;
  server.registry.finding = RegisterFinding::no_such_number;
  json::object fields = fields_of("ImageRecognitionV2");
  const auto code = [&](Outcome outcome) {
    fields["ImageBase64"] = to_base64(bytes_of(core::sandbox_input(outcome)));
    return code_of(ask(server, "ImageRecognitionV2", fields));
  };
  EXPECT_EQ(code(Outcome::match), "FailedOperation.IdNoExistSystem") << "not for live customers";
  server.database.customer.sandbox = true;
  EXPECT_EQ(code(Outcome::match), "Success");
  EXPECT_EQ(code(Outcome::non_match), "FailedOperation.CompareLowSimilarity");
  EXPECT_EQ(code(Outcome::reference_no_face), "FailedOperation.LifePhotoDetectNoFaces");
  EXPECT_EQ(server.registry.queries.size(), 1U);
}

TEST(IdentityActions, ToALiveCustomerAMagicNameIsNoName) {
  StubServer server;
  json::object fields = fields_of("IdCardVerification");
  fields["Name"] = "selfsame-sandbox:match";
  EXPECT_EQ(code_of(ask(server, "IdCardVerification", fields)), "-3");
  EXPECT_TRUE(server.registry.queries.empty());
}

TEST(IdentityActions, AnIdenticalRequestIsAnsweredFromTheStoredOutcome) {
  StubServer server;
  const auto first = ask(server, "IdCardVerification", fields_of("IdCardVerification"));
  server.registry.finding = RegisterFinding::no_such_number;
  const auto again = ask(server, "IdCardVerification", fields_of("IdCardVerification"));
  EXPECT_EQ(first, again);
  EXPECT_EQ(server.database.charges.size(), 1U);
  EXPECT_EQ(server.registry.queries.size(), 1U);
}

TEST(IdentityActions, WhatIsNotOfferedIsSaid) {
  StubServer server;
  const auto code = [&](std::string_view name, const json::value& value) {
    json::object fields = fields_of("ImageRecognitionV2");
    fields[name] = value;
    return code_of(ask(server, "ImageRecognitionV2", fields));
  };
  EXPECT_EQ(code("Encryption", json::object{{"Iv", "x"}}), "UnsupportedOperation");
  EXPECT_EQ(code("Extra", "eleven char"), "InvalidParameterValue");
  EXPECT_EQ(code("Optional", "92424b"), "Success");
  EXPECT_EQ(code("ImageBase64", "data:image/jpeg;base64,AAAA"), "InvalidParameterValue");
  EXPECT_EQ(code("IdCard", ""), "MissingParameter");
  EXPECT_EQ(code("Nothing", "x"), "UnknownParameter");
  server.database.customer.states[kRegisterProduct] = core::AccountState::unauthorized;
  EXPECT_EQ(code("Optional", "x"), "UnauthorizedOperation");
}

}  // namespace
}  // namespace selfsame::adapters::tencent
