// SPDX-License-Identifier: Apache-2.0
// The actions that take or give files, over the whole surface with an engine that says what a test
// wants. X-TC-Action and, with UNSIGNED-PAYLOAD, the body are not signed: every request here is one
// recorded request in another dress.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/tencent/files.h"
#include "adapters/tencent/liveness_compare.h"
#include "adapters/tencent/stub_services.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

namespace json = boost::json;
using flows::FetchFailure;
using testing::parse_request;
using testing::StubServer;

constexpr std::string_view kPublicUrl = "https://id.example.com";

http::Request recorded() {
  const auto path = std::filesystem::path(SELFSAME_SOURCE_DIR) /
                    "tests/conformance/tencent/cases/tc3_unsigned_payload.http";
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_request(text.substr(0, text.find("\n<<<\n")));
}

/// What stands in "Response".
json::object ask(StubServer& server, std::string_view action, const json::object& fields) {
  http::Request request = recorded();
  http::Headers headers;
  for (const auto& [name, value] : request.headers.all()) {
    headers.add(name, name == "X-TC-Action" ? std::string(action) : value);
  }
  request.headers = headers;
  request.body = json::serialize(fields);
  const http::Response response = server.ask(std::move(request));
  EXPECT_EQ(response.status, 200);
  return json::parse(response.body).at("Response").as_object();
}

std::string text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? json::value_to<std::string>(*value) : "";
}

/// Its Result or the code of its Error.
std::string code_of(const json::object& response) {
  if (response.contains("Error")) return text(response.at("Error").as_object(), "Code");
  return text(response, "Result");
}

http::Response file_request(
    StubServer& server, std::string_view method, std::string_view url, std::string_view body = {}
) {
  EXPECT_TRUE(url.starts_with(kPublicUrl)) << url;
  http::Request request = parse_request(
      std::string(method) + " " + std::string(url.substr(kPublicUrl.size())) +
      " HTTP/1.1\nHost: id.example.com\n\n" + std::string(body)
  );
  EXPECT_TRUE(TencentApi::claims(request));
  return server.ask(std::move(request));
}

std::string upload(StubServer& server, std::string_view content) {
  const auto made = ask(server, "CreateUploadUrl", {{"TargetAction", "VideoLivenessCompare"}});
  const std::string url = text(made, "UploadUrl");
  EXPECT_EQ(file_request(server, "PUT", url, content).status, 200);
  return text(made, "ResourceUrl");
}

std::string md5(std::string_view content) {
  return md5_hex(bytes_of(content));
}

json::object by_urls(const std::string& image, const std::string& video) {
  return {
      {"ImageUrl", image},
      {"ImageMd5", md5("photo")},
      {"VideoUrl", video},
      {"VideoMd5", md5("video")},
      {"LivenessType", "SILENT"}
  };
}

Bytes bytes(std::string_view content) {
  const ByteView view = bytes_of(content);
  return {view.begin(), view.end()};
}

TEST(UploadsTest, AnUploadIsWrittenOnceAndNotShown) {
  StubServer server;
  const auto made = ask(server, "CreateUploadUrl", {{"TargetAction", "LivenessCompare"}});
  EXPECT_EQ(made.at("ExpiredTimestamp").as_int64(), 1767225600 + 7200);
  const std::string url = text(made, "UploadUrl");
  EXPECT_EQ(file_request(server, "GET", url).status, 405);
  EXPECT_EQ(file_request(server, "PUT", url, "video").status, 200);
  EXPECT_EQ(file_request(server, "PUT", url, "other").status, 409);
  EXPECT_EQ(file_request(server, "GET", text(made, "ResourceUrl")).status, 404);
  EXPECT_EQ(file_request(server, "PUT", text(made, "ResourceUrl"), "x").status, 405);
  const std::string unknown = std::string(kPublicUrl) + "/tencent/uploads/";
  for (const char* token : {"", "x", "../x", "a/b", "%00", "AAAA"}) {
    EXPECT_EQ(file_request(server, "PUT", unknown + token, "x").status, 404) << token;
  }
  EXPECT_EQ(file_request(server, "GET", std::string(kPublicUrl) + "/tencent/").status, 404);
}

