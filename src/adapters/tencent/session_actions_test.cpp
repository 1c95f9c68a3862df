// SPDX-License-Identifier: Apache-2.0
// The actions with tokens, over the whole surface with an engine that says what a test wants and a
// database of their own. The device is the native session API's flow.
#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "adapters/page_urls.h"
#include "adapters/tencent/stub_services.h"
#include "base/base64.h"
#include "base/crypto.h"
#include "core/page_wishes.h"
#include "flows/test_store.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;
using core::Outcome;
using testing::parse_request;
using testing::StubServer;

const json::object kRedirect = {{"RedirectURL", "https://example.com/done"}};

/// One recorded request in another dress; X-TC-Action and, with UNSIGNED-PAYLOAD, the body are not
/// signed.
http::Request recorded(std::string_view action, const json::object& fields) {
  const auto path = std::filesystem::path(SELFSAME_SOURCE_DIR) /
                    "tests/conformance/tencent/cases/tc3_unsigned_payload.http";
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  http::Request request = parse_request(text.substr(0, text.find("\n<<<\n")));
  http::Headers headers;
  for (const auto& [name, value] : request.headers.all()) {
    headers.add(name, name == "X-TC-Action" ? std::string(action) : value);
  }
  request.headers = headers;
  request.body = json::serialize(fields);
  return request;
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? json::value_to<std::string>(*value) : "";
}

template <class Value>
json::object with(json::object object, std::string_view name, const Value& value) {
  object[name] = json::value_from(value);
  return object;
}

class SessionActions : public ::testing::Test {
 protected:
  json::object ask(std::string_view action, const json::object& fields) {
    const http::Response response = server_->ask(recorded(action, fields));
    EXPECT_EQ(response.status, 200);
    return json::parse(response.body).at("Response").as_object();
  }
  /// The code of its Error; "" for a success.
  std::string error(std::string_view action, const json::object& fields) {
    const json::object response = ask(action, fields);
    if (!response.contains("Error")) return "";
    return text(response.at("Error").as_object(), "Code");
  }
  std::string token(std::string_view action, const json::object& fields) {
    const auto response = ask(action, fields);
    EXPECT_FALSE(response.contains("Error")) << json::serialize(response);
    const std::string web = text(response, "BizToken");
    return web.empty() ? text(response, "SdkToken") : web;
  }
  json::object web_result(const std::string& token) {
    return ask("GetWebVerificationResultIntl", {{"BizToken", token}});
  }

  /// The device answers the next challenge, and the verdict is there.
  void answer(const std::string& token, Outcome outcome) {
    server_->engine.outcome = outcome;
    send(token, "video");
  }
  void send(const std::string& token, const std::string& video) {
    const auto& flow = server_->verifications();
    const auto challenge = server_->await(flow.challenge(token, {}, deadline_));
    ASSERT_TRUE(challenge) << name_of(challenge.error().code);
    server_->clock.advance(std::chrono::seconds(20));
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
    const auto sealed = server_->await(flow.seal(token, manifest, deadline_));
    ASSERT_TRUE(sealed) << name_of(sealed.error().code);
  }
  /// From now on a recording decides how its session ends (core/sandbox.h), and nothing is billed.
  void make_sandbox() {
    storage::CustomerVersion next;
    next.customer = testing::kCustomer;
    next.version = 1;
    next.settings.sandbox = true;
    ASSERT_TRUE(store_.database().customers().settle(next));
  }
  /// Of a session of one attempt for which there is one recording; `name` makes its request
  /// another.
  std::string web_token(std::string_view name, int attempts = 1) {
    const json::object config = {{"SecurityLevel", 1}, {"LivenessRetryLimit", attempts}};
    return token(
        "ApplyWebVerificationBizTokenIntl", with(with(web_, "Config", config), "Extra", name)
    );
  }
  std::string app_token(std::string_view name) {
    return token("GetFaceIdTokenIntl", {{"SecureLevel", "1"}, {"RetryLimit", 1}, {"Extra", name}});
  }
  std::string identity_token(std::string_view name) {
    return token(
        "ApplySdkVerificationToken",
        {{"CheckMode", 3}, {"SecurityLevel", 1}, {"RetryLimit", 1}, {"Extra", name}}
    );
  }
  /// -1: there is none yet.
  std::int64_t web_code(const std::string& token) {
    const auto result = web_result(token);
    return result.at("ErrorCode").is_int64() ? result.at("ErrorCode").as_int64() : -1;
  }
  std::string app_code(const std::string& token) {
    return text(ask("GetFaceIdResultIntl", {{"SdkToken", token}}), "Result");
  }
  std::string identity_code(const std::string& token) {
    return text(ask("GetSdkVerificationResult", {{"SdkToken", token}}), "Result");
  }
  std::vector<std::string> charges() {
    std::vector<std::string> codes;
    const auto ledger = store_.database().outcomes().ledger(std::string(testing::kCustomer));
    for (const auto& entry : ledger.value()) {
      codes.push_back(entry.product + " " + entry.code);
    }
    return codes;
  }

  flows::testing::TestStore store_{::testing::TempDir()};
  std::unique_ptr<StubServer> server_ =
      std::make_unique<StubServer>(TencentSettings(), &store_.database());
  flows::Deadline deadline_ = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  const json::object web_ = with(kRedirect, "CompareImageBase64", to_base64(bytes_of("photo")));
};

