// SPDX-License-Identifier: Apache-2.0
// What is asked for and what is answered, without HTTP: tests/megvii has the rest.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "adapters/megvii/get_biz_token.h"
#include "adapters/megvii/result_code.h"
#include "adapters/megvii/score_scale.h"
#include "adapters/megvii/session_note.h"
#include "adapters/megvii/stamp.h"
#include "base/base64.h"

namespace selfsame::adapters::megvii {
namespace {

using Pairs = std::vector<Parameters::Pair>;

const Pairs kLeast = {
    {"liveness_type", "meglive"}, {"idcard_name", "张三"}, {"idcard_number", "11010119900307803X"}
};

Parameters with(Pairs changes) {
  Pairs pairs = kLeast;
  for (const auto& change : changes) {
    std::erase_if(pairs, [&](const auto& pair) { return pair.first == change.first; });
    pairs.push_back(change);
  }
  return *Parameters::from(std::move(pairs));
}

std::string error_of(Pairs changes) {
  const auto parsed = parse_biz_token_request(with(std::move(changes)));
  return parsed ? "" : parsed.error().error;
}

TEST(BizTokenRequestTest, HasTheGuidesDefaults) {
  const auto parsed = parse_biz_token_request(with({}));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->idcard_name, "张三");
  EXPECT_EQ(parsed->terms.actions, 3);
  EXPECT_EQ(parsed->terms.answer_within, std::chrono::seconds(60));
  EXPECT_EQ(parsed->terms.match_fmr, 1);
  EXPECT_EQ(parsed->terms.attempts_max, 1);
  EXPECT_FALSE(parsed->compares_attacks);
  EXPECT_TRUE(parsed->searches_rotation);
  EXPECT_TRUE(core::check(parsed->terms));
}

TEST(BizTokenRequestTest, TakesEveryChoice) {
  const auto parsed = parse_biz_token_request(with(
      {{"biz_no", std::string(128, 'b')},
       {"liveness_timeout", "3600"},
       {"liveness_action_count", "1"},
       {"security_level", "4"},
       {"force_compare", "1"},
       {"multi_oriented_detection", "0"},
       {"image_ref2", to_base64(Bytes(10, 7))}}
  ));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->biz_no.size(), 128u);
  EXPECT_EQ(parsed->terms.answer_within, std::chrono::hours(1));
  EXPECT_EQ(parsed->terms.actions, 1);
  EXPECT_EQ(parsed->terms.match_fmr, 3);
  EXPECT_TRUE(parsed->compares_attacks);
  EXPECT_FALSE(parsed->searches_rotation);
  EXPECT_EQ(parsed->photo_names, std::vector<std::string>{"image_ref2"});
  EXPECT_EQ(parsed->photos.at(0), Bytes(10, 7));
  EXPECT_TRUE(core::check(parsed->terms));
}

TEST(BizTokenRequestTest, NamesTheFirstOffender) {
  for (const char* const name : {"liveness_type", "idcard_name", "idcard_number"}) {
    EXPECT_EQ(error_of({{name, ""}}), std::string("MISSING_ARGUMENTS:") + name);
  }
  const Pairs wrong = {
      {"liveness_type", "video"},
      {"idcard_name", std::string(33, 'x')},
      {"idcard_number", "1101011990030780"},
      {"biz_no", std::string(129, 'x')},
      {"liveness_timeout", "0"},
      {"liveness_action_count", "4"},
      {"security_level", "5"},
      {"force_compare", "2"},
      {"multi_oriented_detection", "true"}
  };
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const Pairs from_here(wrong.begin() + static_cast<std::ptrdiff_t>(i), wrong.end());
    EXPECT_EQ(error_of(from_here), "BAD_ARGUMENTS:" + wrong[i].first);
  }
}

TEST(BizTokenRequestTest, RefusesNumbersThatAreNone) {
  for (const char* const text : {"", "+2", "02", "2 ", "2.0", "-1", "x", "99999999999999999999"}) {
    EXPECT_EQ(error_of({{"security_level", text}}), "BAD_ARGUMENTS:security_level") << text;
  }
  EXPECT_EQ(error_of({{"idcard_name", "\xff"}}), "BAD_ARGUMENTS:idcard_name");
  EXPECT_EQ(error_of({{"idcard_name", "a\nb"}}), "BAD_ARGUMENTS:idcard_name");
  EXPECT_EQ(error_of({{"biz_no", "\xc3"}}), "BAD_ARGUMENTS:biz_no");
  // 128 bytes are the limit, whatever they spell.
  EXPECT_EQ(error_of({{"biz_no", std::string(126, 'x') + "é"}}), "");
  EXPECT_EQ(error_of({{"biz_no", std::string(127, 'x') + "é"}}), "BAD_ARGUMENTS:biz_no");
  EXPECT_EQ(error_of({{"idcard_number", "11010119900307803x"}}), "");
  EXPECT_EQ(error_of({{"idcard_number", "1101011990030780X3"}}), "BAD_ARGUMENTS:idcard_number");
}