TEST(UploadsTest, TargetActionIsOneThatTakesUrls) {
  StubServer server;
  EXPECT_EQ(code_of(ask(server, "CreateUploadUrl", {})), "MissingParameter");
  for (const char* action : {"CompareFaceLiveness", "Nope", "livenesscompare"}) {
    EXPECT_EQ(
        code_of(ask(server, "CreateUploadUrl", {{"TargetAction", action}})), "InvalidParameterValue"
    );
  }
}

TEST(VideoLivenessCompareTest, ComparesWhatWasUploaded) {
  StubServer server;
  const std::string image = upload(server, "photo");
  const std::string video = upload(server, "video");
  const auto answer = ask(server, "VideoLivenessCompare", by_urls(image, video));
  EXPECT_EQ(code_of(answer), "Success");
  EXPECT_EQ(answer.at("Sim").as_double(), 70);
  const json::object& frame = answer.at("BestFrame").as_object();
  EXPECT_EQ(text(frame, "MD5"), md5("best frame"));
  EXPECT_EQ(frame.at("Size").as_int64(), 10);
  const http::Response shown = file_request(server, "GET", text(frame, "Url"));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.content_type, "image/jpeg");
  EXPECT_EQ(shown.body, "best frame");
  EXPECT_EQ(server.database.charges.size(), 1u);
  EXPECT_EQ(server.database.outcomes_stored[0].operation, "VideoLivenessCompare");
  server.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(file_request(server, "GET", text(frame, "Url")).status, 404);
  json::object later = by_urls(image, video);
  later["ValidateData"] = "";
  EXPECT_EQ(code_of(ask(server, "VideoLivenessCompare", later)), "FailedOperation.DownLoadError");
}

TEST(VideoLivenessCompareTest, NoVerdictHasNoBestFrame) {
  StubServer server;
  server.engine.outcome = core::Outcome::attack;
  const auto answer =
      ask(server, "VideoLivenessCompare", by_urls(upload(server, "photo"), upload(server, "video"))
      );
  EXPECT_EQ(code_of(answer), "FailedOperation.SilentPictureLiveFail");
  EXPECT_TRUE(answer.at("BestFrame").is_null());
  EXPECT_TRUE(server.database.charges.empty());
}

TEST(VideoLivenessCompareTest, ContentMustHaveItsMd5) {
  StubServer server;
  const auto asked = [&](std::string_view field, std::string_view value) {
    json::object fields = by_urls(upload(server, "photo"), upload(server, "video"));
    fields[field] = value;
    return code_of(ask(server, "VideoLivenessCompare", fields));
  };
  EXPECT_EQ(asked("ImageMd5", md5("other")), "FailedOperation.DownLoadError");
  EXPECT_EQ(asked("VideoMd5", md5("other")), "FailedOperation.LipNetFailed");
  for (const std::string wrong : {"x", "0123456789abcdef0123456789abcdeg", "0123456789abcdef"}) {
    EXPECT_EQ(asked("ImageMd5", wrong), "InvalidParameterValue") << wrong;
    EXPECT_EQ(asked("VideoMd5", wrong), "InvalidParameterValue") << wrong;
  }
  std::string upper = md5("photo");
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  EXPECT_EQ(asked("ImageMd5", upper), "Success");
}