TEST(RedirectUrl, IsHttpWithAHost) {
  EXPECT_TRUE(is_redirect_url("https://www.tencentcloud.com/products/faceid"));
  EXPECT_TRUE(is_redirect_url("HTTP://host"));
  EXPECT_TRUE(is_redirect_url("https://[::1]:8443/a?b=%20#c"));
  for (const char* wrong :
       {"",
        "example.com/done",
        "/done",
        "https:///done",
        "https:done",
        "javascript:alert(1)",
        "ftp://host/",
        "https://host/a b",
        "https://host/\r\nX: y"}) {
    EXPECT_FALSE(is_redirect_url(wrong)) << wrong;
  }
  EXPECT_FALSE(is_redirect_url("https://host/" + std::string(core::kRedirectUrlBytesMax, 'a')));
}

TEST(RedirectUrl, GetsTheTokenAsOneMoreParameter) {
  EXPECT_EQ(with_token("https://h", "token", "T"), "https://h?token=T");
  EXPECT_EQ(with_token("https://h/p", "token", "T"), "https://h/p?token=T");
  EXPECT_EQ(with_token("https://h/p?", "token", "T"), "https://h/p?token=T");
  EXPECT_EQ(with_token("https://h/p?a=1", "token", "T"), "https://h/p?a=1&token=T");
  EXPECT_EQ(with_token("https://h/p?a=1&", "token", "T"), "https://h/p?a=1&token=T");
  EXPECT_EQ(with_token("https://h/p#f", "token", "T"), "https://h/p?token=T#f");
  EXPECT_EQ(with_token("https://h/p?a=1#f?g", "token", "T"), "https://h/p?a=1&token=T#f?g");
  EXPECT_EQ(with_token("https://h/p#/route?x=1", "token", "T"), "https://h/p?token=T#/route?x=1");
}

TEST_F(SessionActions, AWebTokenIsAnUpperCaseUuidWithItsPage) {
  const auto response = ask("ApplyWebVerificationBizTokenIntl", web_);
  const std::string token = text(response, "BizToken");
  ASSERT_EQ(token.size(), 36U);
  EXPECT_EQ(token.find_first_not_of("0123456789ABCDEF-"), std::string::npos);
  EXPECT_EQ(token[14], '4');
  EXPECT_EQ(text(response, "VerificationURL"), "https://id.example.com/reflect/?token=" + token);
  EXPECT_EQ(text(response, "VerificationUrl"), text(response, "VerificationURL"));
}

TEST_F(SessionActions, TheSameSignedRequestGetsTheSameToken) {
  const std::string first = token("ApplyWebVerificationBizTokenIntl", web_);
  EXPECT_EQ(token("ApplyWebVerificationBizTokenIntl", web_), first);
}

TEST_F(SessionActions, AWebResultIsNullUntilItIsDecidedAndStaysReadable) {
  const std::string extra = "Nguyễn 中 'x'";
  const std::string token =
      this->token("ApplyWebVerificationBizTokenIntl", with(web_, "Extra", extra));
  const auto pending = web_result(token);
  EXPECT_TRUE(pending.at("ErrorCode").is_null());
  EXPECT_TRUE(pending.at("ErrorMsg").is_null());
  EXPECT_TRUE(pending.at("VideoBase64").is_null());
  EXPECT_TRUE(pending.at("VerificationDetailList").as_array().empty());
  EXPECT_EQ(text(pending, "Extra"), extra);

  answer(token, Outcome::liveness_unsure);
  const auto again = web_result(token);
  EXPECT_TRUE(again.at("ErrorCode").is_null()) << "it may be tried again";
  EXPECT_EQ(again.at("VerificationDetailList").as_array().size(), 1U);
  answer(token, Outcome::match);
  for (int i = 0; i < 2; ++i) {
    const auto result = web_result(token);
    EXPECT_EQ(result.at("ErrorCode").as_int64(), 0);
    EXPECT_EQ(text(result, "ErrorMsg"), "Success");
    EXPECT_EQ(text(result, "VideoBase64"), to_base64(bytes_of("video")));
    EXPECT_EQ(text(result, "BestFrameBase64"), to_base64(bytes_of("best frame")));
    EXPECT_TRUE(result.at("OCRResult").is_null());
    const auto& details = result.at("VerificationDetailList").as_array();
    ASSERT_EQ(details.size(), 2U);
    const auto& failed = details[0].as_object();
    EXPECT_EQ(failed.at("ErrorCode").as_int64(), 1302);
    EXPECT_EQ(failed.at("LivenessErrorCode").as_int64(), 1302);
    EXPECT_TRUE(failed.at("CompareErrorCode").is_null());
    EXPECT_EQ(failed.at("Similarity").to_number<double>(), 0);
    const auto& passed = details[1].as_object();
    EXPECT_EQ(passed.at("ErrorCode").as_int64(), 0);
    EXPECT_EQ(passed.at("CompareErrorCode").as_int64(), 0);
    EXPECT_EQ(passed.at("Similarity").to_number<double>(), 70);
    EXPECT_EQ(passed.at("ReqTimestamp").as_int64(), 1767225600'000 + 40'000);
    EXPECT_EQ(text(passed, "Seq").size(), 36U);
    EXPECT_TRUE(passed.at("LivenessInfoTag").is_null());
  }
  EXPECT_EQ(charges(), std::vector<std::string>{"tencent.web 0"});
  // One process decides once.
  const auto& flow = server_->verifications();
  EXPECT_EQ(server_->await(flow.challenge(token, {}, deadline_)).error().code, Errc::conflict);

  server_->clock.advance(std::chrono::hours(72));
  EXPECT_TRUE(flow.sweep());
  EXPECT_EQ(
      error("GetWebVerificationResultIntl", {{"BizToken", token}}),
      "InvalidParameterValue.BizTokenExpired"
  );
}

