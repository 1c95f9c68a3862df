// SPDX-License-Identifier: Apache-2.0
// The actions that read an identity card, over the whole surface with a reader and a register that
// say what a test wants.
#include "adapters/tencent/id_card_actions.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/tencent/stub_services.h"
#include "base/base64.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;
using core::Outcome;
using core::RegisterFinding;
using testing::StubServer;

constexpr const char* kOcr = "IdCardOCRVerification";
constexpr const char* kCheck = "CheckIdCardInformation";
constexpr const char* kNumber = "11010519491231002X";
// Grey, 8x8.
constexpr const char* kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADElEQVR42mNgoA4AAABIAAEQRe/SAAAAAElFTkSuQmCC";

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

vision::DocumentReading card(
    const std::string& number = kNumber, const std::string& name = "韦小宝"
) {
  vision::DocumentReading reading;
  reading.type = "MainlandIDCard";
  reading.side = "front";
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, std::string>>{
           {"full_name", name},
           {"document_number", number},
           {"sex", "F"},
           {"ethnicity", "汉"},
           {"date_of_birth", "1949-12-03"},
           {"address", "北京市朝阳区"}
       }) {
    if (value.empty()) continue;
    reading.fields.fields.push_back(
        {.name = key, .value = value, .printed = {value}, .lines = {}, .confidence = 1}
    );
  }
  reading.portrait = vision::Quad{vision::Point{1, 1}, {6, 1}, {6, 7}, {1, 7}};
  return reading;
}

json::object photo() {
  return {{"ImageBase64", kPng}};
}

/// A new server, so that no answer is an earlier one.
std::string code_with(
    const std::function<void(StubServer&)>& change, const char* action, const json::object& fields
) {
  StubServer server;
  server.reader.reading = card();
  change(server);
  const std::string code = code_of(ask(server, action, fields));
  const bool is_billed = code == "0" || code == "-1" || code == "Success" ||
                         code == "FailedOperation.CompareLowSimilarity";
  EXPECT_EQ(server.database.charges.size(), is_billed ? 1U : 0U) << action << ' ' << code;
  if (is_billed && !server.database.charges.empty()) {
    EXPECT_EQ(server.database.charges[0].code, code);
    EXPECT_EQ(server.database.charges[0].product, "tencent.register");
  }
  return code;
}

TEST(IdCardActions, TheCardIsReadAndTheRegisterAsked) {
  StubServer server;
  server.reader.reading = card();
  const auto answer = ask(server, kOcr, photo());
  EXPECT_EQ(code_of(answer), "0");
  EXPECT_EQ(text(answer, "Name"), "韦小宝");
  EXPECT_EQ(text(answer, "IdCard"), kNumber);
  EXPECT_EQ(text(answer, "Sex"), "女");
  EXPECT_EQ(text(answer, "Nation"), "汉");
  EXPECT_EQ(text(answer, "Birth"), "1949/12/3");
  EXPECT_EQ(text(answer, "Address"), "北京市朝阳区");
  ASSERT_EQ(server.registry.queries.size(), 1U);
  EXPECT_EQ(server.registry.queries[0].number, kNumber);
  EXPECT_EQ(server.registry.queries[0].name, "韦小宝");
  EXPECT_FALSE(server.registry.queries[0].wants_photo);
}

TEST(IdCardActions, WhatIsWrittenCountsBeforeThePhoto) {
  StubServer server;
  server.reader.reading = card("", "");
  json::object fields = photo();
  fields["IdCard"] = kNumber;
  fields["Name"] = "韦小宝";
  const auto answer = ask(server, kOcr, fields);
  EXPECT_EQ(code_of(answer), "0");
  EXPECT_EQ(server.reader.readings, 0);
  EXPECT_EQ(text(answer, "IdCard"), kNumber);
  EXPECT_EQ(answer.at("Sex"), "");
  fields.erase("Name");
  EXPECT_EQ(code_of(ask(server, kOcr, fields)), "FailedOperation.OcrFailed");
}

