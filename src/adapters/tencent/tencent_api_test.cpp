// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/tencent_api.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/tencent/stub_services.h"
#include "base/base64.h"
#include "base/crypto.h"

namespace selfsame::adapters::tencent {
namespace {

using testing::parse_request;
using testing::StubServer;

const std::filesystem::path kCases =
    std::filesystem::path(SELFSAME_SOURCE_DIR) / "tests/conformance/tencent/cases";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Case {
  std::map<std::string, std::string> stage;
  std::string request;
  std::string response;
};

/// The format is that of tests/conformance/tencent/make_cases.py.
Case read_case(const std::filesystem::path& path) {
  Case read;
  std::string text = read_file(path);
  while (text.starts_with("# ")) {
    const std::size_t colon = text.find(": ");
    const std::size_t end = text.find('\n');
    read.stage[text.substr(2, colon - 2)] = text.substr(colon + 2, end - colon - 2);
    text.erase(0, end + 1);
  }
  const std::size_t cut = text.find("\n<<<\n");
  read.request = text.substr(0, cut);
  read.response = text.substr(cut + 5);
  read.response.pop_back();  // the file's last line end
  return read;
}

core::Outcome outcome_named(std::string_view name) {
  for (int i = 0; auto outcome = core::outcome_from(i); ++i) {
    if (core::name_of(*outcome) == name) return *outcome;
  }
  ADD_FAILURE() << "no outcome " << name;
  return {};
}

Errc error_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Errc::engine_failed); ++i) {
    if (name_of(static_cast<Errc>(i)) == name) return static_cast<Errc>(i);
  }
  ADD_FAILURE() << "no error " << name;
  return {};
}

core::AccountState account_named(std::string_view name) {
  const auto state = core::account_state_from(name);
  EXPECT_TRUE(state) << name;
  return state.value_or(core::AccountState::denied);
}

std::string as_text(const http::Response& response) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) +
                     (response.status == 200 ? " OK\n" : "\n") +
                     "Content-Type: " + response.content_type + "\n";
  for (const auto& [name, value] : response.headers.all()) text += name + ": " + value + "\n";
  return text + "\n" + response.body;
}

void set_stage(StubServer& server, const Case& given) {
  for (const auto& [key, value] : given.stage) {
    if (key == "outcome") server.engine.outcome = outcome_named(value);
    if (key == "engine") server.engine.error = error_named(value);
    if (key == "account") server.database.customer.states[kPureApiProduct] = account_named(value);
    if (key == "callers")
      server.database.customer.states[kCallersChallengeProduct] = account_named(value);
  }
}

http::Request request_of(std::string_view name) {
  return parse_request(read_case(kCases / (std::string(name) + ".http")).request);
}

/// The code of an error or result answer.
std::string code_in(const http::Response& response) {
  for (const std::string_view key : {R"("Code":")", R"("Result":")"}) {
    const std::size_t at = response.body.find(key);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + key.size();
    return response.body.substr(begin, response.body.find('"', begin) - begin);
  }
  return "neither: " + response.body.substr(0, 200);
}

class RecordedCase : public ::testing::TestWithParam<std::string> {};