TEST(VideoLivenessCompareTest, EveryWayOfNotGettingAFileHasItsCode) {
  // code: common FailedOperation.ImageSizeTooLarge
  struct Way {
    tl::expected<Bytes, FetchFailure> answer;
    const char* image_code;
    const char* video_code;
  };
  const auto failure = [](FetchFailure what) {
    return tl::expected<Bytes, FetchFailure>(tl::unexpected(what));
  };
  const std::vector<Way> ways = {
      {failure(FetchFailure::not_allowed), "DownLoadError", "LipNetFailed"},
      {failure(FetchFailure::failed), "DownLoadError", "LipNetFailed"},
      {failure(FetchFailure::timed_out), "DownLoadTimeoutError", "DownLoadTimeoutError"},
      {failure(FetchFailure::too_large), "ImageSizeTooLarge", "LipSizeError"},
      {Bytes(std::size_t{7} << 20, 'x'), "ImageSizeTooLarge", "LipSizeError"},
      {Bytes(), "", "LipSizeError"},
  };
  constexpr const char* kUrl = "https://files.example.com/a";
  for (const Way& way : ways) {
    StubServer server;
    server.fetcher.answers.emplace(kUrl, way.answer);
    const std::string image_code = std::string("FailedOperation.") + way.image_code;
    if (*way.image_code != '\0') {
      EXPECT_EQ(
          code_of(ask(server, "VideoLivenessCompare", by_urls(kUrl, upload(server, "video")))),
          image_code
      );
    }
    EXPECT_EQ(
        code_of(ask(server, "VideoLivenessCompare", by_urls(upload(server, "photo"), kUrl))),
        std::string("FailedOperation.") + way.video_code
    );
    EXPECT_EQ(server.engine.runs, 0);
  }
  StubServer server;
  server.fetcher.answers.emplace(kUrl, failure(FetchFailure::overloaded));
  EXPECT_EQ(
      code_of(ask(server, "VideoLivenessCompare", by_urls(kUrl, kUrl))), "RequestLimitExceeded"
  );
}

TEST(LivenessCompareTest, TakesBase64OrUrls) {
  StubServer server;
  server.fetcher.answers.emplace("https://a/photo", bytes("photo"));
  server.fetcher.answers.emplace("https://a/video", bytes("video"));
  const std::string photo = to_base64(bytes_of("photo"));
  const std::string video = to_base64(bytes_of("video"));
  const auto code = [&](json::object fields) {
    fields["LivenessType"] = "SILENT";
    return code_of(ask(server, "LivenessCompare", fields));
  };
  EXPECT_EQ(code({{"ImageBase64", photo}, {"VideoBase64", video}}), "Success");
  EXPECT_EQ(code({{"ImageUrl", "https://a/photo"}, {"VideoUrl", "https://a/video"}}), "Success");
  EXPECT_EQ(
      code({{"ImageBase64", photo}, {"ImageUrl", "https://b/"}, {"VideoBase64", video}}), "Success"
  );
  EXPECT_EQ(code({{"ImageBase64", photo}}), "MissingParameter");
  EXPECT_EQ(code({{"VideoBase64", video}}), "MissingParameter");
  EXPECT_EQ(code({{"ImageBase64", "data:,"}, {"VideoBase64", video}}), "InvalidParameterValue");
  EXPECT_EQ(
      code({{"ImageBase64", photo}, {"VideoUrl", "https://b/"}}), "FailedOperation.LipNetFailed"
  );
  EXPECT_EQ(
      code({{"ImageUrl", "https://b/"}, {"VideoBase64", video}}), "FailedOperation.DownLoadError"
  );
}

TEST(LivenessCompareTest, AllModes) {
  StubServer server;
  json::object fields = {
      {"ImageBase64", to_base64(bytes_of("photo"))}, {"VideoBase64", to_base64(bytes_of("video"))}
  };
  const auto code = [&](const char* type, const char* data) {
    fields["LivenessType"] = type;
    fields["ValidateData"] = data;
    return code_of(ask(server, "LivenessCompare", fields));
  };
  EXPECT_EQ(code("LIP", "1234"), "Success");
  EXPECT_EQ(code("ACTION", "2,1"), "Success");
  EXPECT_EQ(code("ACTION", "1234"), "InvalidParameterValue");
  server.engine.outcome = core::Outcome::speech_no_sound;
  EXPECT_EQ(code("LIP", "4321"), "FailedOperation.LipVoiceDetect");
  server.database.customer.states[kCallersChallengeProduct] = core::AccountState::denied;
  EXPECT_EQ(code("LIP", "4444"), "OperationDenied");
}

