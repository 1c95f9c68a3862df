// SPDX-License-Identifier: Apache-2.0
// What Raw is asked and what it says, without HTTP: tests/megvii has the rest.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "adapters/megvii/raw_form.h"
#include "adapters/megvii/raw_records.h"
#include "adapters/megvii/raw_verify.h"
#include "base/base64.h"
#include "http/form.h"

namespace selfsame::adapters::megvii {
namespace {

using Fields = std::vector<Parameters::Pair>;

constexpr core::PadPolicy kPolicy{.bona_fide_threshold = 0.6, .retry_threshold = 0.4};

http::Request multipart(const Fields& fields) {
  http::Request request;
  request.method = "POST";
  request.target = "/faceid/lite/raw/verify";
  request.headers.add("Content-Type", "multipart/form-data; boundary=b");
  for (const auto& [name, value] : fields) {
    request.body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value;
    request.body += "\r\n";
  }
  request.body += "--b--\r\n";
  return request;
}

http::Request url_encoded(const Fields& fields) {
  http::Request request;
  request.method = "POST";
  request.target = "/faceid/lite/raw/verify";
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : fields) {
    request.body += http::percent_encode(name) + "=" + http::percent_encode(value) + "&";
  }
  return request;
}

const Fields kType0 = {
    {"token", "t"}, {"comparison_type", "0"}, {"uuid", "u"}, {"image_ref1", "jpeg"}
};
const Fields kType1 = {
    {"token", "t"},
    {"comparison_type", "1"},
    {"idcard_name", "张三"},
    {"idcard_number", "11010119900307803X"}
};

Fields with(Fields fields, const std::string& name, const std::string& value) {
  std::erase_if(fields, [&](const auto& pair) { return pair.first == name; });
  fields.emplace_back(name, value);
  return fields;
}

std::string error_of(const Fields& fields) {
  const auto form = RawForm::read(multipart(fields));
  if (!form) return form.error().message;
  const auto parsed = parse_raw_verify(*form);
  return parsed ? "" : parsed.error().message;
}

TEST(RawFormTest, ReadsBothKindsOfForm) {
  const auto form = RawForm::read(multipart(with(kType0, "biz_no", "é")));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->value("uuid"), "u");
  EXPECT_EQ(form->biz_no(), "é");
  EXPECT_EQ(text_of(*form->file("image_ref1")), "jpeg");
  EXPECT_TRUE(form->file("image_ref2")->empty());
  const auto encoded = RawForm::read(url_encoded(with(kType0, "image_ref1", "anBlZw==")));
  EXPECT_EQ(text_of(*encoded->file("image_ref1")), "jpeg");
  const auto plain = RawForm::read(url_encoded(kType0));
  EXPECT_EQ(text_of(*plain->file("image_ref1")), text_of(*from_base64("jpeg")));
  const auto wrong = RawForm::read(url_encoded(with(kType0, "image_ref1", "j p g")));
  EXPECT_EQ(wrong->file("image_ref1").error().message, "BAD_ARGUMENTS:image_ref1");
}

TEST(RawFormTest, EchoesAtMostWhatIsAllowed) {
  const auto echoed = [](const std::string& biz_no) {
    return RawForm::read(multipart({{"biz_no", biz_no}}))->biz_no().has_value();
  };
  std::string characters;
  for (int i = 0; i < 128; ++i) characters += "é";
  EXPECT_TRUE(echoed(characters));
  EXPECT_FALSE(echoed(characters + "e"));
  EXPECT_FALSE(echoed("\xff"));
  EXPECT_FALSE(RawForm::read(multipart({}))->biz_no());
}

TEST(RawFormTest, RefusesWhatDoesNotParse) {
  http::Request request = multipart(kType0);
  request.body.resize(request.body.size() / 2);
  EXPECT_EQ(RawForm::read(request).error().message, "BAD_ARGUMENTS:body");
  Fields twice = kType0;
  twice.emplace_back("uuid", "v");
  EXPECT_EQ(RawForm::read(multipart(twice)).error().message, "BAD_ARGUMENTS:body");
  request = multipart(kType0);
  request.body_too_large = true;
  EXPECT_EQ(RawForm::read(request).error().status, 413);
}