TEST_F(SessionActions, EachWayToAnEndHasItsWebCode) {
  struct Row {
    Outcome outcome;
    int code;
    int liveness;  // -1: null
    int comparison;
    bool billed;
  };
  const std::vector<Row> rows = {
      {Outcome::non_match, 2016, 0, 2016, true},
      {Outcome::attack, 1002, 1002, -1, false},
      {Outcome::reference_no_face, 2013, -1, 2013, false},
      {Outcome::reference_several_faces, 2010, -1, 2010, false},
      {Outcome::reference_poor_quality, 2014, -1, 2014, false},
      {Outcome::reference_wrong_size, 2004, -1, 2004, false},
  };
  std::size_t billed = 0;
  for (const Row& row : rows) {
    const std::string name = core::name_of(row.outcome);
    const std::string token =
        this->token("ApplyWebVerificationBizTokenIntl", with(web_, "Extra", name));
    answer(token, row.outcome);
    const auto result = web_result(token);
    ASSERT_TRUE(result.at("ErrorCode").is_int64()) << name;
    EXPECT_EQ(result.at("ErrorCode").as_int64(), row.code) << name;
    const auto& detail = result.at("VerificationDetailList").as_array().at(0).as_object();
    const auto number = [&](const char* field) {
      return detail.at(field).is_null() ? -1 : detail.at(field).as_int64();
    };
    EXPECT_EQ(number("LivenessErrorCode"), row.liveness) << name;
    EXPECT_EQ(number("CompareErrorCode"), row.comparison) << name;
    billed += row.billed ? 1U : 0U;
    EXPECT_EQ(charges().size(), billed) << name;
  }
  EXPECT_EQ(charges(), std::vector<std::string>{"tencent.web 2016"});
}

/// What a session comes to by the outcome of its attempt.
struct Ending {
  std::string_view asked;
  int web;
  int app;  // both of GetFaceIdResultIntl and of GetSdkVerificationResult
};
constexpr std::array<Ending, 45> kEndings = {{
    {"match", 0, 0},
    {"live", 0, 0},
    {"non_match", 2016, 2016},
    {"reference_no_face", 2013, 2013},
    {"reference_several_faces", 2010, 2012},
    {"reference_poor_quality", 2014, 2014},
    {"reference_wrong_size", 2004, 2004},
    {"no_best_frame", 2012, 2015},
    {"video_undecodable", 1104, 1004},
    {"video_too_short", 1303, 1005},
    {"video_no_face", 1004, 1004},
    {"video_several_faces", 2010, 1004},
    {"video_poor_quality", 1108, 1004},
    {"video_low_definition", 1108, 1004},
    {"video_mask_worn", 1102, 2017},
    {"video_eyes_hidden", 1102, 2017},
    {"video_mouth_hidden", 1102, 2017},
    {"video_too_close", 1203, 1004},
    {"video_off_right", 1204, 1004},
    {"video_too_far", 1205, 1004},
    {"video_off_left", 1206, 1004},
    {"video_too_dark", 1201, 1201},
    {"video_too_bright", 1202, 1201},
    {"video_face_incomplete", 1210, 1004},
    {"attack", 1002, 1002},
    {"recording_spoofed", 1002, 1002},
    {"liveness_unsure", 1302, 1005},
    {"face_changed", 1003, 1005},
    {"action_no_movement", 1208, 1005},
    {"action_no_blink", 1207, 1005},
    {"action_no_open_mouth", 1209, 1005},
    {"action_missing", 1208, 1005},
    {"action_out_of_turn", 1005, 1005},
    {"reflection_too_bright", 1202, 1201},
    {"reflection_too_weak", 1401, 1005},
    {"reflection_mismatch", 1401, 1002},
    {"reflection_flat", 1401, 1002},
    {"speech_no_sound", 1101, 1005},
    {"speech_too_quiet", 1106, 1005},
    {"speech_not_recognised", 1103, 1005},
    {"lips_still", 1109, 1005},
    {"lips_out_of_step", 1002, 1002},
    {"error/engine_failed", 1001, 1001},
    {"error/integrity_failure", 10, 1001},
    {"error/image_undecodable", 11, 1001},
}};

