// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/ground_truth_json.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <limits>
#include <string>

namespace selfsame::adapters::native {
namespace {

TEST(GroundTruth, OneBooleanIsAStatement) {
  EXPECT_TRUE(parse_ground_truth(R"({"same_person":true})").value());
  EXPECT_FALSE(parse_ground_truth(" { \"same_person\" : false }\r\n").value());
  EXPECT_TRUE(parse_ground_truth(R"({"same_\u0070erson":true})").value());
}

TEST(GroundTruth, EverythingElseIsRefusedForWhatItIs) {
  const std::string deep(100'000, '[');
  const std::pair<std::string, Errc> cases[] = {
      {"", Errc::malformed_request},
      {"true", Errc::malformed_request},
      {"[]", Errc::malformed_request},
      {deep, Errc::malformed_request},
      {R"({"same_person":true)", Errc::malformed_request},
      {R"({"same_person":true}})", Errc::malformed_request},
      {R"({"same_person":true} {"same_person":true})", Errc::malformed_request},
      {R"({"same_person":true,})", Errc::malformed_request},
      {R"({"same_person":TRUE})", Errc::malformed_request},
      {R"({"same_person":true,"same_person":true})", Errc::malformed_request},
      {R"({"same_person":true,"same_person":false})", Errc::malformed_request},
      {"{\"same_person\xff\":true}", Errc::malformed_request},
      {R"({})", Errc::missing_parameter},
      {R"({"same_person":true,"note":"x"})", Errc::unknown_parameter},
      {R"({"Same_person":true})", Errc::unknown_parameter},
      {R"({"":true})", Errc::unknown_parameter},
      {R"({"same_person":null})", Errc::invalid_parameter},
      {R"({"same_person":1})", Errc::invalid_parameter},
      {R"({"same_person":1.5})", Errc::invalid_parameter},
      {R"({"same_person":18446744073709551615})", Errc::invalid_parameter},
      {R"({"same_person":"true"})", Errc::invalid_parameter},
      {R"({"same_person":[true]})", Errc::invalid_parameter},
      {R"({"same_person":{"same_person":true}})", Errc::invalid_parameter},
  };
  for (const auto& [body, code] : cases) {
    const auto parsed = parse_ground_truth(body);
    ASSERT_FALSE(parsed) << body;
    EXPECT_EQ(parsed.error().code, code) << body << ": " << parsed.error().detail;
    EXPECT_FALSE(parsed.error().detail.empty()) << body;
  }
}

TEST(ComparisonRecord, IsShownWithWhatIsKnown) {
  flows::ComparisonRecord record;
  record.outcome.id = "id";
  record.outcome.operation = "comparisons";
  record.outcome.outcome = core::Outcome::match;
  record.outcome.calibration = "lfw/f32";
  record.outcome.cosine = 0.5;
  record.outcome.decided_at = Timestamp(std::chrono::milliseconds(1'800'000'000'123));
  EXPECT_EQ(
      boost::json::serialize(comparison_record_json(record)),
      R"({"id":"id","operation":"comparisons","outcome":"match","cosine":5E-1,)"
      R"("calibration":"lfw/f32","decided_at":"2027-01-15T08:00:00.123Z","ground_truth":null})"
  );
  record.outcome.cosine = std::numeric_limits<double>::quiet_NaN();
  record.ground_truth =
      storage::GroundTruth{.same_person = false, .stated_at = record.outcome.decided_at};
  const auto json = comparison_record_json(record);
  EXPECT_TRUE(json.at("cosine").is_null());
  EXPECT_FALSE(json.at("ground_truth").at("same_person").as_bool());
}

}  // namespace
}  // namespace selfsame::adapters::native
