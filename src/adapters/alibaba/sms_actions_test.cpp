// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/sms_actions.h"

#include <gtest/gtest.h>

namespace selfsame::adapters::alibaba {
namespace {

using Texts = std::vector<std::string>;

TEST(SmsActionsTest, ReadsListsOfTexts) {
  EXPECT_EQ(text_list(R"(["628131234567","a\u4e2d"])"), (Texts{"628131234567", "a\u4E2D"}));
  EXPECT_EQ(text_list("[]"), Texts());
  for (const char* bad : {"", "628131234567", "[1]", "[\"a\"", "{\"a\":1}", "[[\"a\"]]", "null"}) {
    EXPECT_FALSE(text_list(bad)) << bad;
  }
  EXPECT_FALSE(text_list(std::string(100'000, '['))) << "too deep";
}

TEST(SmsActionsTest, ReadsTemplateValues) {
  const auto values = template_values(R"({"code":"1234","n":5})");
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at(0).second, "1234");
  EXPECT_EQ(values->at(1).second, "5");
  EXPECT_TRUE(template_values("")->empty());
  for (const char* bad : {"[]", "x", R"({"a":{}})", R"({"a":null})"}) {
    EXPECT_FALSE(template_values(bad)) << bad;
  }
}

TEST(SmsActionsTest, WritesDatesAsTheVendorDoes) {
  EXPECT_EQ(
      date_text(Timestamp(std::chrono::seconds(1545641902))), "Mon, 24 Dec 2018 08:58:22 +0000"
  );
  EXPECT_EQ(
      date_text(Timestamp(std::chrono::milliseconds(999))), "Thu, 01 Jan 1970 00:00:00 +0000"
  );
}

TEST(SmsActionsTest, TellsTheStatesApart) {
  // code: sms-query DELIVERED, UNKNOWN, OUTBOX, UNDELIV <error>
  flows::SmsView view;
  view.content = {.to = "628131234567", .from = {}, .text = "hi", .task_id = {}};
  view.record.id = "1";
  const auto status = [&](core::SmsState state) {
    view.record.state = state;
    return std::string(fields_of(view).at("Status").as_string());
  };
  EXPECT_EQ(status(core::SmsState::delivered), "1");
  EXPECT_EQ(status(core::SmsState::failed), "2");
  for (const auto state :
       {core::SmsState::queued,
        core::SmsState::sending,
        core::SmsState::submitted,
        core::SmsState::unknown,
        core::SmsState::outbox}) {
    EXPECT_EQ(status(state), "3");
  }
  const auto error = [&](core::SmsState state) {
    view.record.state = state;
    return std::string(fields_of(view).at("ErrorCode").as_string());
  };
  EXPECT_EQ(error(core::SmsState::delivered), "DELIVERED");
  EXPECT_EQ(error(core::SmsState::unknown), "UNKNOWN");
  EXPECT_EQ(error(core::SmsState::outbox), "OUTBOX");
  EXPECT_EQ(error(core::SmsState::submitted), "");
  view.record.state = core::SmsState::failed;
  view.record.error = "UNDELIV 001";
  const Fields fields = fields_of(view);
  EXPECT_EQ(fields.at("ErrorCode").as_string(), "UNDELIV 001");
  EXPECT_EQ(fields.at("NumberDetail").at("Country").as_string(), "Indonesia");
  EXPECT_EQ(fields.at("ResponseCode").as_string(), "OK");
  EXPECT_FALSE(fields.contains("Code")) << "clients throw on it";
}

TEST(SmsActionsTest, KnowsANameFromAText) {
  const std::string twenty(20, 'a');
  for (const std::string& good :
       {std::string("Bank"), std::string("\u4E2D\u56FD\u94F6\u884C"), twenty}) {
    EXPECT_TRUE(is_signature(good)) << good;
  }
  for (const std::string& bad :
       {std::string(),
        twenty + "a",
        std::string("a\nb"),
        std::string("a\u009Bb"),
        std::string("Bank\u3011buy"),
        std::string("\u3010"),
        std::string("\xff")}) {
    EXPECT_FALSE(is_signature(bad)) << bad;
  }
}

TEST(SmsActionsTest, GivesEveryRefusalACode) {
  using enum flows::SmsRefusal;
  EXPECT_EQ(response_code_of(number_illegal), "MOBILE_NUMBER_ILLEGAL");
  EXPECT_EQ(response_code_of(sender_illegal), "INVALID_SENDERID");
  EXPECT_EQ(response_code_of(text_illegal), "INVALID_PARAMETERS");
  EXPECT_EQ(response_code_of(text_too_long), "PARAM_LENGTH_LIMIT");
  EXPECT_EQ(response_code_of(opted_out), "BLACK_KEY_CONTROL_LIMIT");
  EXPECT_EQ(response_code_of(number_limit), "BUSINESS_LIMIT_CONTROL");
  EXPECT_EQ(response_code_of(customer_limit), "BUSINESS_LIMIT_CONTROL");
  EXPECT_EQ(response_code_of(balance_not_enough), "AMOUNT_NOT_ENOUGH");
}

}  // namespace
}  // namespace selfsame::adapters::alibaba