TEST_P(RecordedCase, GetsExactlyItsAnswer) {
  const Case given = read_case(kCases / (GetParam() + ".http"));
  StubServer server;
  set_stage(server, given);
  const http::Request request = parse_request(given.request);
  EXPECT_TRUE(TencentApi::claims(request));
  EXPECT_EQ(as_text(server.ask(request)), given.response);
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases)) {
    if (entry.path().extension() == ".http") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

INSTANTIATE_TEST_SUITE_P(
    Tencent,
    RecordedCase,
    ::testing::ValuesIn(case_names()),
    [](const auto& info) { return info.param; }
);

TEST(TencentApiTest, ThereAreCases) {
  EXPECT_GE(case_names().size(), 90u);
}

TEST(TencentApiTest, BillsSuccessAndLowSimilarityOnly) {
  for (int i = 0; auto outcome = core::outcome_from(i); ++i) {
    StubServer server;
    server.engine.outcome = *outcome;
    const std::string code = code_in(server.ask(request_of("result_success")));
    const bool billed = code == "Success" || code == "FailedOperation.CompareLowSimilarity";
    ASSERT_EQ(server.database.charges.size(), billed ? 1u : 0u) << core::name_of(*outcome);
    if (billed) {
      EXPECT_EQ(server.database.charges[0].code, code);
      EXPECT_EQ(server.database.charges[0].product, core::name_of(kPureApiProduct));
      EXPECT_EQ(server.database.charges[0].customer, testing::kCustomer);
      EXPECT_EQ(server.database.charges[0].outcome_id, testing::kRequestId);
    }
  }
}

TEST(TencentApiTest, IdenticalTc3RequestGetsTheStoredAnswer) {
  StubServer server;
  const http::Response first = server.ask(request_of("result_success"));
  http::Request again = request_of("result_success");
  again.request_id = "99999999-2222-4333-8444-555555555555";
  server.engine.outcome = core::Outcome::attack;  // would be seen if it were measured again
  EXPECT_EQ(server.ask(again).body, first.body);
  EXPECT_EQ(server.engine.runs, 1);
  EXPECT_EQ(server.database.charges.size(), 1u);
}

TEST(TencentApiTest, UnsignedPayloadOfAnotherBodyIsAnotherRequest) {
  StubServer server;
  const std::string first = server.ask(request_of("tc3_unsigned_payload")).body;
  http::Request other = request_of("tc3_unsigned_payload");
  other.body.push_back(' ');
  server.engine.outcome = core::Outcome::attack;
  EXPECT_EQ(code_in(server.ask(other)), "FailedOperation.SilentPictureLiveFail");
  EXPECT_EQ(server.engine.runs, 2);
}

TEST(TencentApiTest, V1ReplayIsRefused) {
  for (const char* name : {"v1_sha256", "v1_sha1", "v1_get"}) {
    StubServer server;
    EXPECT_EQ(code_in(server.ask(request_of(name))), "Success") << name;
    const http::Response second = server.ask(request_of(name));
    EXPECT_EQ(code_in(second), "AuthFailure.SignatureFailure") << name;
    EXPECT_NE(second.body.find("used before"), std::string::npos) << name;
    EXPECT_EQ(server.database.charges.size(), 1u) << name;
  }
}

// The signed text has no escapes: folded into the Nonce, other fields leave it and the signature as
// they were.
TEST(TencentApiTest, V1ReplaySplitIntoOtherFieldsIsRefused) {
  StubServer server;
  http::Request request = request_of("v1_sha256");
  EXPECT_EQ(code_in(server.ask(request)), "Success");
  const auto replace = [&](std::string_view from, std::string_view to) {
    const std::size_t at = request.body.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    request.body.replace(at, from.size(), to);
  };
  replace("&Region=ap-hongkong&RequestClient=SDK_PYTHON_3.1.193", "");
  replace("Nonce=7029", "Nonce=7029%26Region%3Dap-hongkong%26RequestClient%3DSDK_PYTHON_3.1.193");
  const http::Response second = server.ask(request);
  EXPECT_EQ(code_in(second), "AuthFailure.SignatureFailure");
  EXPECT_NE(second.body.find("used before"), std::string::npos);
  EXPECT_EQ(server.database.charges.size(), 1u);
}

TEST(TencentApiTest, SameNonceInAnotherRequestIsFine) {
  StubServer server;
  EXPECT_EQ(code_in(server.ask(request_of("v1_sha256"))), "Success");
  EXPECT_EQ(code_in(server.ask(request_of("v1_sha1"))), "Success");  // same nonce, same time
}

TEST(TencentApiTest, WrongSignatureDoesNotBurnANonce) {
  StubServer server;
  EXPECT_EQ(
      code_in(server.ask(request_of("auth_wrong_secret_v1"))), "AuthFailure.SignatureFailure"
  );
  EXPECT_EQ(code_in(server.ask(request_of("v1_sha256"))), "Success");
}

TEST(TencentApiTest, AnyChangedByteOfASignedBodyIsRefused) {
  StubServer server;
  const http::Request good = request_of("tc3_node");
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    http::Request bad = good;
    bad.body[i] = static_cast<char>(bad.body[i] ^ 1);
    ASSERT_EQ(code_in(server.ask(bad)), "AuthFailure.SignatureFailure") << i;
  }
  EXPECT_EQ(server.engine.runs, 0);
}

