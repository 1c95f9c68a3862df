// SPDX-License-Identifier: Apache-2.0
// Sessions with a document: CheckMode 1 and 4 of the web flow, CheckMode 1 of the app SDK, and
// ApplyCardVerification.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "adapters/tencent/document_order.h"
#include "adapters/tencent/result_files.h"
#include "adapters/tencent/stub_services.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "flows/test_store.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;
using core::Outcome;
using testing::StubServer;

constexpr std::string_view kPicture =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRT"
    "c4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj"
    "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAoAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAw"
    "QFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK"
    "FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmq"
    "KjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEB"
    "AQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRob"
    "HBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
    "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+P"
    "n6/9oADAMBAAIRAxEAPwAooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKKACiiigAooooAKKKKACiiigD/2Q==";

/// A grey JPEG of 64x40.
Bytes picture() {
  return from_base64(kPicture).value();
}

core::FieldValue field(const char* name, const char* value) {
  return {.name = name, .value = value, .printed = {value}, .lines = {}, .confidence = 0.9};
}

vision::DocumentReading card(const char* type) {
  vision::DocumentReading reading;
  reading.type = type;
  reading.side = "front";
  reading.card = {{{0, 0}, {60, 0}, {60, 38}, {0, 38}}};
  reading.portrait = vision::Quad{{{2, 2}, {20, 2}, {20, 30}, {2, 30}}};
  reading.fields.fields = {
      field("document_number", "A1234563"), field("full_name", "CHAN TAI MAN")
  };
  return reading;
}

/// One recorded request in another dress: with UNSIGNED-PAYLOAD neither action nor body is signed.
http::Request recorded(std::string_view action, const json::object& fields) {
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
  return request;
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? json::value_to<std::string>(*value) : "";
}

class DocumentSessions : public ::testing::Test {
 protected:
  DocumentSessions() { server_->reader.reading = card("HKIDCard"); }

  json::object ask(std::string_view action, const json::object& fields) {
    const http::Response response = server_->ask(recorded(action, fields));
    return json::parse(response.body).at("Response").as_object();
  }
  std::string error(std::string_view action, const json::object& fields) {
    const json::object response = ask(action, fields);
    if (!response.contains("Error")) return "";
    return text(response.at("Error").as_object(), "Code");
  }
  std::string web_token(json::object config) {
    config["SecurityLevel"] = 1;
    const auto response =
        ask("ApplyWebVerificationBizTokenIntl",
            {{"RedirectURL", "https://shop.example/"},
             {"Config", config},
             {"Extra", std::to_string(++names_)}});
    EXPECT_FALSE(response.contains("Error")) << json::serialize(response);
    return text(response, "BizToken");
  }
  std::string app_token(json::object order) {
    order["SecurityLevel"] = 1;
    order["Extra"] = std::to_string(++names_);
    const auto response = ask("ApplySdkVerificationToken", order);
    EXPECT_FALSE(response.contains("Error")) << json::serialize(response);
    return text(response, "SdkToken");
  }
  json::object web_result(const std::string& token) {
    return ask("GetWebVerificationResultIntl", {{"BizToken", token}});
  }
  json::object ocr_of(const std::string& token) {
    return web_result(token).at("OCRResult").as_array().at(0).as_object();
  }
  json::object app_result(const std::string& token) {
    return ask("GetSdkVerificationResult", {{"SdkToken", token}});
  }
  std::optional<core::DocumentFault> show(const std::string& token, const char* side = "front") {
    const auto answer = server_->await(server_->verifications().show_document(
        token, {.side = side, .encoded = picture(), .is_abandoned = {}}, deadline_
    ));
    if (!answer) throw std::runtime_error(answer.error().detail);
    return answer->session.document_fault;
  }
  void answer(const std::string& token, Outcome outcome) {
    server_->engine.outcome = outcome;
    const auto& flow = server_->verifications();
    const auto challenge = server_->await(flow.challenge(token, {}, deadline_));
    ASSERT_TRUE(challenge) << challenge.error().detail;
    server_->clock.advance(std::chrono::seconds(20));
    const std::string video = "video";
    flows::EvidenceChunk chunk;
    chunk.challenge_id = challenge->issued.id;
    chunk.part = "video";
    chunk.total_bytes = video.size();
    chunk.sha256 = sha256_hex(video);
    chunk.content = Bytes(video.begin(), video.end());
    ASSERT_TRUE(server_->await(flow.upload(token, chunk, deadline_)));
    flows::EvidenceManifest manifest;
    manifest.challenge_id = challenge->issued.id;
    manifest.signature = challenge->signature;
    ASSERT_TRUE(server_->await(flow.seal(token, manifest, deadline_)));
  }

