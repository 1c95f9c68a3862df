// SPDX-License-Identifier: Apache-2.0
#include "adapters/alibaba/execute_request.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "adapters/alibaba/resource_codes.h"
#include "adapters/alibaba/service_parameters.h"
#include "base/base64.h"

namespace selfsame::adapters::alibaba {
namespace {

namespace json = boost::json;
using core::Outcome;

flows::PhotoVerificationResult result_of(Outcome outcome, double cosine) {
  return {
      .outcome = outcome,
      .similarity = core::SimilarityScore{cosine},
      .calibration = {.threshold = {0.3, 0.4, 0.5, 0.6}, .precision = "f32", .version = "test"}
  };
}

json::object data_of(const Fields& fields) {
  return json::parse(fields.at("Data").as_string()).as_object();
}

std::string text_in(const json::object& object, const char* name) {
  return std::string(object.at(name).as_string());
}

TEST(ExecuteRequestTest, EveryOutcomeIsToldInStrings) {
  // code: id-verification 200, retCode=OK_SUCCESS, retCode=UNABLE_GET_IMAGE
  struct Case {
    Outcome outcome;
    const char* return_code;
    const char* passed;
    const char* attack;
  };
  for (const auto& [outcome, return_code, passed, attack] : {
           Case{Outcome::match, "OK_SUCCESS", "true", "false"},
           Case{Outcome::non_match, "OK_SUCCESS", "false", "false"},
           Case{Outcome::attack, "OK_SUCCESS", "false", "true"},
           Case{Outcome::liveness_unsure, "OK_SUCCESS", "false", "false"},
           Case{Outcome::reference_no_face, "UNABLE_GET_IMAGE", "false", "false"},
           Case{Outcome::reference_several_faces, "UNABLE_GET_IMAGE", "false", "false"},
           Case{Outcome::video_no_face, "UNABLE_GET_IMAGE", "false", "false"},
           Case{Outcome::video_mask_worn, "UNABLE_GET_IMAGE", "false", "false"},
       }) {
    SCOPED_TRACE(core::name_of(outcome));
    const Fields fields = fields_of(result_of(outcome, 0.35), false);
    EXPECT_EQ(fields.at("Code"), 200);
    EXPECT_EQ(fields.at("Message").as_string(), "OK");
    const auto data = data_of(fields);
    EXPECT_EQ(text_in(data, "retCode"), return_code);
    EXPECT_EQ(text_in(data, "passed"), passed);
    EXPECT_FALSE(text_in(data, "retCodeSub").empty());
    EXPECT_FALSE(text_in(data, "retMessage").empty());
    const auto& more = data.at("extInfo").as_object();
    EXPECT_EQ(text_in(more, "result"), passed);
    EXPECT_EQ(text_in(more, "faceAttack"), attack);
    EXPECT_EQ(text_in(more, "score"), "65.00");
  }
}

TEST(ExecuteRequestTest, OneClientGetsAnObject) {
  const Fields fields = fields_of(result_of(Outcome::match, 1), true);
  EXPECT_EQ(fields.at("Data").as_object().at("passed").as_string(), "true");
}

TEST(ExecuteRequestTest, OurOwnFailureIsNoVerdict) {
  // code: id-verification 500, retCode=SYSTEM_ERROR
  for (const Errc cause : {Errc::engine_failed, Errc::storage_unavailable}) {
    const Fields fields = fields_of(fail(cause), false);
    EXPECT_EQ(fields.at("Code"), 500);
    EXPECT_EQ(text_in(data_of(fields), "passed"), "false");
    EXPECT_EQ(text_in(data_of(fields), "retCode"), "SYSTEM_ERROR");
  }
  // An outcome that no photo has is a failure of ours too.
  EXPECT_EQ(fields_of(result_of(Outcome::live, 1), false).at("Code"), 500);
}

TEST(ExecuteRequestTest, APhotoThatIsNoneIsProcessing) {
  // code: id-verification retCode=PROCESSING
  const Fields fields = fields_of(fail(Errc::image_undecodable), false);
  EXPECT_EQ(fields.at("Code"), 200);
  EXPECT_EQ(text_in(data_of(fields), "retCode"), "PROCESSING");
}

TEST(ExecuteRequestTest, VerdictsAreBilled) {
  for (const Outcome outcome :
       {Outcome::match, Outcome::non_match, Outcome::attack, Outcome::liveness_unsure}) {
    EXPECT_EQ(billed_code_of_verification(outcome), "200");
  }
  for (const Outcome outcome :
       {Outcome::reference_no_face, Outcome::video_no_face, Outcome::video_mask_worn}) {
    EXPECT_FALSE(billed_code_of_verification(outcome).has_value());
  }
}

TEST(ServiceParametersTest, AreThreeStrings) {
  const auto photos = parse_service_parameters(
      R"({"refFaceContent":"AAEC","authFaceContent":"AAE=","resourceCode":"00840000","x":[1]})"
  );
  ASSERT_TRUE(photos);
  EXPECT_EQ(photos->reference, (Bytes{0, 1, 2}));
  EXPECT_EQ(photos->probe, (Bytes{0, 1}));
  EXPECT_EQ(photos->resource_code, "00840000");
}

TEST(ServiceParametersTest, SayWhatIsWrong) {
  const auto fault_of = [](const std::string& text) {
    return parse_service_parameters(text).error();
  };
  const auto with_photo = [](const std::string& photo) {
    return R"({"refFaceContent":")" + photo + R"(","authFaceContent":"AAE=","resourceCode":"1"})";
  };
  EXPECT_EQ(fault_of(""), ParametersFault::not_json);
  EXPECT_EQ(fault_of("[]"), ParametersFault::not_json);
  EXPECT_EQ(fault_of(std::string(100, '[')), ParametersFault::not_json);
  EXPECT_EQ(
      fault_of(R"({"refFaceContent":1,"authFaceContent":"a","resourceCode":"b"})"),
      ParametersFault::not_json
  );
  EXPECT_EQ(fault_of("{}"), ParametersFault::missing);
  EXPECT_EQ(fault_of(with_photo("")), ParametersFault::missing);
  for (const char* photo : {"data:image/jpeg;base64,AAEC", "AA\\nEC", "AAE", "%%%%", "AAEC "}) {
    EXPECT_EQ(fault_of(with_photo(photo)), ParametersFault::not_base64) << photo;
  }
  EXPECT_EQ(
      fault_of(with_photo(to_base64(Bytes(kPhotoBytesMax + 1)))), ParametersFault::over_limit
  );
  EXPECT_TRUE(parse_service_parameters(with_photo(to_base64(Bytes(kPhotoBytesMax)))));
}

TEST(ResourceCodeTest, IsACallingCodeThatIsAssigned) {
  for (const char* code :
       {"00840000", "00010000", "00860000", "08520000", "09980000", "00620000"}) {
    EXPECT_TRUE(is_resource_code(code)) << code;
  }
  for (const char* code :
       {"",
        "0084",
        "84",
        "00850000",
        "00000000",
        "02190000",
        "08830000",
        "00840001",
        "0084000",
        "008400000",
        "+0840000",
        "-0840000",
        "0x540000",
        " 0840000",
        "zz"}) {
    EXPECT_FALSE(is_resource_code(code)) << code;
  }
}

}  // namespace
}  // namespace selfsame::adapters::alibaba