TEST(BizTokenRequestTest, WantsPlainBase64) {
  const std::string plain = to_base64(Bytes(100, 1));
  EXPECT_EQ(error_of({{"image_ref1", plain}}), "");
  for (const std::string& text : {"data:image/jpeg;base64," + plain, plain + "\n", plain + "="}) {
    EXPECT_EQ(error_of({{"image_ref1", text}}), "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1");
  }
  EXPECT_EQ(
      error_of({{"image_ref1", to_base64(Bytes((2u << 20) + 1, 1))}}), "Request Entity Too Large"
  );
  EXPECT_EQ(error_of({{"image_ref1", to_base64(Bytes(2u << 20, 1))}}), "");
}

TEST(ErrorsTest, NameTheGuidesPhotoErrors) {
  using flows::PhotoFault;
  const auto error = [](PhotoFault fault) {
    return refuse_photo("image_ref1", fault).value().error;
  };
  EXPECT_EQ(error(PhotoFault::undecodable), "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1");
  EXPECT_EQ(error(PhotoFault::too_large), "INVALID_IMAGE_SIZEimage_ref1");
  EXPECT_EQ(error(PhotoFault::no_face), "NO_FACE_FOUND:image_ref1");
  EXPECT_EQ(error(PhotoFault::several_faces), "NO_FACE_FOUND:image_ref1");
  EXPECT_EQ(error(PhotoFault::unfit), "NO_FACE_FOUND:image_ref1");
}

TEST(ErrorsTest, NumberACrowdAsEachCallDoes) {
  // code: get_biz_token-http CONCURRENCY_LIMIT_EXCEEDED
  // code: get_result-http CONCURRENCY_LIMIT_EXCEEDED
  for (const Errc code : {Errc::overloaded, Errc::rate_limited}) {
    const auto token = refuse(FaceIdCall::get_biz_token, Error{code, {}}).value();
    EXPECT_EQ(token.status, 403);
    EXPECT_EQ(token.error, "CONCURRENCY_LIMIT_EXCEEDED");
    EXPECT_EQ(refuse(FaceIdCall::get_result, Error{code, {}}).value().status, 429);
  }
}

TEST(ErrorsTest, SayWhatTheAccountLacks) {
  // code: get_biz_token-http AUTHORIZATION_ERROR:<reason>
  // code: get_result-http AUTHORIZATION_ERROR:reason>
  // code: get_biz_token-http INTERNAL_ERROR
  // code: get_result-http INTERNAL_ERROR
  // INTERNAL_ERROR
  const auto error = [](Errc code) {
    return refuse(FaceIdCall::get_biz_token, Error{code, {}}).value().error;
  };
  EXPECT_EQ(error(Errc::forbidden), "AUTHORIZATION_ERROR:Denied");
  EXPECT_EQ(error(Errc::account_in_arrears), "AUTHORIZATION_ERROR:BALANCE_NOT_ENOUGH");
  EXPECT_EQ(error(Errc::account_not_verified), "AUTHORIZATION_ERROR:NON_ENTERPRISE_CERTIFICATION");
  EXPECT_EQ(error(Errc::account_denied), "AUTHORIZATION_ERROR:ACCOUNT_DISCONTINUED");
  EXPECT_EQ(error(Errc::engine_failed), "INTERNAL_ERROR");
  EXPECT_EQ(error(Errc::unknown_action), "API_NOT_FOUND");
}

TEST(ResultCodeTest, SaysWhatTheAccountLacks) {
  // code: result NON_ENTERPRISE_CERTIFICATION
  // code: result BALANCE_NOT_ENOUGH
  // code: result ACCOUNT_DISCONTINUED
  const auto message = [](Errc code) { return std::string(result_of_account(code)->message); };
  EXPECT_EQ(message(Errc::account_not_verified), "NON_ENTERPRISE_CERTIFICATION");
  EXPECT_EQ(message(Errc::account_in_arrears), "BALANCE_NOT_ENOUGH");
  EXPECT_EQ(message(Errc::account_denied), "ACCOUNT_DISCONTINUED");
  EXPECT_FALSE(result_of_account(Errc::forbidden));
  EXPECT_FALSE(result_of_account(Errc::storage_unavailable));
}