  int names_ = 0;
  flows::testing::TestStore store_{::testing::TempDir()};
  std::unique_ptr<StubServer> server_ =
      std::make_unique<StubServer>(TencentSettings(), &store_.database());
  flows::Deadline deadline_ = std::chrono::steady_clock::now() + std::chrono::minutes(5);
};

TEST_F(DocumentSessions, TheWebFlowReadsADocumentAndComparesItsPortrait) {
  const std::string token =
      web_token({{"CheckMode", 1}, {"IDCardType", "HKIDCard"}, {"IdCardCutReturn", true}});
  EXPECT_TRUE(web_result(token).at("OCRResult").is_null());
  EXPECT_FALSE(show(token));
  EXPECT_TRUE(web_result(token).at("ErrorCode").is_null()) << "the face is owed";
  answer(token, Outcome::match);
  const auto result = web_result(token);
  EXPECT_EQ(result.at("ErrorCode").as_int64(), 2016) << "0.3 is not enough for a portrait";
  const auto ocr = ocr_of(token);
  EXPECT_TRUE(ocr.at("IsPass").as_bool());
  EXPECT_EQ(text(ocr, "CardImageBase64"), to_base64(picture()));
  EXPECT_FALSE(text(ocr, "CardCutImageBase64").empty());
  EXPECT_TRUE(ocr.at("CardBackImageBase64").is_null());
  EXPECT_FALSE(text(ocr, "HeadImageBase64").empty());
  const auto& normal = ocr.at("NormalCardInfo").at("HKIDCard").as_object();
  EXPECT_EQ(text(normal, "FullName"), "CHAN TAI MAN");
  EXPECT_EQ(text(ocr.at("CardInfo").at("HKIDCard").as_object(), "EnName"), "CHAN TAI MAN");
  EXPECT_TRUE(ocr.at("OriginalCardInfo").is_null());
  EXPECT_EQ(ocr.at("WarnCardInfos"), json::array{-9109}) << "no picture is looked over here";
}

TEST_F(DocumentSessions, ADocumentAloneEndsTheWebFlow) {
  const std::string token =
      web_token({{"CheckMode", 4}, {"IdCardType", "HKIDCard"}, {"DisableCheckOcrWarnings", true}});
  EXPECT_FALSE(show(token));
  const auto result = web_result(token);
  EXPECT_EQ(result.at("ErrorCode").as_int64(), 0);
  EXPECT_TRUE(result.at("VerificationDetailList").as_array().empty());
  const auto ocr = ocr_of(token);
  const auto original = json::parse(text(ocr, "OriginalCardInfo"));
  EXPECT_EQ(text(original.as_object(), "EnName"), "CHAN TAI MAN");
  EXPECT_TRUE(ocr.at("CardCutImageBase64").is_null());
  EXPECT_TRUE(ocr.at("WarnCardInfos").as_array().empty());
}

TEST_F(DocumentSessions, WhatIsNotTheDocumentIsNotPassed) {
  const std::string token = web_token({{"CheckMode", 4}, {"IDCardType", "HKIDCard"}});
  server_->reader.reading = card("MainlandIDCard");
  EXPECT_EQ(show(token), core::DocumentFault::other_type);
  const auto ocr = ocr_of(token);
  EXPECT_FALSE(ocr.at("IsPass").as_bool());
  EXPECT_TRUE(ocr.at("CardInfo").is_null());
  EXPECT_TRUE(ocr.at("CardImageBase64").is_null());
  for (int i = 1; i < 10; ++i) EXPECT_EQ(show(token), core::DocumentFault::other_type);
  EXPECT_EQ(web_result(token).at("ErrorCode").as_int64(), 16);
}

TEST_F(DocumentSessions, AnyTypeIsTakenWhereNoneIsNamed) {
  server_->reader.reading = card("MainlandIDCard");
  EXPECT_FALSE(show(web_token({{"CheckMode", 4}})));
}