TEST(IdCardActions, EveryFindingOfTheRegisterHasItsCode) {
  // code: IdCardOCRVerification 0, -1, -4, -5, -6, -7; CheckIdCardInformation Success
  // code: CheckIdCardInformation FailedOperation.IdNameMisMatch
  // code: CheckIdCardInformation FailedOperation.IdNoExistSystem
  // code: CheckIdCardInformation FailedOperation.IdPhotoNoExist
  // code: CheckIdCardInformation FailedOperation.CompareFail
  // code: CheckIdCardInformation FailedOperation.IdPhotoPoorQuality
  // code: CheckIdCardInformation FailedOperation.IdPhotoSystemNoanswer
  // code: CheckIdCardInformation FailedOperation.CompareLibServiceUnavailable
  // code: CheckIdCardInformation FailedOperation.IdentityAuthLimitExceeded
  constexpr std::tuple<RegisterFinding, const char*, const char*> kRows[] = {
      {RegisterFinding::found, "0", "Success"},
      {RegisterFinding::number_name_mismatch, "-1", "FailedOperation.IdNameMisMatch"},
      {RegisterFinding::no_such_number, "-5", "FailedOperation.IdNoExistSystem"},
      {RegisterFinding::no_photo, "-4", "FailedOperation.IdPhotoNoExist"},
      {RegisterFinding::photo_format, "-4", "FailedOperation.CompareFail"},
      {RegisterFinding::no_face, "-4", "FailedOperation.IdPhotoPoorQuality"},
      {RegisterFinding::source_error, "-4", "FailedOperation.IdPhotoSystemNoanswer"},
      {RegisterFinding::source_unavailable, "-6", "FailedOperation.CompareLibServiceUnavailable"},
      {RegisterFinding::too_many_enquiries, "-7", "FailedOperation.IdentityAuthLimitExceeded"},
  };
  for (const auto& [found, ocr, check] : kRows) {
    const auto finds = [finding = found](StubServer& server) { server.registry.finding = finding; };
    EXPECT_EQ(code_with(finds, kOcr, photo()), ocr) << name_of(found);
    EXPECT_EQ(code_with(finds, kCheck, photo()), check) << name_of(found);
  }
}

TEST(IdCardActions, WhatIsNoCardIsNotAskedFor) {
  // code: IdCardOCRVerification -2, -3, FailedOperation.ImageNoIdCard, FailedOperation.OcrFailed
  // code: CheckIdCardInformation FailedOperation.ImageNoIdCard, FailedOperation.OcrFailed
  // code: CheckIdCardInformation FailedOperation.IdFormatError, FailedOperation.NameFormatError
  vision::DocumentReading back = card();
  back.side = "back";
  vision::DocumentReading passport = card();
  passport.type = "InternationalIDPassport";
  const std::tuple<vision::DocumentReading, const char*, const char*> rows[] = {
      {vision::DocumentReading{}, "FailedOperation.ImageNoIdCard", "FailedOperation.ImageNoIdCard"},
      {back, "FailedOperation.ImageNoIdCard", "FailedOperation.ImageNoIdCard"},
      {passport, "FailedOperation.ImageNoIdCard", "FailedOperation.ImageNoIdCard"},
      {card(""), "FailedOperation.OcrFailed", "FailedOperation.OcrFailed"},
      {card(kNumber, ""), "FailedOperation.OcrFailed", "FailedOperation.OcrFailed"},
      {card("110105194912310021"), "-2", "FailedOperation.IdFormatError"},
      {card(kNumber, "1"), "-3", "FailedOperation.NameFormatError"},
  };
  for (const auto& [seen, ocr, check] : rows) {
    const auto reads = [reading = seen](StubServer& server) {
      server.reader.reading = reading;
      server.registry.finding = RegisterFinding::too_many_enquiries;
    };
    EXPECT_EQ(code_with(reads, kOcr, photo()), ocr);
    EXPECT_EQ(code_with(reads, kCheck, photo()), check);
  }
}

TEST(IdCardActions, ThePortraitIsComparedWithTheRegisters) {
  // code: CheckIdCardInformation FailedOperation.CompareLowSimilarity
  // code: CheckIdCardInformation FailedOperation.LifePhotoDetectNoFaces
  StubServer server;
  server.reader.reading = card();
  const auto match = ask(server, kCheck, photo());
  EXPECT_EQ(code_of(match), "Success");
  EXPECT_EQ(match.at("Sim").to_number<double>(), 70);
  EXPECT_EQ(text(match, "IdNum"), kNumber);
  EXPECT_EQ(text(match, "Sex"), "女");
  EXPECT_EQ(text(match, "Warnings"), "");
  EXPECT_TRUE(match.at("Encryption").is_null());
  EXPECT_TRUE(from_base64(text(match, "Portrait")));
  EXPECT_TRUE(server.registry.queries.at(0).wants_photo);

  const auto looks = [](Outcome outcome) {
    return [outcome](StubServer& other) { other.engine.outcome = outcome; };
  };
  EXPECT_EQ(
      code_with(looks(Outcome::non_match), kCheck, photo()), "FailedOperation.CompareLowSimilarity"
  );
  EXPECT_EQ(
      code_with(looks(Outcome::reference_no_face), kCheck, photo()),
      "FailedOperation.LifePhotoDetectNoFaces"
  );
  StubServer without;
  without.reader.reading = card();
  without.reader.reading.portrait.reset();
  const auto whole = ask(without, kCheck, photo());
  EXPECT_EQ(code_of(whole), "Success") << "a face is looked for in the whole picture";
  EXPECT_TRUE(whole.at("Portrait").is_null());
}