TEST_F(SessionActions, EveryOutcomeHasItsNumberInEveryAnswer) {
  // code: h5 0, 10, 11, 1001, 1002, 1003, 1004, 1005, 1101, 1102, 1103, 1104, 1106, 1108, 1109
  // code: h5 1201, 1202, 1203, 1204, 1205, 1206, 1207, 1208, 1209, 1210, 1302, 1303, 1401
  // code: h5 2004, 2010, 2012, 2013, 2014, 2016
  // code: app-sdk 0, 1001, 1002, 1004, 1005, 1201, 2004, 2012, 2013, 2014, 2015, 2016, 2017
  // code: identity-verification-app-sdk 0, 1001, 1002, 1004, 1005, 1201
  // code: identity-verification-app-sdk 2004, 2012, 2013, 2014, 2015, 2016, 2017
  make_sandbox();
  for (const Ending& ending : kEndings) {
    const std::string recording = "\nselfsame-sandbox:" + std::string(ending.asked) + "\n";
    const std::string web = web_token(ending.asked);
    send(web, recording);
    EXPECT_EQ(web_code(web), ending.web) << ending.asked;
    const std::string app = app_token(ending.asked);
    send(app, recording);
    EXPECT_EQ(app_code(app), std::to_string(ending.app)) << ending.asked;
    const std::string identity = identity_token(ending.asked);
    send(identity, recording);
    EXPECT_EQ(identity_code(identity), std::to_string(ending.app)) << ending.asked;
  }
}

TEST_F(SessionActions, AVerdictThatDoesNotComeIsGivenUpForItsReason) {
  // code: h5 4, 8, 9
  const auto& flow = server_->verifications();
  const auto sealed = [&](std::string_view name) {
    const std::string token = web_token(name);
    server_->engine.error = Errc::deadline_exceeded;  // of the judging: it is begun anew
    send(token, "video");
    server_->engine.error.reset();
    EXPECT_EQ(web_code(token), -1) << name;
    return token;
  };
  const std::string late = sealed("it takes too long");
  server_->clock.advance(std::chrono::minutes(15));
  EXPECT_TRUE(flow.sweep());
  EXPECT_EQ(web_code(late), 8);

  const std::string lost = sealed("the evidence cannot be read");
  server_->clock.advance(std::chrono::minutes(15));
  server_->blobs.error = Errc::storage_unavailable;
  EXPECT_TRUE(flow.sweep());
  server_->blobs.error.reset();
  EXPECT_EQ(web_code(lost), 9);

  // The first sweep puts it off, so that another one's turn comes first and takes all the room.
  const std::string crowded = sealed("there is no room");
  server_->clock.advance(std::chrono::minutes(13));
  const std::string other = sealed("has all the room");
  server_->clock.advance(std::chrono::seconds(10));
  server_->blobs.error = Errc::storage_unavailable;
  EXPECT_FALSE(flow.sweep());
  server_->blobs.error.reset();
  server_->clock.advance(std::chrono::minutes(2));
  EXPECT_TRUE(flow.sweep());
  EXPECT_EQ(web_code(crowded), 4);
  EXPECT_EQ(web_code(other), 0);
  EXPECT_EQ(charges(), std::vector<std::string>{"tencent.web 0"});
}

TEST_F(SessionActions, AnAppThatEndsItselfHasNotFinished) {
  // code: app-sdk -999
  const auto& flow = server_->verifications();
  for (const auto& [reason, expected] : std::vector<std::pair<core::EndReason, const char*>>{
           {core::EndReason::user_cancelled, "-999"},
           {core::EndReason::no_camera, "-999"},
           {core::EndReason::network, "-999"},
           {core::EndReason::timeout, "-999"},
           {core::EndReason::liveness_failed, "1005"}
       }) {
    const std::string token = app_token(core::name_of(reason));
    EXPECT_EQ(app_code(token), "-999") << "not begun";
    EXPECT_TRUE(server_->await(flow.challenge(token, {}, deadline_)));
    ASSERT_TRUE(server_->await(flow.end(token, reason, deadline_)));
    EXPECT_EQ(app_code(token), expected) << core::name_of(reason);
  }
  EXPECT_TRUE(charges().empty());
}

TEST_F(SessionActions, AnEndWithoutAVerdictHasItsWebCode) {
  // code: h5 1, 2, 3, 15, 16, 202, 1105
  const auto& flow = server_->verifications();
  const auto started = [&](std::string_view name, int attempts) {
    const std::string token = web_token(name, attempts);
    EXPECT_TRUE(server_->await(flow.challenge(token, {}, deadline_))) << name;
    return token;
  };
  for (const auto& [reason, expected] : std::vector<std::pair<core::EndReason, int>>{
           {core::EndReason::no_camera, 202},
           {core::EndReason::no_microphone, 1101},
           {core::EndReason::unsupported_device, 1},
           {core::EndReason::unsupported_browser, 2},
           {core::EndReason::network, 1105},
           {core::EndReason::timeout, 15},
           {core::EndReason::user_cancelled, 1005},
           {core::EndReason::liveness_failed, 1005},
           {core::EndReason::other, 3}
       }) {
    const std::string token = started(core::name_of(reason), 3);
    ASSERT_TRUE(server_->await(flow.end(token, reason, deadline_)));
    EXPECT_EQ(web_code(token), expected) << core::name_of(reason);
  }
  const std::string unanswered = started("the last attempt was not answered", 1);
  const std::string slow = started("no attempt came in time", 3);
  server_->clock.advance(std::chrono::minutes(2));
  EXPECT_EQ(web_code(unanswered), 16);
  EXPECT_EQ(web_code(slow), -1);
  server_->clock.advance(std::chrono::hours(2));
  EXPECT_EQ(web_code(slow), 15);

  const std::string broken = web_token("our engine fails");
  server_->engine.error = Errc::engine_failed;
  answer(broken, Outcome::match);
  EXPECT_EQ(web_code(broken), 1001);
  const auto details = web_result(broken).at("VerificationDetailList").as_array();
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].at("LivenessErrorCode").as_int64(), 1001);
  EXPECT_TRUE(charges().empty());
}

