// SPDX-License-Identifier: Apache-2.0
// What customers order and devices say.
#include <gtest/gtest.h>

#include <string>

#include "adapters/native/idempotent.h"
#include "adapters/native/session_requests.h"
#include "adapters/native/verification_request.h"

namespace selfsame::adapters::native {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kImageBytesMax = 100;

Result<VerificationRequest> order(
    std::string_view body, std::string_view type = "application/json"
) {
  return parse_verification_request(type, body, kImageBytesMax);
}

std::string part(std::string_view name, std::string_view content) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" +
         std::string(content) + "\r\n";
}

TEST(VerificationRequest, UsualTermsNeedOnlyAPhoto) {
  const auto request = order(R"({"reference_image":"AQID"})");
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->reference_image, (Bytes{1, 2, 3}));
  EXPECT_TRUE(request->terms.compares);
  EXPECT_EQ(request->terms.actions + request->terms.flashes + request->terms.digits, 0);
  EXPECT_TRUE(core::check(request->terms));
}

TEST(VerificationRequest, ModesBringTheirUsualCounts) {
  const auto usual = order(R"({"compare":false,"modes":["silent","action","reflection","lip"]})");
  ASSERT_TRUE(usual) << usual.error().detail;
  EXPECT_EQ(usual->terms.actions, 2);
  EXPECT_EQ(usual->terms.flashes, 8);
  EXPECT_EQ(usual->terms.digits, 4);
  EXPECT_EQ(usual->terms.fallback_actions, 0);
  EXPECT_TRUE(core::check(usual->terms));
  const auto own = order(
      R"({"compare":false,"modes":["action","reflection"],"actions":1,"allowed_actions":["nod"],)"
      R"("flashes":10,"fallback_actions":2,"attempts_max":5,"start_within_s":60,)"
      R"("answer_within_s":30,"end_within_s":300,"metadata":"order 17"})"
  );
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->terms.actions, 1);
  EXPECT_EQ(own->terms.allowed_actions, std::vector{core::FaceAction::nod});
  EXPECT_EQ(own->terms.flashes, 10);
  EXPECT_EQ(own->terms.fallback_actions, 2);
  EXPECT_EQ(own->terms.attempts_max, 5);
  EXPECT_EQ(own->terms.start_within, 60s);
  EXPECT_EQ(own->terms.answer_within, 30s);
  EXPECT_EQ(own->terms.end_within, 300s);
  EXPECT_EQ(own->metadata, "order 17");
}

TEST(VerificationRequest, ThePhotoMayComeAsAFile) {
  const std::string body =
      part("reference_image", "photo") + part("request", R"({"modes":["lip"]})") + "--b--\r\n";
  const auto request = order(body, "multipart/form-data; boundary=b");
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(text_of(request->reference_image), "photo");
  EXPECT_EQ(request->terms.digits, 4);
  EXPECT_TRUE(
      order(part("reference_image", "photo") + "--b--\r\n", "multipart/form-data; boundary=b")
  );
}