TEST(IdCardActions, APhotoByItsUrl) {
  StubServer server;
  server.reader.reading = card();
  server.fetcher.answers["https://example.com/card.png"] = *from_base64(kPng);
  const json::object by_url{{"ImageUrl", "https://example.com/card.png"}};
  EXPECT_EQ(code_of(ask(server, kOcr, by_url)), "0");
  EXPECT_EQ(
      code_of(ask(server, kOcr, {{"ImageUrl", "https://example.org/x"}})),
      "FailedOperation.DownLoadError"
  );
  json::object both = photo();
  both["ImageUrl"] = "https://example.org/x";
  EXPECT_EQ(code_of(ask(server, kCheck, both)), "FailedOperation.DownLoadError") << "URL first";
}

TEST(IdCardActions, WhatIsWrongOrNotOfferedIsSaid) {
  for (const char* action : {kOcr, kCheck}) {
    const auto code = [&](std::string_view name, const json::value& value) {
      json::object fields = photo();
      fields[name] = value;
      return code_with([](StubServer&) {}, action, fields);
    };
    EXPECT_EQ(code("Encryption", json::object{{"Iv", "x"}}), "UnsupportedOperation");
    EXPECT_EQ(code("ImageBase64", "data:image/png;base64,AAAA"), "InvalidParameterValue");
    EXPECT_EQ(code("ImageBase64", "AAAA"), "FailedOperation.ImageDecodeFailed");
    EXPECT_EQ(code("ImageBase64", ""), "MissingParameter");
    EXPECT_EQ(code("Nothing", "x"), "UnknownParameter");
    const auto fails = [](StubServer& server) { server.reader.error = Errc::engine_failed; };
    EXPECT_EQ(code_with(fails, action, photo()), "FailedOperation.LivessSystemError");
  }
  EXPECT_EQ(code_with([](StubServer&) {}, kOcr, {{"IdCard", kNumber}}), "MissingParameter");
}

/// A check that nobody makes must not look as if it had found nothing.
TEST(IdCardActions, NoWarningThatCannotBeFoundIsPromised) {
  const auto code = [](std::string_view name, const json::value& value) {
    json::object fields = photo();
    fields[name] = value;
    return code_with([](StubServer&) {}, kCheck, fields);
  };
  for (const char* name :
       {"CopyWarn", "BorderCheckWarn", "ReshootWarn", "DetectPsWarn", "TempIdWarn", "Quality"}) {
    EXPECT_EQ(
        code("Config", json::string(json::serialize(json::object{{name, true}}))),
        "UnsupportedOperation"
    );
    EXPECT_EQ(
        code("Config", json::string(json::serialize(json::object{{name, false}}))), "Success"
    );
  }
  for (const char* text : {"[]", "{", "{\"CopyWarn\":1}", "{\"Nothing\":true}", "[[[[[[]]]]]]"}) {
    EXPECT_EQ(code("Config", text), "InvalidParameterValue") << text;
  }
  EXPECT_EQ(code("IsEncrypt", true), "UnsupportedOperation");
  EXPECT_EQ(code("IsEncryptResponse", true), "UnsupportedOperation");
  EXPECT_EQ(code("IsEncrypt", false), "Success");
}

TEST(IdCardActions, InTheSandboxAMagicPhotoDecides) {
  const auto magic = [](std::string_view word) {
    return json::object{
        {"ImageBase64", to_base64(bytes_of("selfsame-sandbox:" + std::string(word)))}
    };
  };
  StubServer server;
  EXPECT_EQ(code_of(ask(server, kOcr, magic("match"))), "FailedOperation.ImageDecodeFailed");
  server.database.customer.sandbox = true;
  EXPECT_EQ(code_of(ask(server, kOcr, magic("no_such_number"))), "-5");
  EXPECT_EQ(code_of(ask(server, kOcr, magic("match"))), "0");
  EXPECT_EQ(code_of(ask(server, kCheck, magic("match"))), "Success");
  EXPECT_EQ(
      code_of(ask(server, kCheck, magic("non_match"))), "FailedOperation.CompareLowSimilarity"
  );
  EXPECT_EQ(code_of(ask(server, kCheck, magic("error/overloaded"))), "RequestLimitExceeded");
  EXPECT_EQ(server.reader.readings, 0);
  EXPECT_TRUE(server.registry.queries.empty());
}

}  // namespace
}  // namespace selfsame::adapters::tencent