TEST_F(SessionActions, ATokenThatNobodyUsedExpires) {
  // code: common InvalidParameterValue.BizTokenExpired
  const std::string unused = token("ApplyWebVerificationBizTokenIntl", web_);
  server_->clock.advance(std::chrono::minutes(5));
  EXPECT_TRUE(web_result(unused).at("ErrorCode").is_null());
  server_->clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(
      error("GetWebVerificationResultIntl", {{"BizToken", unused}}),
      "InvalidParameterValue.BizTokenExpired"
  );
}

TEST_F(SessionActions, ATokenIsGoodForItsActionAndCustomerOnly) {
  // code: common InvalidParameterValue.BizTokenIllegal
  const std::string illegal = "InvalidParameterValue.BizTokenIllegal";
  const std::string web = token("ApplyWebVerificationBizTokenIntl", web_);
  EXPECT_EQ(error("GetFaceIdResultIntl", {{"SdkToken", web}}), illegal);
  EXPECT_EQ(error("GetWebVerificationResult", {{"BizToken", web}}), illegal);
  EXPECT_EQ(error("GetWebVerificationResultIntl", {{"BizToken", "nothing like it"}}), illegal);
  flows::VerificationOrder order;
  order.caller = {.customer = "another", .access_key_id = "AK2"};
  order.surface = "tencent";
  order.operation = "ApplyWebVerificationBizTokenIntl";
  order.product = "tencent.web";
  order.terms.compares = false;
  order.token = "584D404C-F1C3-401C-961E-78C6EF90BDDB";
  order.metadata = "{}";
  ASSERT_TRUE(server_->await(server_->verifications().open(order, deadline_)));
  EXPECT_EQ(error("GetWebVerificationResultIntl", {{"BizToken", order.token}}), illegal);
  EXPECT_EQ(error("GetWebVerificationResultIntl", json::object()), "MissingParameter");
}

TEST_F(SessionActions, WhatIsWrongWithAWebOrderIsNamed) {
  // code: api InvalidParameterValue.RuleIdNotExist
  const auto config = [&](std::string_view name, json::value value) {
    json::object members;
    members[name] = std::move(value);
    return error("ApplyWebVerificationBizTokenIntl", with(web_, "Config", members));
  };
  const std::string value = "InvalidParameterValue";
  EXPECT_EQ(error("ApplyWebVerificationBizTokenIntl", json::object()), "MissingParameter");
  EXPECT_EQ(error("ApplyWebVerificationBizTokenIntl", kRedirect), "MissingParameter") << "photo";
  EXPECT_EQ(
      error("ApplyWebVerificationBizTokenIntl", with(web_, "RedirectURL", "example.com")), value
  );
  EXPECT_EQ(
      error(
          "ApplyWebVerificationBizTokenIntl",
          with(web_, "CompareImageBase64", "data:image/jpeg;base64,AAAA")
      ),
      value
  );
  EXPECT_EQ(
      error("ApplyWebVerificationBizTokenIntl", with(web_, "RuleId", "1")),
      "InvalidParameterValue.RuleIdNotExist"
  );
  std::string long_extra;
  for (int i = 0; i < 1001; ++i) long_extra += "中";
  EXPECT_EQ(error("ApplyWebVerificationBizTokenIntl", with(web_, "Extra", long_extra)), value);
  EXPECT_EQ(error("ApplyWebVerificationBizTokenIntl", with(web_, "Nope", 1)), "UnknownParameter");
  EXPECT_EQ(
      error("ApplyWebVerificationBizTokenIntl", with(web_, "Config", "x")), "InvalidParameter"
  );
  EXPECT_EQ(config("CheckMode", 5), value);
  EXPECT_EQ(config("CheckMode", "2"), "InvalidParameter");
  EXPECT_EQ(config("AutoSkip", 1), "InvalidParameter");
  EXPECT_EQ(config("IDCardType", "Passport"), value);
  EXPECT_EQ(config("SecurityLevel", 5), value);
  EXPECT_EQ(config("ActionList", "nod"), value) << "level 3 has no actions";
  EXPECT_EQ(config("LivenessRetryLimit", 0), value);
  EXPECT_EQ(config("LivenessRetryLimit", 100), value);
  EXPECT_EQ(config("LivenessTimeout", 601), value);
  EXPECT_EQ(config("LivenessTimeout", -1), value);
  EXPECT_EQ(config("AutoDowngrade", 3), value);
  EXPECT_EQ(config("Language", "de"), value);
  EXPECT_EQ(config("SelectedWarningCodes", "9101"), value);
  EXPECT_EQ(config("Version", "PRO"), value);
  EXPECT_EQ(config("NoSuch", 1), "UnknownParameter");
}

TEST_F(SessionActions, TheAccountOfTheProductDecides) {
  server_->database.customer.states = {
      {kWebProduct, core::AccountState::in_arrears}, {kAppProduct, core::AccountState::in_arrears}
  };
  EXPECT_EQ(error("ApplyWebVerificationBizTokenIntl", web_), "UnauthorizedOperation.Arrears");
  EXPECT_EQ(error("GetFaceIdTokenIntl", json::object()), "UnauthorizedOperation.Arrears");
}