TEST_F(DocumentSessions, TheAppShowsEditsAndFiles) {
  const std::string token = app_token({{"CheckMode", 1}, {"IdCardType", "HK"}});
  EXPECT_FALSE(show(token));
  ASSERT_TRUE(server_->await(server_->verifications().confirm_document(
      token, {{.field = "full_name", .read = "", .given = "CHAN TAI-MAN"}}, deadline_
  )));
  const auto result = app_result(token);
  EXPECT_EQ(text(result, "Result"), "-999");
  const auto card = result.at("CardVerifyResults").as_array().at(0).as_object();
  EXPECT_TRUE(card.at("IsPass").as_bool());
  EXPECT_TRUE(card.at("IsEdit").as_bool());
  const auto edit = card.at("EditDetails").as_array().at(0).as_object();
  EXPECT_EQ(text(edit, "FieldName"), "FullName");
  EXPECT_EQ(text(edit, "OriginalFieldValue"), "CHAN TAI MAN");
  EXPECT_EQ(text(edit, "RevisedFieldValue"), "CHAN TAI-MAN");
  EXPECT_EQ(text(card.at("NormalCardInfo").at("HKIDCard").as_object(), "FullName"), "CHAN TAI-MAN");
  const auto file = [&](std::string_view member) {
    http::Request request;
    request.method = "GET";
    request.target = text(card.at(member).as_object(), "Url")
                         .substr(std::string("https://id.example.com").size());
    request.deadline = deadline_;
    return server_->ask(std::move(request)).body;
  };
  EXPECT_EQ(file("CardImage"), text_of(picture()));
  EXPECT_EQ(text(json::parse(file("CardInfoOcrJson")).as_object(), "EnName"), "CHAN TAI MAN");
}

TEST_F(DocumentSessions, WarningsOfValuesStopTheAppUnlessTheyAreOff) {
  server_->reader.reading.fields.findings = {
      {.code = core::FindingCode::format, .field = "document_number", .sure = true}
  };
  EXPECT_EQ(show(app_token({{"CheckMode", 1}})), core::DocumentFault::warned);
  EXPECT_FALSE(show(app_token({{"CheckMode", 1}, {"DisableCheckOcrWarnings", true}})));
  EXPECT_FALSE(show(app_token({{"CheckMode", 1}, {"SelectedWarningCodes", json::array{-9102}}})));
  const std::string token =
      app_token({{"CheckMode", 1}, {"SelectedWarningCodes", json::array{-8101}}});
  EXPECT_EQ(show(token), core::DocumentFault::warned);
  const auto card = app_result(token).at("CardVerifyResults").as_array().at(0).as_object();
  EXPECT_FALSE(card.at("IsPass").as_bool());
  EXPECT_TRUE(card.at("CardInfo").is_null());
  EXPECT_EQ(card.at("WarnCardInfos"), json::array{-8101});
}

TEST_F(DocumentSessions, TheAppAsksTheRegisterWhereItIsToldTo) {
  server_->registry.finding = core::RegisterFinding::number_name_mismatch;
  EXPECT_FALSE(show(app_token({{"CheckMode", 1}})));
  EXPECT_TRUE(server_->registry.queries.empty());
  EXPECT_EQ(
      show(app_token({{"CheckMode", 1}, {"NeedVerifyIdCard", true}})),
      core::DocumentFault::register_disagrees
  );
  EXPECT_EQ(server_->registry.queries.at(0).number, "A1234563");
}

TEST_F(DocumentSessions, ConfirmingIsOffWhereChangesAre) {
  const std::string token = app_token({{"CheckMode", 1}, {"DisableChangeOcrResult", true}});
  EXPECT_FALSE(show(token));
  const auto confirmed =
      server_->await(server_->verifications().confirm_document(token, {}, deadline_));
  EXPECT_EQ(confirmed.error().code, Errc::conflict);
}

TEST_F(DocumentSessions, ATypeThatIsNotReadIsUnsupported) {
  EXPECT_EQ(
      error("ApplySdkVerificationToken", {{"CheckMode", 1}, {"IdCardType", "HMTPermit"}}),
      "UnsupportedOperation"
  );
}

