// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/error_codes.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "adapters/tencent/response.h"

namespace selfsame::adapters::tencent {
namespace {

TEST(ErrorCodesTest, NoCodeAndNoMessageIsEmpty) {
  for (int i = 0; i <= static_cast<int>(Errc::engine_failed); ++i) {
    const ApiError error = refuse(static_cast<Errc>(i)).value();
    EXPECT_FALSE(error.code.empty());
    EXPECT_FALSE(error.message.empty());
  }
}

TEST(ErrorCodesTest, WhatHasNoCauseHereIsNeverAnswered) {
  const std::set<std::string_view> without_cause = {
      "FailedOperation.CompareSystemError",
      "FailedOperation.LifePhotoDetectFake",
      "FailedOperation.UnKnown"
  };
  int outcomes = 0;
  for (; core::outcome_from(outcomes); ++outcomes) {
    const auto outcome = core::outcome_from(outcomes);
    if (outcome == core::Outcome::document_read) continue;  // nobody was live
    if (outcome == core::Outcome::document_refused) continue;
    for (const auto mode :
         {core::LivenessMode::silent,
          core::LivenessMode::action,
          core::LivenessMode::reflection,
          core::LivenessMode::lip}) {
      const auto code = result_code_of(*core::outcome_from(outcomes), mode).code;
      EXPECT_FALSE(without_cause.contains(code)) << code;
    }
  }
  EXPECT_GT(outcomes, 40);
  for (int i = 0; i <= static_cast<int>(Errc::engine_failed); ++i) {
    EXPECT_FALSE(without_cause.contains(code_of(static_cast<Errc>(i))));
  }
}

TEST(ErrorCodesTest, DetailIsNotSent) {
  const ApiError error = refuse(Error{Errc::engine_failed, "path /secret"}).value();
  EXPECT_EQ(error.message.find("secret"), std::string::npos);
}

TEST(ErrorCodesTest, QuotesOnlyShortPrintableSubjects) {
  const auto message = [](std::string_view subject) {
    return refuse(Errc::unknown_action, subject).value().message;
  };
  const std::string bare = message({});
  EXPECT_EQ(message("X"), bare + " `X`");
  EXPECT_EQ(message("a b"), bare);
  EXPECT_EQ(message("\xff"), bare);
  EXPECT_EQ(message("a`b"), bare);
  EXPECT_EQ(message(std::string(97, 'a')), bare);
}

TEST(ResponseTest, ErrorsAndAnswersHaveTheEnvelope) {
  const Answer<Success> error = refuse(Errc::unsupported);
  const http::Response refused = render(error, "id-1", {});
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(refused.content_type, "application/json");
  EXPECT_EQ(
      refused.body,
      R"({"Response":{"Error":{"Code":"UnsupportedOperation","Message":"Unsupported operation."},"RequestId":"id-1"}})"
  );
  EXPECT_TRUE(refused.headers.all().empty());

  Fields fields;
  fields.text("A", "x\"\n");
  fields.decimal("B", 80);
  fields.null("C");
  const Answer<Success> success = Success{.request_id = "id-2", .fields = fields};
  const http::Response answered = render(success, "id-1", "trace");
  EXPECT_EQ(answered.body, R"({"Response":{"A":"x\"\n","B":80.00,"C":null,"RequestId":"id-2"}})");
  EXPECT_EQ(answered.headers.find("x-tc-traceid"), "trace");
  EXPECT_TRUE(render(success, "id-1", std::string(300, 'x')).headers.all().empty());
  EXPECT_EQ(
      render(Success{.request_id = "id-3", .fields = {}}, "", "").body,
      R"({"Response":{"RequestId":"id-3"}})"
  );
}

}  // namespace
}  // namespace selfsame::adapters::tencent