TEST_F(SessionActions, AnAppIsNotFinishedUntilItIs) {
  const std::string token = this->token(
      "GetFaceIdTokenIntl",
      {{"CheckMode", "compare"},
       {"SecureLevel", "1"},
       {"Image", to_base64(bytes_of("photo"))},
       {"Extra", "x"}}
  );
  EXPECT_EQ(token.size(), 36U);
  const auto pending = ask("GetFaceIdResultIntl", {{"SdkToken", token}});
  EXPECT_EQ(text(pending, "Result"), "-999");
  EXPECT_EQ(text(pending, "Extra"), "x");
  answer(token, Outcome::match);
  const auto result = ask("GetFaceIdResultIntl", {{"SdkToken", token}});
  EXPECT_EQ(text(result, "Result"), "0");
  EXPECT_EQ(text(result, "Description"), "Success");
  EXPECT_EQ(result.at("Similarity").to_number<double>(), 70);
  EXPECT_EQ(text(result, "BestFrame"), to_base64(bytes_of("best frame")));
  EXPECT_EQ(text(result, "Video"), to_base64(bytes_of("video")));
  EXPECT_EQ(charges(), std::vector<std::string>{"tencent.app-sdk 0"});
}

TEST_F(SessionActions, WhatIsWrongWithAnAppOrderIsNamed) {
  const std::string value = "InvalidParameterValue";
  const auto face_id = [&](const json::object& fields) {
    return error("GetFaceIdTokenIntl", fields);
  };
  EXPECT_EQ(face_id({{"CheckMode", "compare"}}), "MissingParameter");
  EXPECT_EQ(face_id({{"CheckMode", "both"}}), value);
  EXPECT_EQ(face_id({{"SecureLevel", "5"}}), value);
  EXPECT_EQ(face_id({{"SecureLevel", "1"}, {"ActionList", "nod"}}), value);
  EXPECT_EQ(face_id({{"SecureLevel", "3"}, {"ActionList", "nod"}}), value);
  EXPECT_EQ(face_id({{"ActionList", "nod,nod"}}), value);
  EXPECT_EQ(face_id({{"ActionList", "nod,blink,mouth"}}), value);
  EXPECT_EQ(face_id({{"ActionList", "nod,"}}), value);
  EXPECT_EQ(face_id({{"RetryLimit", 6}}), value);
  EXPECT_EQ(face_id({{"RetryLimit", 0}}), value);
  EXPECT_EQ(face_id({{"EnableBotBgDetection", true}}), "UnsupportedOperation");
  EXPECT_EQ(face_id({{"SdkVersion", "MAX"}}), value);
  EXPECT_EQ(face_id({{"Extra", std::string(1025, 'x')}}), value);
  const auto sdk = [&](const json::object& fields) {
    return error("ApplySdkVerificationToken", fields);
  };
  EXPECT_EQ(sdk({{"CheckMode", 2}}), "MissingParameter");
  EXPECT_EQ(sdk({{"CheckMode", 3}, {"NeedVerifyIdCard", true}, {"IdCardType", "ML"}}), value);
  EXPECT_EQ(sdk({{"CheckMode", 3}, {"SelectedWarningCodes", {-1}}}), value);
  EXPECT_EQ(error("ApplyLivenessToken", {{"SecureLevel", "0"}}), value);
}

TEST_F(SessionActions, TermsFollowTheWords) {
  const std::string token = this->token(
      "GetFaceIdTokenIntl", {{"SecureLevel", "2"}, {"ActionList", "mouth,shake"}, {"RetryLimit", 2}}
  );
  const flows::Caller caller{.customer = std::string(testing::kCustomer), .access_key_id = {}};
  const auto view =
      server_->await(server_->verifications().show_by_token(caller, token, deadline_));
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->terms.compares);
  EXPECT_EQ(view->terms.actions, 2);
  EXPECT_EQ(
      view->terms.allowed_actions,
      (std::vector{core::FaceAction::open_mouth, core::FaceAction::shake})
  );
  EXPECT_EQ(view->terms.flashes, 0);
  EXPECT_EQ(view->terms.attempts_max, 2);
  EXPECT_EQ(view->terms.start_within, std::chrono::minutes(10));
}

TEST_F(SessionActions, IdentityVerificationBillsEachAttempt) {
  const std::string token = this->token(
      "ApplySdkVerificationToken",
      {{"CheckMode", 2}, {"SecurityLevel", 1}, {"CompareImage", to_base64(bytes_of("photo"))}}
  );
  const auto pending = ask("GetSdkVerificationResult", {{"SdkToken", token}});
  EXPECT_EQ(text(pending, "Result"), "-999");
  EXPECT_EQ(pending.at("ChargeCount").as_int64(), 0);
  answer(token, Outcome::video_no_face);
  answer(token, Outcome::non_match);
  const auto result = ask("GetSdkVerificationResult", {{"SdkToken", token}});
  EXPECT_EQ(text(result, "Result"), "2016");
  EXPECT_EQ(result.at("ChargeCount").as_int64(), 2);
  EXPECT_EQ(
      charges(),
      (std::vector<std::string>{"tencent.identity-app-sdk 1004", "tencent.identity-app-sdk 2016"})
  );
  const auto& attempts = result.at("CompareResults").as_array();
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(text(attempts[0].as_object(), "LiveErrorCode"), "1004");
  EXPECT_TRUE(attempts[0].as_object().at("LiveVideo").is_null());
  const auto& last = attempts[1].as_object();
  EXPECT_EQ(text(last, "LiveErrorCode"), "0");
  EXPECT_EQ(text(last, "CompareErrorCode"), "2016");
  EXPECT_TRUE(last.at("IsNeedCharge").as_bool());

  const std::string url = text(last.at("LiveVideo").as_object(), "Url");
  const std::string_view prefix = "https://id.example.com";
  ASSERT_TRUE(url.starts_with(std::string(prefix) + "/tencent/results/")) << url;
  const auto fetch = [&](const std::string& path, std::string_view method = "GET") {
    http::Request request = parse_request(std::string(method) + " " + path + " HTTP/1.1\n\n");
    EXPECT_TRUE(TencentApi::claims(request));
    return server_->ask(std::move(request));
  };
  const std::string path = url.substr(prefix.size());
  EXPECT_EQ(fetch(path).body, "video");
  EXPECT_EQ(fetch(path, "PUT").status, 405);
  std::string forged = path;
  forged.back() = forged.back() == '0' ? '1' : '0';
  EXPECT_EQ(fetch(forged).status, 404);
  EXPECT_EQ(fetch("/tencent/results/").status, 404);
  EXPECT_EQ(fetch("/tencent/results/zz").status, 404);
  server_->clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(fetch(path).status, 404) << "its time is over";
}