TEST(LivenessCompareTest, SeveralBestFrames) {
  StubServer server;
  json::object fields = {
      {"ImageBase64", to_base64(bytes_of("photo"))},
      {"VideoBase64", to_base64(bytes_of("video"))},
      {"LivenessType", "SILENT"}
  };
  EXPECT_FALSE(ask(server, "LivenessCompare", fields).contains("BestFrameList"));
  const auto frames = [&](const char* count) {
    fields["Optional"] = std::string(R"({"BestFrameNum": )") + count + "}";
    return ask(server, "LivenessCompare", fields).at("BestFrameList").as_array();
  };
  EXPECT_EQ(frames("2").size(), 2u);
  EXPECT_EQ(frames("2")[0], json::value(to_base64(bytes_of("best frame")))) << "stored: the first";
  EXPECT_EQ(frames("3").size(), 3u);
  EXPECT_EQ(frames("10").size(), 5u) << "there are no more";
}

TEST(LivenessCompareTest, BestFrameNum) {
  EXPECT_EQ(best_frames_of(""), 1);
  EXPECT_EQ(best_frames_of("{}"), 1);
  EXPECT_EQ(best_frames_of(R"({"BestFrameNum":null})"), 1);
  EXPECT_EQ(best_frames_of(R"({"BestFrameNum":1,"Other":[]})"), 1);
  EXPECT_EQ(best_frames_of(R"({"BestFrameNum":10})"), 10);
  for (const char* wrong :
       {"x",
        "[]",
        "1",
        "{",
        R"({"BestFrameNum":0})",
        R"({"BestFrameNum":11})",
        R"({"BestFrameNum":-1})",
        R"({"BestFrameNum":2.5})",
        R"({"BestFrameNum":"2"})",
        R"({"BestFrameNum":99999999999999999999})"}) {
    EXPECT_FALSE(best_frames_of(wrong)) << wrong;
  }
}

/// A sequence of this level, as its device gets it.
json::object sequence_of(StubServer& server, const char* level) {
  const std::string device = R"({"format":"selfsame-device-1","mirrored":true})";
  json::object fields = {{"DeviceDataUrl", upload(server, device)}, {"DeviceDataMd5", md5(device)}};
  if (level != nullptr) fields["SecurityLevel"] = level;
  const auto made = ask(server, "GenerateReflectSequence", fields);
  const http::Response shown = file_request(server, "GET", text(made, "ReflectSequenceUrl"));
  EXPECT_EQ(shown.content_type, "application/json");
  EXPECT_EQ(text(made, "ReflectSequenceMd5"), md5(shown.body));
  return json::parse(shown.body).as_object();
}

constexpr std::chrono::seconds kRecording(5);  // longer than the stub's capture lasts

json::object answer_to(StubServer& server, const json::object& sequence) {
  const std::string live = json::serialize(json::object{
      {"format", "selfsame-live-1"},
      {"sequence", sequence},
      {"video", to_base64(bytes_of("video"))},
      {"stills", json::array{json::object{{"time_ms", 900}, {"image", "AAAA"}}}}
  });
  return ask(
      server,
      "DetectReflectLivenessAndCompare",
      {{"LiveDataUrl", upload(server, live)},
       {"LiveDataMd5", md5(live)},
       {"ImageUrl", upload(server, "photo")},
       {"ImageMd5", md5("photo")}}
  );
}