TEST(RawFormTest, TellsACrowd) {  // code: raw CONCURRENCY_LIMIT_EXCEEDED
  http::Request request = multipart(kType0);
  request.overloaded = true;
  EXPECT_EQ(RawForm::read(request).error().message, "CONCURRENCY_LIMIT_EXCEEDED");
  EXPECT_EQ(RawForm::read(request).error().status, 403);
  EXPECT_EQ(
      raw_refuse(Error{Errc::rate_limited, {}}).value().message, "CONCURRENCY_LIMIT_EXCEEDED"
  );
}

TEST(RawVerifyTest, HasTheGuidesDefaults) {
  const auto parsed = parse_raw_verify(*RawForm::read(multipart(kType0)));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->with_register);
  EXPECT_FALSE(parsed->searches_rotation);
  EXPECT_EQ(parsed->preference, RawPreference::none);
  EXPECT_EQ(parsed->photo_names, std::vector<std::string>{"image_ref1"});
  const auto by_register = parse_raw_verify(*RawForm::read(multipart(kType1)));
  ASSERT_TRUE(by_register);
  EXPECT_TRUE(by_register->with_register);
  EXPECT_TRUE(by_register->photos.empty());
}

TEST(RawVerifyTest, NamesTheFirstOffender) {
  EXPECT_EQ(error_of(kType0), "");
  EXPECT_EQ(error_of(with(kType0, "token", "")), "MISSING_ARGUMENTS: token");
  EXPECT_EQ(error_of(with(kType0, "image_ref1", "")), "MISSING_ARGUMENTS: image_ref1");
  EXPECT_EQ(error_of(with(kType1, "idcard_name", "")), "MISSING_ARGUMENTS: idcard_name");
  EXPECT_EQ(error_of(with(kType0, "comparison_type", "2")), "BAD_ARGUMENTS:comparison_type");
  EXPECT_EQ(error_of(with(kType0, "uuid", std::string(513, 'u'))), "BAD_ARGUMENTS:uuid");
  EXPECT_EQ(error_of(with(kType0, "uuid", std::string(512, 'u'))), "");
  EXPECT_EQ(error_of(with(kType1, "idcard_name", std::string(33, 'u'))), "INVALID_NAME_FORMAT");
  EXPECT_EQ(error_of(with(kType1, "idcard_name", "\xff")), "INVALID_NAME_FORMAT");
  EXPECT_EQ(error_of(with(kType1, "idcard_number", "1")), "INVALID_IDCARD_NUMBER");
  const std::string large((2u << 20) + 1, 'j');
  EXPECT_EQ(error_of(with(kType1, "image_ref3", large)), "Request Entity Too Large");
}

TEST(RawErrorsTest, BillWhatTheRegisterAnswered) {
  using flows::PhotoFault;
  const auto fault = [](const char* name, PhotoFault what) {
    return raw_photo(name, what).value();
  };
  EXPECT_TRUE(fault("data_source", PhotoFault::undecodable).is_billed);
  EXPECT_TRUE(fault("data_source", PhotoFault::no_face).is_billed);
  EXPECT_EQ(fault("data_source", PhotoFault::no_face).message, "NO_FACE_FOUND:data_source");
  EXPECT_FALSE(fault("image_ref1", PhotoFault::undecodable).is_billed);
  EXPECT_FALSE(fault("image_ref1", PhotoFault::no_face).is_billed);
  EXPECT_EQ(fault("image_ref1", PhotoFault::several_faces).message, "MULTIPLE_FACES:image_ref1");
}