TEST_F(SessionActions, ALivenessResultIsKeptForTwoHours) {
  const std::string token = this->token("ApplyLivenessToken", {{"SecureLevel", "1"}});
  answer(token, Outcome::live);
  const auto result = ask("GetLivenessResult", {{"SdkToken", token}});
  EXPECT_EQ(text(result, "Result"), "0");
  EXPECT_EQ(result.at("Video").as_object().at("Size").as_int64(), 5);
  EXPECT_EQ(text(result.at("Video").as_object(), "MD5"), md5_hex(bytes_of("video")));
  EXPECT_EQ(kept_for("ApplyLivenessToken"), std::chrono::hours(2));
  EXPECT_EQ(kept_for("GetFaceIdTokenIntl"), std::chrono::hours(72));
  EXPECT_EQ(kept_for("verifications"), std::nullopt);
}

TEST_F(SessionActions, TheOlderWebPairSpeaksInUrls) {
  server_->fetcher.answers.emplace("https://cos.example.com/a.jpg", Bytes{'p'});
  const json::object order = {
      {"RedirectUrl", "https://example.com/done"},
      {"CompareImageUrl", "https://cos.example.com/a.jpg"},
      {"CompareImageMd5", md5_hex(bytes_of("p"))}
  };
  const std::string token = this->token("ApplyWebVerificationToken", order);
  const auto pending = ask("GetWebVerificationResult", {{"BizToken", token}});
  EXPECT_TRUE(pending.at("ErrorCode").is_null());
  EXPECT_TRUE(pending.at("VideoUrl").is_null());
  EXPECT_EQ(
      error("ApplyWebVerificationToken", with(order, "CompareImageMd5", std::string(32, '0'))),
      "FailedOperation.DownLoadError"
  );
}

TEST_F(SessionActions, WebhooksAreNamedChangedListedAndRemoved) {
  // code: api ResourceNotFound
  const json::object hook = {
      {"WebhookName", "results"},
      {"WebhookURL", "https://example.com/hook"},
      {"Scene", "NONDOC_VERIFICATION_RESULT"},
      {"SignatureKey", "k"}
  };
  const auto made = ask("CreateEKYCWebhook", hook);
  EXPECT_EQ(text(made, "Result"), "Success");
  EXPECT_TRUE(made.at("HasSignatureKey").as_bool());
  const std::int64_t id = made.at("WebhookId").as_int64();
  const auto unsigned_one =
      ask("CreateEKYCWebhook", {{"WebhookName", "n"}, {"WebhookURL", "https://example.com/"}});
  EXPECT_FALSE(unsigned_one.at("HasSignatureKey").as_bool());

  server_->clock.advance(std::chrono::hours(1));
  const auto changed =
      ask("UpdateEKYCWebhook",
          {{"WebhookId", id}, {"WebhookName", "new"}, {"WebhookURL", "https://example.com/2"}});
  EXPECT_EQ(text(changed, "ModTime"), "2026-01-01 01:00:00");
  const auto listed = ask("ListEKYCWebhooks", json::object());
  EXPECT_EQ(listed.at("TotalCount").as_int64(), 2);
  const auto& first = listed.at("WebhookList").as_array().at(0).as_object();
  EXPECT_EQ(text(first, "WebhookName"), "new");
  EXPECT_EQ(text(first, "WebhookURL"), "https://example.com/2");
  EXPECT_EQ(text(first, "Scene"), "NONDOC_VERIFICATION_RESULT");
  EXPECT_EQ(text(first, "AddTime"), "2026-01-01 00:00:00");
  EXPECT_FALSE(first.at("HasSignatureKey").as_bool()) << "an update without a key takes it away";
  EXPECT_TRUE(first.at("SignatureKey").is_null());
  EXPECT_EQ(
      ask("ListEKYCWebhooks", {{"Offset", 1}, {"Limit", 500}}).at("WebhookList").as_array().size(),
      1U
  );

  EXPECT_EQ(error("DeleteEKYCWebhook", {{"WebhookId", id}}), "");
  EXPECT_EQ(error("DeleteEKYCWebhook", {{"WebhookId", id}}), "ResourceNotFound");
  const std::string value = "InvalidParameterValue";
  EXPECT_EQ(error("CreateEKYCWebhook", with(hook, "WebhookURL", "http://example.com/")), value);
  EXPECT_EQ(error("CreateEKYCWebhook", with(hook, "Scene", "OTHER")), value);
  EXPECT_EQ(error("CreateEKYCWebhook", with(hook, "SignatureKey", std::string(129, 'k'))), value);
  EXPECT_EQ(error("CreateEKYCWebhook", json::object()), "MissingParameter");
  EXPECT_EQ(error("ListEKYCWebhooks", {{"Offset", 101}}), value);
  EXPECT_EQ(error("ListEKYCWebhooks", {{"Limit", 0}}), value);
}