TEST(TencentApiTest, AnyChangeOfWhatTc3SignsIsRefused) {
  StubServer server;
  const http::Request good = request_of("tc3_get");
  const auto changed = [&](std::string_view name, std::string_view value) {
    http::Request bad = good;
    bad.headers = {};
    for (const auto& [field, old] : good.headers.all()) {
      bad.headers.add(field, field == name ? std::string(value) : old);
    }
    return code_in(server.ask(bad));
  };
  EXPECT_EQ(changed("None", ""), "Success");
  EXPECT_EQ(changed("Host", "127.0.0.2:8080"), "AuthFailure.SignatureFailure");
  EXPECT_EQ(changed("Content-Type", "application/json"), "AuthFailure.SignatureFailure");
  EXPECT_EQ(changed("X-TC-Timestamp", "1767225601"), "AuthFailure.SignatureFailure");
  http::Request bad = good;
  bad.target += "&";
  EXPECT_EQ(code_in(server.ask(bad)), "AuthFailure.SignatureFailure");
  bad = good;
  bad.method = "POST";
  EXPECT_EQ(code_in(server.ask(bad)), "AuthFailure.SignatureFailure");
}

// A proxy's own Authorization does not hide a v1 signature.
TEST(TencentApiTest, V1BesideAnotherAuthorization) {
  StubServer server;
  http::Request request = request_of("v1_sha256");
  request.headers.add("Authorization", "Basic eA==");
  EXPECT_EQ(code_in(server.ask(request)), "Success");
}

TEST(TencentApiTest, SizeIsCheckedFirst) {
  StubServer server(TencentSettings{.sizes = {.tc3_body_bytes = 20, .v1_body_bytes = 20}});
  http::Request tc3 = request_of("auth_wrong_secret");
  EXPECT_EQ(code_in(server.ask(tc3)), "RequestSizeLimitExceeded");
  const http::Response v1 = server.ask(request_of("auth_wrong_secret_v1"));
  EXPECT_EQ(code_in(v1), "AuthFailure.SignatureFailure");
  EXPECT_NE(v1.body.find("TC3-HMAC-SHA256"), std::string::npos);
}

// What the HTTP server has dropped is known by its header only.
TEST(TencentApiTest, AnswersWhatWasNotRead) {
  StubServer server;
  const auto dropped = [](std::string_view name, bool http::Request::* flag) {
    http::Request request = request_of(name);
    request.body.clear();
    request.*flag = true;
    EXPECT_TRUE(TencentApi::claims(request)) << name;
    return request;
  };
  EXPECT_EQ(
      code_in(server.ask(dropped("result_success", &http::Request::body_too_large))),
      "RequestSizeLimitExceeded"
  );
  const http::Response v1 = server.ask(dropped("v1_sha256", &http::Request::body_too_large));
  EXPECT_EQ(code_in(v1), "AuthFailure.SignatureFailure");
  EXPECT_NE(v1.body.find("TC3-HMAC-SHA256"), std::string::npos);
  EXPECT_EQ(
      code_in(server.ask(dropped("result_success", &http::Request::overloaded))),
      "RequestLimitExceeded"
  );
  http::Request get = request_of("tc3_get");
  get.target = "/";
  get.target_too_large = true;
  EXPECT_EQ(code_in(server.ask(get)), "RequestSizeLimitExceeded");
}