TEST(ReflectLivenessTest, EachLevelAsksForItsOwn) {
  StubServer server;
  const auto counts = [&](const char* level) {
    const auto sequence = sequence_of(server, level);
    EXPECT_TRUE(sequence.at("mirrored").as_bool());
    return std::pair(
        sequence.at("actions").as_array().size(), sequence.at("flashes").as_array().size()
    );
  };
  EXPECT_EQ(counts("1"), std::pair(0ul, 0ul));
  EXPECT_EQ(counts("2"), std::pair(1ul, 0ul));
  EXPECT_EQ(counts("3"), std::pair(0ul, 8ul));
  EXPECT_EQ(counts("4"), std::pair(1ul, 8ul));
  EXPECT_EQ(counts(nullptr), std::pair(1ul, 8ul));
}

TEST(ReflectLivenessTest, ASequenceIsAnsweredOnce) {
  for (const char* level : {"1", "2", "3", "4"}) {
    StubServer server;
    const auto sequence = sequence_of(server, level);
    server.clock.advance(kRecording);
    const auto first = answer_to(server, sequence);
    EXPECT_EQ(code_of(first), "Success") << level;
    EXPECT_EQ(text(first, "BestFrameMd5"), md5("best frame"));
    EXPECT_EQ(file_request(server, "GET", text(first, "BestFrameUrl")).body, "best frame");
    EXPECT_EQ(code_of(answer_to(server, sequence)), "FailedOperation.LivessDetectFake") << level;
    EXPECT_EQ(server.database.charges.size(), 1u);
  }
}

TEST(ReflectLivenessTest, AFailedAttemptUsesItUpToo) {
  StubServer server;
  const auto sequence = sequence_of(server, "4");
  server.clock.advance(kRecording);
  server.engine.outcome = core::Outcome::reflection_mismatch;
  const auto failed = answer_to(server, sequence);
  EXPECT_EQ(code_of(failed), "FailedOperation.LivessDetectFake");
  EXPECT_EQ(text(failed, "BestFrameUrl"), "");
  server.engine.outcome = core::Outcome::match;
  EXPECT_EQ(code_of(answer_to(server, sequence)), "FailedOperation.LivessDetectFake");
  EXPECT_TRUE(server.database.charges.empty());
}

TEST(ReflectLivenessTest, ItExpiresAndMustBeOurs) {
  StubServer server;
  const auto late = sequence_of(server, "4");
  auto changed = sequence_of(server, "4");
  changed["actions"] = json::array();
  EXPECT_EQ(code_of(answer_to(server, changed)), "FailedOperation.LivessDetectFake");
  server.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(code_of(answer_to(server, late)), "FailedOperation.LivessDetectFail");
  EXPECT_EQ(server.engine.runs, 0);
}

TEST(ReflectLivenessTest, OutcomesHaveTheirCodes) {
  const std::vector<std::pair<core::Outcome, const char*>> codes = {
      {core::Outcome::reflection_too_bright, "FailedOperation.ActionLightStrong"},
      {core::Outcome::reflection_too_weak, "FailedOperation.LivessUnknownError"},
      {core::Outcome::reflection_flat, "FailedOperation.LivessDetectFake"},
      {core::Outcome::attack, "FailedOperation.LivessDetectFake"},
      {core::Outcome::video_no_face, "FailedOperation.ActionNodetectFace"},
      {core::Outcome::action_no_blink, "FailedOperation.ActionCloseEye"},
      {core::Outcome::non_match, "FailedOperation.CompareLowSimilarity"},
  };
  for (const auto& [outcome, code] : codes) {
    StubServer server;
    const auto sequence = sequence_of(server, "4");
    server.clock.advance(kRecording);
    server.engine.outcome = outcome;
    EXPECT_EQ(code_of(answer_to(server, sequence)), code);
  }
}

TEST(ReflectLivenessTest, WhatWasRecordedBeforeTheSequenceIsRefused) {
  StubServer server;
  const auto sequence = sequence_of(server, "4");
  EXPECT_EQ(code_of(answer_to(server, sequence)), "FailedOperation.LivessDetectFake");
  EXPECT_TRUE(server.database.charges.empty());
}