TEST_F(DocumentSessions, ACardIsVerifiedAtOnce) {
  const json::object order{
      {"Nationality", "HKG"}, {"CardType", "ID_CARD"}, {"ImageBase64Front", to_base64(picture())}
  };
  const auto applied = ask("ApplyCardVerification", order);
  const std::string token = text(applied, "CardVerificationToken");
  EXPECT_EQ(token.size(), 36U) << json::serialize(applied);
  EXPECT_EQ(text(ask("ApplyCardVerification", order), "CardVerificationToken"), token);
  EXPECT_EQ(server_->reader.readings, 1) << "the same signed request reads once";
  const auto result = ask("GetCardVerificationResult", {{"CardVerificationToken", token}});
  EXPECT_EQ(text(result, "Status"), "PASSED");
  EXPECT_EQ(text(result, "Nationality"), "HKG");
  EXPECT_EQ(text(result, "CardType"), "ID_CARD");
  EXPECT_EQ(text(result.at("CardInfo").at("HKIDCard").as_object(), "EnName"), "CHAN TAI MAN");
  EXPECT_EQ(text(result, "IDVerificationToken"), token);
}

TEST_F(DocumentSessions, ACardOfAnotherKindIsRejectedAndOneWithDoubtsWarned) {
  const auto status = [&](const char* nationality, const char* kind) {
    const auto applied =
        ask("ApplyCardVerification",
            {{"Nationality", nationality},
             {"CardType", kind},
             {"ImageBase64Front", to_base64(picture())}});
    const std::string token = text(applied, "CardVerificationToken");
    return text(ask("GetCardVerificationResult", {{"CardVerificationToken", token}}), "Status");
  };
  EXPECT_EQ(status("SGP", "ID_CARD"), "REJECTED");
  server_->reader.reading.fields.findings = {
      {.code = core::FindingCode::consistency, .field = "sex", .sure = true}
  };
  EXPECT_EQ(status("AUTO", "AUTO"), "WARNING");
  EXPECT_EQ(
      error("ApplyCardVerification", {{"Nationality", "HKG"}, {"CardType", "ID_CARD"}}),
      "MissingParameter"
  );
  const json::object strange{
      {"Nationality", "PAK"}, {"CardType", "ID_CARD"}, {"ImageBase64Front", to_base64(picture())}
  };
  EXPECT_EQ(error("ApplyCardVerification", strange), "UnsupportedOperation");
  EXPECT_EQ(
      error("GetCardVerificationResult", {{"CardVerificationToken", "X"}}),
      "InvalidParameterValue.BizTokenIllegal"
  );
}

TEST(DocumentOrder, TypesHaveOneNameHere) {
  for (const char* name : {"JapanIDCard", "JapaneseIDCard", "Japanese ID Card"}) {
    EXPECT_EQ(document_type_from(name), "JapanIDCard");
  }
  EXPECT_EQ(document_type_from("ML"), "MLIDCard");
  EXPECT_EQ(document_type_from("MLIDPassport"), "InternationalIDPassport");
  EXPECT_EQ(document_type_from("HMTPermit"), std::nullopt);
  EXPECT_EQ(card_types_from("SGP", "AUTO")->size(), 3U) << "two of its own, and a passport";
  EXPECT_EQ(card_types_from("AUTO", "DRIVING_LICENSE")->size(), 6U);
  EXPECT_TRUE(card_types_from("AUTO", "AUTO")->empty());
  EXPECT_EQ(card_types_from("NGA", "PASSPORT"), std::nullopt);
}

TEST(DocumentOrder, WarningsHaveTheVendorsNumbers) {
  using core::DocumentWarning;
  EXPECT_EQ(warning_code_of(DocumentWarning::incomplete), -9101);
  EXPECT_EQ(warning_code_of(DocumentWarning::blur), -9108);
  EXPECT_EQ(warning_code_of(DocumentWarning::consistency), -8102);
  EXPECT_EQ(stopping_warnings(WarningScope::picture, {}).size(), 6U);
  EXPECT_EQ(stopping_warnings(WarningScope::picture_and_values, {}).size(), 8U);
  const std::int64_t chosen[] = {-9103, -8101};
  EXPECT_EQ(
      stopping_warnings(WarningScope::picture, chosen),
      std::vector<DocumentWarning>{DocumentWarning::recapture}
  );
}

}  // namespace
}  // namespace selfsame::adapters::tencent