TEST(VerificationRequest, EverythingElseIsRefusedForWhatItIs) {
  const std::string much = std::string(200, 'A');
  const std::pair<std::string, Errc> cases[] = {
      {"", Errc::malformed_request},
      {"[]", Errc::malformed_request},
      {"{}", Errc::missing_parameter},
      {R"({"compare":false,"reference_image":"AQID"})", Errc::invalid_parameter},
      {R"({"reference_image":"AQI"})", Errc::invalid_parameter},
      {R"({"reference_image":"data:AQID"})", Errc::invalid_parameter},
      {R"({"reference_image":")" + much + "\"}", Errc::image_too_large},
      {R"({"compare":false,"modes":["video"]})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":["lip","lip"]})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":"lip"})", Errc::invalid_parameter},
      {R"({"compare":false,"actions":2})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":["action"],"actions":0})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":["action"],"actions":4})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":["reflection"],"flashes":7})", Errc::invalid_parameter},
      {R"({"compare":false,"modes":["lip"],"digits":3})", Errc::invalid_parameter},
      {R"({"compare":false,"fallback_actions":1})", Errc::invalid_parameter},
      {R"({"compare":false,"allowed_actions":[]})", Errc::invalid_parameter},
      {R"({"compare":false,"attempts_max":0})", Errc::invalid_parameter},
      {R"({"compare":false,"start_within_s":0})", Errc::invalid_parameter},
      {R"({"compare":false,"metadata":")" + std::string(1001, 'x') + "\"}", Errc::invalid_parameter
      },
      {R"({"compare":false,"token":"mine"})", Errc::unknown_parameter},
  };
  for (const auto& [body, code] : cases) {
    const auto request = order(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().code, code) << body << ": " << request.error().detail;
    EXPECT_FALSE(request.error().detail.empty()) << body;
  }
  const std::string image = part("reference_image", "photo");
  for (const std::string& body :
       {image + image,
        image + part("other", "x"),
        image + part("request", "{}") + part("request", "{}"),
        image + part("request", R"({"reference_image":"AQID"})"),
        image + part("request", "x"),
        part("reference_image", "")}) {
    EXPECT_FALSE(order(body + "--b--\r\n", "multipart/form-data; boundary=b")) << body;
  }
  EXPECT_FALSE(order(R"({"compare":false})", "text/plain"));
}

TEST(SessionRequests, FactsOfTheDevice) {
  EXPECT_FALSE(parse_device_facts("")->mirrored);
  EXPECT_TRUE(parse_device_facts("")->can_flash);
  EXPECT_TRUE(parse_device_facts(R"({"mirrored":true})")->mirrored);
  EXPECT_FALSE(parse_device_facts(R"({"can_flash":false})")->can_flash);
  const auto facts = parse_device_facts(
      R"({"app":{"sdk_version":"3.2.1","model":"Phone 1","bundle_id":"com.bank"}})"
  );
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->app.sdk_version, "3.2.1");
  EXPECT_EQ(facts->app.model, "Phone 1");
  EXPECT_EQ(facts->app.bundle_id, "com.bank");
  EXPECT_EQ(parse_device_facts(R"({"app":{"os":"x"}})").error().code, Errc::unknown_parameter);
  EXPECT_FALSE(parse_device_facts(R"({"app":{"model":1}})"));
  EXPECT_FALSE(parse_device_facts("{\"app\":{\"bundle_id\":\"" + std::string(257, 'x') + "\"}}"));
  EXPECT_FALSE(parse_device_facts(R"({"live":true})"));
  EXPECT_FALSE(parse_device_facts(R"({"mirrored":"yes"})"));
}

TEST(SessionRequests, AChunkIsInTheQuery) {
  const auto chunk = parse_chunk("challenge_id=c&part=still-1&offset=65536&total=70000&sha256=ab");
  ASSERT_TRUE(chunk) << chunk.error().detail;
  EXPECT_EQ(chunk->challenge_id, "c");
  EXPECT_EQ(chunk->part, "still-1");
  EXPECT_EQ(chunk->offset, 65536U);
  EXPECT_EQ(chunk->total_bytes, 70000U);
  EXPECT_EQ(chunk->sha256, "ab");
  for (const char* query :
       {"",
        "challenge_id=c&part=video&offset=0&total=1",
        "challenge_id=c&part=video&offset=-1&total=1&sha256=a",
        "challenge_id=c&part=video&offset=%201&total=1&sha256=a",
        "challenge_id=c&part=video&offset=0x1&total=1&sha256=a",
        "challenge_id=c&part=video&offset=0&total=99999999999999999999&sha256=a",
        "challenge_id=c&part=video&offset=0&total=1&sha256=a&sha256=b",
        "challenge_id=c&part=video&offset=0&total=1&sha256=a&live=1",
        "challenge_id=c&part=video&offset=0&total=1&sha256=%"}) {
    EXPECT_FALSE(parse_chunk(query)) << query;
  }
}