TEST(ReflectLivenessTest, PackagesMustBeOurs) {
  StubServer server;
  const std::string device = "an opaque package";
  EXPECT_EQ(
      code_of(
          ask(server,
              "GenerateReflectSequence",
              {{"DeviceDataUrl", upload(server, device)}, {"DeviceDataMd5", md5(device)}})
      ),
      "FailedOperation.DownLoadError"
  );
  EXPECT_EQ(
      code_of(
          ask(server,
              "GenerateReflectSequence",
              {{"DeviceDataUrl", "https://a/"}, {"DeviceDataMd5", md5(device)}})
      ),
      "FailedOperation.DownLoadError"
  );
}

TEST(DetectAiFakeFacesTest, SaysWhatWasMeasured) {
  struct Row {
    core::Outcome outcome;
    const char* level;
    const char* type;
  };
  const std::vector<Row> rows = {
      {core::Outcome::match, "Low", nullptr},
      {core::Outcome::liveness_unsure, "Mid", nullptr},
      {core::Outcome::attack, "High", "SuspectedSpoofingAttack"},
  };
  for (const Row& row : rows) {
    for (const int type : {1, 2}) {
      StubServer server;
      server.engine.outcome = row.outcome;
      const auto answer =
          ask(server, "DetectAIFakeFaces", {{"FaceInput", "AAAA"}, {"FaceInputType", type}});
      EXPECT_EQ(text(answer, "AttackRiskLevel"), row.level);
      const json::array& traces = answer.at("AttackRiskDetailList").as_array();
      ASSERT_EQ(traces.size(), row.type == nullptr ? 0u : 1u);
      if (row.type != nullptr) EXPECT_EQ(text(traces[0].as_object(), "Type"), row.type);
      EXPECT_TRUE(server.database.outcomes_stored.empty());
      EXPECT_TRUE(server.database.charges.empty());
    }
  }
}

TEST(DetectAiFakeFacesTest, ErrorsOfWhatCannotBeJudged) {
  StubServer server;
  const auto code = [&](const json::object& fields) {
    return code_of(ask(server, "DetectAIFakeFaces", fields));
  };
  EXPECT_EQ(code({}), "MissingParameter");
  EXPECT_EQ(code({{"FaceInput", "AAAA"}}), "MissingParameter");
  EXPECT_EQ(code({{"FaceInput", "AAAA"}, {"FaceInputType", 3}}), "InvalidParameter");
  EXPECT_EQ(code({{"FaceInput", "AAAA"}, {"FaceInputType", "1"}}), "InvalidParameter");
  EXPECT_EQ(code({{"FaceInput", "x"}, {"FaceInputType", 1}}), "InvalidParameterValue");
  EXPECT_EQ(code({{"EncryptedBody", "AAAA"}}), "UnsupportedOperation");
  EXPECT_EQ(
      code({{"Encryption", json::object{{"Iv", "a"}}}, {"EncryptedBody", "AAAA"}}),
      "UnsupportedOperation"
  );
  const json::object photo = {{"FaceInput", "AAAA"}, {"FaceInputType", 1}};
  const json::object video = {{"FaceInput", "AAAA"}, {"FaceInputType", 2}};
  server.engine.duration_s = 21;
  EXPECT_EQ(code(video), "FailedOperation.LipSizeError");
  server.engine.duration_s = 20;
  EXPECT_EQ(code(video), "");
  server.engine.outcome = core::Outcome::video_no_face;
  EXPECT_EQ(code(photo), "FailedOperation.LifePhotoDetectNoFaces");
  EXPECT_EQ(code(video), "FailedOperation.SilentFaceDetectFail");
  server.engine.outcome = core::Outcome::video_undecodable;
  EXPECT_EQ(code(video), "FailedOperation.ImageDecodeFailed");
  server.engine.error = Errc::image_undecodable;
  EXPECT_EQ(code(photo), "FailedOperation.ImageDecodeFailed");
}

}  // namespace
}  // namespace selfsame::adapters::tencent