core::VerificationProgress progress_in(core::VerificationState state, int attempt = 0) {
  core::VerificationProgress progress;
  progress.state = state;
  progress.attempt = attempt;
  return progress;
}

ResultCode decided(core::Outcome outcome, SessionNote note = {}) {
  auto progress = progress_in(core::VerificationState::decided, 1);
  progress.finding.emplace().outcome = outcome;
  return result_of(progress, nullptr, note);
}

TEST(ResultCodeTest, SaysHowAnUnfinishedSessionStands) {
  using core::VerificationState;
  const auto result = [](VerificationState state, int attempt) {
    return result_of(progress_in(state, attempt), nullptr, {});
  };
  EXPECT_EQ(std::string(result(VerificationState::created, 0).message), "LIVING_NOT_START");
  EXPECT_EQ(std::string(result(VerificationState::challenged, 1).message), "LIVING_IN_PROGRESS");
  EXPECT_EQ(std::string(result(VerificationState::in_progress, 1).message), "LIVING_IN_PROGRESS");
  EXPECT_EQ(std::string(result(VerificationState::expired, 0).message), "LIVING_OVERTIME");
  EXPECT_EQ(std::string(result(VerificationState::expired, 1).message), "USER_TIMEOUT");
  const core::VerificationTransition failed{.event = core::JudgingFailed{Errc::engine_failed}};
  const auto expired = progress_in(VerificationState::expired, 1);
  EXPECT_EQ(std::string(result_of(expired, &failed, {}).message), "VERIFICATION_FAILURE");
}

TEST(ResultCodeTest, TellsAttacksFromFailures) {
  // code: result REPLACED_FACE_ATTACK
  using core::Outcome;
  EXPECT_EQ(std::string(decided(Outcome::attack).message), "FAIL_LIVING_FACE_ATTACK");
  EXPECT_EQ(decided(Outcome::attack).code, 4100);
  EXPECT_EQ(std::string(decided(Outcome::face_changed).message), "REPLACED_FACE_ATTACK");
  EXPECT_EQ(std::string(decided(Outcome::video_no_face).message), "UNDETECTED_FACE");
  EXPECT_EQ(std::string(decided(Outcome::action_missing).message), "ACTION_ERROR");
  EXPECT_EQ(std::string(decided(Outcome::video_too_dark).message), "VERIFICATION_FAILURE");
  EXPECT_EQ(std::string(decided(Outcome::liveness_unsure).message), "LIVENESS_DETECT_FAILED");
}

TEST(ResultCodeTest, OnlyTheRegisterDecidesBetweenThousands) {
  // code: result NO_ID_CARD_NUMBER
  // code: result SUCCESS
  // code: result PASS_LIVING_NOT_THE_SAME
  // code: result ID_NUMBER_NAME_NOT_MATCH
  // code: result NO_FACE_FOUND
  // code: result NO_ID_PHOTO
  // code: result PHOTO_FORMAT_ERROR
  // code: result DATA_SOURCE_ERROR
  using core::Outcome;
  EXPECT_EQ(decided(Outcome::match).code, 1000);
  EXPECT_EQ(std::string(decided(Outcome::match).message), "SUCCESS");
  EXPECT_EQ(decided(Outcome::non_match).code, 2000);
  EXPECT_EQ(std::string(decided(Outcome::non_match).message), "PASS_LIVING_NOT_THE_SAME");
  using core::RegisterFinding;
  const std::map<RegisterFinding, std::string> kMessages = {
      {RegisterFinding::no_such_number, "NO_ID_CARD_NUMBER"},
      {RegisterFinding::number_name_mismatch, "ID_NUMBER_NAME_NOT_MATCH"},
      {RegisterFinding::no_photo, "NO_ID_PHOTO"},
      {RegisterFinding::photo_format, "PHOTO_FORMAT_ERROR"},
      {RegisterFinding::no_face, "NO_FACE_FOUND"},
      {RegisterFinding::source_error, "DATA_SOURCE_ERROR"},
      {RegisterFinding::source_unavailable, "DATA_SOURCE_ERROR"}
  };
  for (const auto& [finding, message] : kMessages) {
    SessionNote note;
    note.finding = finding;
    EXPECT_EQ(decided(Outcome::live, note).code, 3000);
    EXPECT_EQ(decided(Outcome::live, note).message, message);
  }
}

TEST(ResultCodeTest, BillsThoseThreeAndNothingElse) {
  int billed = 0;
  for (int i = 0; auto outcome = core::outcome_from(i); ++i) {
    const auto code = billed_code(*outcome);
    const int answered = decided(*outcome).code;
    EXPECT_EQ(code.has_value(), answered <= 3000) << i;
    if (!code) continue;
    EXPECT_EQ(*code, std::to_string(answered));
    ++billed;
  }
  EXPECT_EQ(billed, 7);  // match, non_match, live, and the four faults of the register's photo
}