TEST(SessionRequests, TheManifest) {
  const auto manifest = parse_manifest(
      R"({"challenge_id":"c","signature":"s","stills":[{"part":"still-1","time_s":1.5}],)"
      R"("flash_shown_at_s":[1,1.4],"hints":{"camera_labels":["Front"],"user_agent":"UA",)"
      R"("frame_rate_hz":30,"width_px":640,"height_px":480,"mirrored":true}})"
  );
  ASSERT_TRUE(manifest) << manifest.error().detail;
  EXPECT_EQ(manifest->stills.size(), 1U);
  EXPECT_EQ(manifest->stills[0].time_s, 1.5);
  EXPECT_EQ(manifest->flash_shown_at_s.size(), 2U);
  EXPECT_EQ(manifest->hints.camera_labels, std::vector<std::string>{"Front"});
  EXPECT_EQ(manifest->hints.mirrored, true);
  EXPECT_TRUE(parse_manifest(R"({"challenge_id":"c","signature":"s"})"));
  for (const char* body :
       {"",
        "{}",
        R"({"challenge_id":"c"})",
        R"({"challenge_id":1,"signature":"s"})",
        R"({"challenge_id":"c","signature":"s","passed":true})",
        R"({"challenge_id":"c","signature":"s","stills":[{"part":"still-1"}]})",
        R"({"challenge_id":"c","signature":"s","stills":[{"part":"still-1","time_s":-1}]})",
        R"({"challenge_id":"c","signature":"s","stills":[{"part":"still-1","time_s":1,"live":1}]})",
        R"({"challenge_id":"c","signature":"s","stills":[1]})",
        R"({"challenge_id":"c","signature":"s","flash_shown_at_s":[1e9]})",
        R"({"challenge_id":"c","signature":"s","hints":{"virtual":false}})",
        R"({"challenge_id":"c","signature":"s","hints":{"camera_labels":[1]}})"}) {
    const auto refused = parse_manifest(body);
    ASSERT_FALSE(refused) << body;
    EXPECT_FALSE(refused.error().detail.empty()) << body;
  }
}

TEST(SessionRequests, AnEndHasAReasonOfTheList) {
  EXPECT_EQ(parse_end(R"({"reason":"camera_busy"})").value(), core::EndReason::camera_busy);
  EXPECT_FALSE(parse_end(""));
  EXPECT_FALSE(parse_end("{}"));
  EXPECT_FALSE(parse_end(R"({"reason":"passed"})"));
  EXPECT_FALSE(parse_end(R"({"reason":"other","passed":true})"));
}

http::Request request_of(std::string target, std::string type, std::string body) {
  http::Request request{.method = "POST", .target = std::move(target), .body = std::move(body)};
  request.headers.add("content-type", std::move(type));
  return request;
}

TEST(Idempotency, TheSameRequestHasTheSameHash) {
  const std::string body = part("a", "1") + part("b", "2") + "--b--\r\n";
  std::string other_boundary = body;
  for (std::size_t at = 0; (at = other_boundary.find("--b", at)) != std::string::npos; ++at) {
    other_boundary.replace(at, 3, "--c");
  }
  const Bytes hash = hash_of(request_of("/v1/x", "multipart/form-data; boundary=b", body));
  EXPECT_EQ(hash, hash_of(request_of("/v1/x", "multipart/form-data; boundary=c", other_boundary)));
  EXPECT_NE(hash, hash_of(request_of("/v1/y", "multipart/form-data; boundary=b", body)));
  const std::string moved = part("a", "12") + part("b", "") + "--b--\r\n";
  EXPECT_NE(hash, hash_of(request_of("/v1/x", "multipart/form-data; boundary=b", moved)));
  const auto json = [](std::string text) {
    return hash_of(request_of("/v1/x", "application/json", std::move(text)));
  };
  EXPECT_EQ(json("{}"), json("{}"));
  EXPECT_NE(json("{}"), json("{ }"));
}

}  // namespace
}  // namespace selfsame::adapters::native