TEST_F(SessionActions, WebhooksAreAHundredAtMost) {
  // code: api LimitExceeded
  const auto add = [&](int number) {
    const json::object hook = {
        {"WebhookName", std::to_string(number)}, {"WebhookURL", "https://example.com/hook"}
    };
    return error("CreateEKYCWebhook", hook);
  };
  for (int number = 0; number < 100; ++number) ASSERT_EQ(add(number), "") << number;
  EXPECT_EQ(add(100), "LimitExceeded");
}

TEST(SessionCodes, EveryCauseHasATextOfTheVendors) {
  for (int number = 0; const auto outcome = core::outcome_from(number); ++number) {
    EXPECT_FALSE(web_code_of(*outcome).text.empty());
    EXPECT_FALSE(app_code_of(*outcome, core::name_of(kAppProduct)).text.empty());
    EXPECT_EQ(
        billed_session_code(core::name_of(kWebProduct), *outcome).has_value(),
        core::is_live(*outcome) || outcome == Outcome::document_read
    );
    EXPECT_TRUE(billed_session_code(core::name_of(kIdentityProduct), *outcome));
  }
}

TEST(SessionCodes, EachInternalFaultHasANumberOfItsOwn) {
  std::set<int> numbers;
  int faults = 0;
  for (const SessionFault fault :
       {SessionFault::ended_otherwise,
        SessionFault::judging_overloaded,
        SessionFault::judging_late,
        SessionFault::storage_failed,
        SessionFault::evidence_damaged,
        SessionFault::judging_broken,
        SessionFault::camera_missing,
        SessionFault::time_over,
        SessionFault::attempts_used,
        SessionFault::engine_failed}) {
    numbers.insert(web_code_of(fault).number);
    ++faults;
  }
  EXPECT_EQ(numbers, (std::set{3, 4, 8, 9, 10, 11, 15, 16, 202, 1001}));
  EXPECT_EQ(faults, 10);
}

/// Every number that some cause leads to.
template <class NumberOf>
std::set<int> numbers_by(NumberOf number_of) {
  std::set<int> numbers;
  for (int stored = 0; const auto outcome = core::outcome_from(stored); ++stored) {
    numbers.insert(number_of(*outcome));
  }
  for (int fault = 0; fault <= static_cast<int>(SessionFault::ended_otherwise); ++fault) {
    numbers.insert(number_of(static_cast<SessionFault>(fault)));
  }
  return numbers;
}

TEST(SessionCodes, TheGuidesNumbersAreReached) {
  // Without those that docs/tencent.md says are not produced.
  EXPECT_EQ(
      numbers_by([](const SessionCause& cause) { return web_code_of(cause).number; }),
      (std::set{0,    1,    2,    3,    4,    8,    9,    10,   11,   15,   16,
                202,  1001, 1002, 1003, 1004, 1005, 1101, 1102, 1103, 1104, 1105,
                1106, 1108, 1109, 1201, 1202, 1203, 1204, 1205, 1206, 1207, 1208,
                1209, 1210, 1302, 1303, 1401, 2004, 2010, 2012, 2013, 2014, 2016})
  );
  const auto app = [](const SessionCause& cause) {
    return app_code_of(cause, core::name_of(kAppProduct)).number;
  };
  EXPECT_EQ(
      numbers_by(app),
      (std::set{-999, 0, 1001, 1002, 1004, 1005, 1201, 2004, 2012, 2013, 2014, 2015, 2016, 2017})
  );
  EXPECT_EQ(
      app_code_of(Outcome::reference_several_faces, core::name_of(kAppProduct)).text,
      "Several faces were detected"
  );
  EXPECT_EQ(
      app_code_of(Outcome::reference_several_faces, core::name_of(kIdentityProduct)).text,
      "Failed to detect a full face"
  );
}

TEST(SessionCodes, AnAttackHasItsTag) {
  core::VerificationFinding finding;
  finding.outcome = Outcome::attack;
  finding.attack_class = core::AttackClass::screen_replay;
  EXPECT_EQ(web_tags_of(finding), std::vector<std::string>{"03"});
  finding.attack_class = core::AttackClass::injected;
  EXPECT_EQ(app_tags_of(finding), std::vector<std::string>{"04"});
  finding.outcome = Outcome::reflection_mismatch;
  EXPECT_EQ(web_tags_of(finding), std::vector<std::string>{"07"});
  EXPECT_EQ(app_tags_of(finding), std::vector<std::string>{"09"});
  finding.outcome = Outcome::match;
  EXPECT_TRUE(web_tags_of(finding).empty());
}

}  // namespace
}  // namespace selfsame::adapters::tencent