TEST(ResultCodeTest, EveryEndReasonHasItsCode) {
  std::set<std::string> messages;
  for (int i = 0; i <= static_cast<int>(core::EndReason::replayed); ++i) {
    for (const bool has_begun : {false, true}) {
      const ResultCode code = result_of(static_cast<core::EndReason>(i), has_begun);
      EXPECT_GE(code.code, 4200) << i;  // a device may end a session and never improve it
      messages.insert(code.message);
    }
  }
  for (const char* const message :
       {"BIZ_TOKEN_DENIED",
        "AUTHENTICATION_FAIL",
        "MOBILE_PHONE_NOT_SUPPORT",
        "SDK_TOO_OLD",
        "MOBILE_PHONE_NO_AUTHORITY",
        "USER_CANCELLATION",
        "USER_TIMEOUT",
        "VERIFICATION_FAILURE",
        "MORE_RETRY_TIMES",
        "EXPIRED_SIGN",
        "INVALID_SIGN",
        "REPLAY_ATTACK",
        "USER_CANCEL",
        "NO_CAMERA_PERMISSION",
        "ILLEGAL_PARAMETER",
        "DEVICE_NOT_SUPPORT",
        "INVALID_BUNDLE_ID",
        "NETWORK_ERROR",
        "FACE_INIT_FAIL",
        "LIVENESS_DETECT_FAILED",
        "NO_SENSOR_PERMISSION",
        "INIT_FAILED"}) {
    EXPECT_TRUE(messages.contains(message)) << message;
  }
}

TEST(SessionNoteTest, ComesBackAsItWas) {
  const SessionNote note{
      .biz_no = "订单 \"7\"",
      .compares_attacks = true,
      .photo_names = {"ref1", "ref2"},
      .finding = core::RegisterFinding::no_photo
  };
  const auto read = session_note_from(text_of(note));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->biz_no, note.biz_no);
  EXPECT_TRUE(read->compares_attacks);
  EXPECT_EQ(read->photo_names, note.photo_names);
  EXPECT_EQ(read->finding, core::RegisterFinding::no_photo);
  for (const char* const text :
       {"",
        "{}",
        "[]",
        R"({"biz_no":1,"force_compare":true,"photos":[]})",
        R"({"biz_no":"","force_compare":true,"photos":[1]})",
        R"({"biz_no":"","force_compare":true,"photos":[],"register":"x"})"}) {
    EXPECT_FALSE(session_note_from(text)) << text;
  }
}

TEST(ScoreScaleTest, ReachesAThresholdExactlyWhereTheCosineDoes) {
  const core::ComparisonCalibration calibration{
      .threshold = {0.3, 0.4, 0.5, 0.6}, .precision = "f32", .version = "test"
  };
  const auto confidence = [&](double cosine) {
    return confidence_json(cosine, calibration).at("confidence").to_number<double>();
  };
  for (std::size_t i = 0; i < 4; ++i) {
    const double threshold = calibration.threshold.at(i);
    EXPECT_GE(confidence(threshold), kConfidenceMarks.at(i));
    EXPECT_LT(confidence(threshold - 1e-6), kConfidenceMarks.at(i));
  }
  EXPECT_EQ(confidence(std::nan("")), 0);
  EXPECT_EQ(confidence(-1), 0);
  EXPECT_EQ(confidence(1), 100);
}

TEST(StampTest, IsSecondsAndAUuid) {
  const std::string stamp = stamped(
      Timestamp(std::chrono::milliseconds(1'532'485'677'999)),
      "fb241f74-e4e0-4396-ad74-eb8c1764aa1b"
  );
  EXPECT_EQ(stamp, "1532485677,fb241f74-e4e0-4396-ad74-eb8c1764aa1b");
  EXPECT_TRUE(is_stamped(stamp));
  for (const char* const text :
       {"",
        "nope",
        "1,",
        ",fb241f74-e4e0-4396-ad74-eb8c1764aa1b",
        "x,fb241f74-e4e0-4396-ad74-eb8c1764aa1b",
        "1,FB241f74-e4e0-4396-ad74-eb8c1764aa1b",
        "1234567890123,fb241f74-e4e0-4396-ad74-eb8c1764aa1b"}) {
    EXPECT_FALSE(is_stamped(text)) << text;
  }
}

}  // namespace
}  // namespace selfsame::adapters::megvii