TEST(RawErrorsTest, ARegisterThatFailsIsFree) {  // code: raw DATA_SOURCE_ERROR
  // code: raw NO_SUCH_ID_NUMBER
  // code: raw ID_NUMBER_NAME_NOT_MATCH
  for (const auto finding :
       {core::RegisterFinding::source_error, core::RegisterFinding::source_unavailable}) {
    const auto refused = refusal_of(finding);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->message, "DATA_SOURCE_ERROR");
    EXPECT_FALSE(refused->is_billed);
  }
  EXPECT_FALSE(refusal_of(core::RegisterFinding::found));
  const auto no_number = refusal_of(core::RegisterFinding::no_such_number);
  EXPECT_EQ(no_number->message, "NO_SUCH_ID_NUMBER");
  EXPECT_TRUE(no_number->is_billed);
  const auto other_name = refusal_of(core::RegisterFinding::number_name_mismatch);
  EXPECT_EQ(other_name->message, "ID_NUMBER_NAME_NOT_MATCH");
  EXPECT_TRUE(other_name->is_billed);
  EXPECT_EQ(
      refusal_of(core::RegisterFinding::no_photo)->message,
      "IMAGE_ERROR_UNSUPPORTED_FORMAT:data_source"
  );
  EXPECT_TRUE(refusal_of(core::RegisterFinding::no_face)->is_billed);
}

TEST(RawErrorsTest, SayWhatAKeyMayNot) {  // code: raw AUTHORIZATION_ERROR:<reason>
  for (const Errc code :
       {Errc::forbidden, Errc::account_denied, Errc::account_in_arrears, Errc::account_not_active
       }) {
    EXPECT_EQ(raw_refuse(Error{code, {}}).value().message, "AUTHORIZATION_ERROR:Denied");
    EXPECT_EQ(raw_refuse(Error{code, {}}).value().status, 403);
  }
}

TEST(RawErrorsTest, AFailureOfOursIsOne) {  // code: raw INTERNAL_ERROR
  for (const Errc code :
       {Errc::engine_failed, Errc::storage_unavailable, Errc::integrity_failure}) {
    EXPECT_EQ(raw_refuse(Error{code, {}}).value().message, "INTERNAL_ERROR");
    EXPECT_EQ(raw_refuse(Error{code, {}}).value().status, 500);
  }
}

core::ComparisonEvidence spoken_well() {
  core::ComparisonEvidence evidence;
  evidence.video = {
      .defect = std::nullopt,
      .pad = core::PadScore{0.9},
      .continuous = true,
      .same_face_throughout = true,
      .in_colour = true
  };
  evidence.challenge.speech = core::SpeechEvidence{
      .has_sound = true,
      .loudness_dbfs = -20,
      .voiced_s = 2,
      .heard = "0815",
      .likelihood_ratio = 5,
      .lip_movement = 3,
      .lip_range = 0.3,
      .sync = 0.6
  };
  return evidence;
}

const core::Challenge kDigits{.digits = "0815"};

TEST(ProcedureTest, PassesOnlyWhatWasMeasured) {
  // code: raw procedure_validation=PASSED
  EXPECT_EQ(procedure_of_video(spoken_well(), kDigits), "PASSED");
  auto evidence = spoken_well();
  evidence.challenge.speech.reset();
  EXPECT_EQ(procedure_of_video(evidence, kDigits), "VIDEO_SR_ERROR");
  evidence = spoken_well();
  evidence.challenge.speech->heard = "0816";
  evidence.challenge.speech->likelihood_ratio = -50;
  EXPECT_EQ(procedure_of_video(evidence, kDigits), "VIDEO_SR_ERROR");
}

TEST(ProcedureTest, TellsLipsFromWords) {  // code: raw procedure_validation=VIDEO_NOT_SYNCHRONIZED
  auto evidence = spoken_well();
  evidence.challenge.speech->sync = 0;
  EXPECT_EQ(procedure_of_video(evidence, kDigits), "VIDEO_NOT_SYNCHRONIZED");
  evidence = spoken_well();
  evidence.challenge.speech->lip_movement = 0.5;
  evidence.challenge.speech->lip_range = 0;
  EXPECT_EQ(procedure_of_video(evidence, kDigits), "VIDEO_NOT_SYNCHRONIZED");
}

TEST(ProcedureTest, WantsOneFace) {  // code: raw procedure_validation=VIDEO_FACE_INCONSISTENT
  auto evidence = spoken_well();
  evidence.video.same_face_throughout = false;
  EXPECT_EQ(procedure_of_video(evidence, kDigits), "VIDEO_FACE_INCONSISTENT");
}