TEST(TencentApiTest, ClaimsOnlyItsOwn) {
  EXPECT_FALSE(TencentApi::claims(parse_request("GET / HTTP/1.1\nHost: a\n\n")));
  EXPECT_FALSE(TencentApi::claims(parse_request("POST /v1/x HTTP/1.1\nX-TC-Action: A\n\n")));
  EXPECT_FALSE(TencentApi::claims(parse_request("GET /?XSecretId=1 HTTP/1.1\nHost: a\n\n")));
  EXPECT_TRUE(TencentApi::claims(parse_request("GET /?SecretId=1 HTTP/1.1\nHost: a\n\n")));
  http::Request other = parse_request(
      "POST / HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\nx-acs-action: A\n\n"
  );
  other.body_too_large = true;
  EXPECT_FALSE(TencentApi::claims(other));
}

TEST(TencentApiTest, EveryActionOfTheSdksIsKnown) {
  StubServer server;
  http::Request request = request_of("tc3_unsigned_payload");  // X-TC-Action is not signed
  std::ifstream names(kCases.parent_path() / "actions.txt");
  int known = 0;
  for (std::string name; std::getline(names, name); ++known) {
    http::Request named = parse_request(read_case(kCases / "action_not_offered.http").request);
    http::Request copy;
    copy.method = named.method;
    copy.target = named.target;
    copy.body = named.body;
    copy.request_id = named.request_id;
    copy.received_at = named.received_at;
    copy.deadline = named.deadline;
    for (const auto& [field, value] : named.headers.all()) {
      copy.headers.add(field, field == "X-TC-Action" ? name : value);
    }
    constexpr std::array<std::string_view, 28> kOffered = {
        "ApplyCardVerification",
        "ApplyLivenessToken",
        "ApplySdkVerificationToken",
        "ApplyWebVerificationBizTokenIntl",
        "ApplyWebVerificationToken",
        "CheckIdCardInformation",
        "CheckIdNameDate",
        "CompareFaceLiveness",
        "CreateEKYCWebhook",
        "CreateUploadUrl",
        "DeleteEKYCWebhook",
        "DetectAIFakeFaces",
        "DetectReflectLivenessAndCompare",
        "GenerateReflectSequence",
        "GetCardVerificationResult",
        "GetFaceIdResultIntl",
        "GetFaceIdTokenIntl",
        "GetLivenessResult",
        "GetSdkVerificationResult",
        "GetWebVerificationResult",
        "GetWebVerificationResultIntl",
        "IdCardOCRVerification",
        "IdCardVerification",
        "ImageRecognitionV2",
        "ListEKYCWebhooks",
        "LivenessCompare",
        "UpdateEKYCWebhook",
        "VideoLivenessCompare"
    };
    const bool offered = std::ranges::find(kOffered, name) != kOffered.end();
    const std::string expected = offered ? "UnknownParameter" : "UnsupportedOperation";
    EXPECT_EQ(code_in(server.ask(copy)), expected) << name;
  }
  EXPECT_EQ(known, 41);
}

TEST(TencentApiTest, OversizeFieldsHaveTheirOwnCodes) {
  const std::string quad = "AAAA";
  const auto base64_of = [](std::size_t bytes) { return std::string(bytes, 'A'); };
  struct Sized {
    std::string image;
    std::string video;
    std::string_view code;
  };
  const std::vector<Sized> sizes = {
      {base64_of((3u << 20) + 4), quad, "FailedOperation.ImageSizeTooLarge"},
      {quad, base64_of((8u << 20) + 4), "FailedOperation.LipSizeError"},
      {base64_of(3u << 20), quad, ""},
      {quad, base64_of(8u << 20), ""},
  };
  for (const Sized& sized : sizes) {
    const std::string body = R"({"ImageBase64":")" + sized.image + R"(","VideoBase64":")" +
                             sized.video + R"(","LivenessType":"SILENT"})";
    const auto parameters = Parameters::from_json(body);
    ASSERT_TRUE(parameters);
    const auto checked = check_fields(parameters->all(), compare_face_liveness_fields());
    EXPECT_EQ(checked ? std::string_view{} : checked.error().code, sized.code);
  }
}

}  // namespace
}  // namespace selfsame::adapters::tencent