TEST(GenuinenessTest, HasAScoreOnlyWhereNothingElseSpeaksAgainstIt) {
  EXPECT_EQ(deciding_pad(spoken_well()), 0.9);
  const auto none = [](auto change) {
    auto evidence = spoken_well();
    change(evidence);
    return !deciding_pad(evidence).has_value();
  };
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.continuous = false; }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.in_colour = false; }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.same_face_throughout = false; }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.taken_after_challenge = false; }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.pad.reset(); }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.pad->value = std::nan(""); }));
  EXPECT_TRUE(none([](auto& evidence) { evidence.video.defect = core::CaptureDefect::no_face; }));
  EXPECT_TRUE(none([](auto& evidence) {
    evidence.suspicions = {core::ClientSuspicion::virtual_camera};
  }));
}

TEST(GenuinenessTest, NamesEveryAttack) {
  // code: raw face_genuineness=PASSED
  // code: raw face_genuineness=MASK
  // code: raw face_genuineness=SCREEN_REPLAY
  // code: raw face_genuineness=FACEGEN
  const auto word = [](core::AttackClass attack_class, std::optional<double> pad) {
    const RawCapture capture{.attack_class = attack_class, .pad_score = pad};
    return genuineness_of(capture, kPolicy, false);
  };
  using core::AttackClass;
  EXPECT_EQ(word(AttackClass::none, 0.6), "PASSED");
  for (const auto pad : {std::optional<double>(), std::optional(0.59)}) {
    EXPECT_EQ(word(AttackClass::mask, pad), "MASK");
    EXPECT_EQ(word(AttackClass::print, pad), "SCREEN_REPLAY");
    EXPECT_EQ(word(AttackClass::screen_replay, pad), "SCREEN_REPLAY");
    EXPECT_EQ(word(AttackClass::synthetic, pad), "FACEGEN");
    EXPECT_EQ(word(AttackClass::injected, pad), "FACEGEN");
    EXPECT_EQ(word(AttackClass::unsure, pad), "SCREEN_REPLAY");
    EXPECT_EQ(word(AttackClass::none, pad), "SCREEN_REPLAY");
  }
}

TEST(GenuinenessTest, IsHarderToPassWhereStrict) {
  const RawCapture capture{.pad_score = 0.7};
  EXPECT_EQ(genuineness_of(capture, kPolicy, false), "PASSED");
  EXPECT_NE(genuineness_of(capture, kPolicy, true), "PASSED");
  const RawCapture better{.pad_score = 0.8};
  EXPECT_EQ(genuineness_of(better, kPolicy, true), "PASSED");
}

TEST(RawRecordsTest, ComeBackAsTheyWere) {
  const RawNumber number{.digits = "0815", .issued_at = Timestamp(std::chrono::milliseconds(7))};
  const auto read = raw_number_from(pack(number));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->digits, "0815");
  EXPECT_EQ(read->issued_at, number.issued_at);
  const RawCapture capture{
      .kind = RawKind::selfie,
      .procedure = "PASSED",
      .metadata_differ = true,
      .outcome = core::Outcome::attack,
      .attack_class = core::AttackClass::mask,
      .pad_score = 1.0 / 3,
      .face_jpeg = {0xff, 0, 7}
  };
  const auto again = raw_capture_from(pack(capture));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kind, RawKind::selfie);
  EXPECT_EQ(again->procedure, "PASSED");
  EXPECT_TRUE(again->metadata_differ);
  EXPECT_EQ(again->outcome, core::Outcome::attack);
  EXPECT_EQ(again->attack_class, core::AttackClass::mask);
  EXPECT_EQ(again->pad_score, 1.0 / 3);
  EXPECT_EQ(again->face_jpeg, capture.face_jpeg);
  EXPECT_FALSE(raw_capture_from(pack(RawCapture{}))->pad_score);
  for (const char* const text :
       {"", "{}", "[]", "{\"digits\":\"1\"}", "{\"digits\":1,\"issued_at\":1}"}) {
    EXPECT_FALSE(raw_number_from(bytes_of(text))) << text;
    EXPECT_FALSE(raw_capture_from(bytes_of(text))) << text;
  }
  EXPECT_FALSE(raw_capture_from(pack(number)));
}

}  // namespace
}  // namespace selfsame::adapters::megvii
