// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/liveness_type.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame::adapters::tencent {
namespace {

using core::FaceAction;
using core::LivenessMode;

TEST(LivenessTypeTest, SilentAsksForNothing) {
  const auto parsed = parse_liveness_type("SILENT", "");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->mode, LivenessMode::silent);
  EXPECT_EQ(parsed->challenge.modes().size(), 1u);
}

TEST(LivenessTypeTest, ActionsAreTakenInTheirOrder) {
  const auto one = parse_liveness_type("ACTION", "1");
  ASSERT_TRUE(one);
  ASSERT_EQ(one->challenge.actions.size(), 1u);
  EXPECT_EQ(one->challenge.actions[0].action, FaceAction::open_mouth);
  EXPECT_FALSE(one->challenge.actions[0].window);
  const auto two = parse_liveness_type("ACTION", "4,2");
  ASSERT_TRUE(two);
  ASSERT_EQ(two->challenge.actions.size(), 2u);
  EXPECT_EQ(two->challenge.actions[0].action, FaceAction::shake);
  EXPECT_EQ(two->challenge.actions[1].action, FaceAction::blink);
  EXPECT_EQ(parse_liveness_type("ACTION", "3")->challenge.actions[0].action, FaceAction::nod);
  EXPECT_EQ(two->mode, LivenessMode::action);
}

TEST(LivenessTypeTest, LipTakesFourDigits) {
  const auto parsed = parse_liveness_type("LIP", "0472");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->mode, LivenessMode::lip);
  EXPECT_EQ(parsed->challenge.digits, "0472");
  EXPECT_TRUE(parsed->challenge.actions.empty());
}

TEST(LivenessTypeTest, AnythingElseIsRefused) {
  struct Wrong {
    const char* type;
    const char* data;
    const char* code;
  };
  for (const auto& [type, data, code] : std::vector<Wrong>{
           {"SILENT", "1", "InvalidParameterValue"},
           {"silent", "", "InvalidParameterValue"},
           {"ACTION", "", "MissingParameter"},
           {"LIP", "", "MissingParameter"},
           {"ACTION", "0", "InvalidParameterValue"},
           {"ACTION", "5", "InvalidParameterValue"},
           {"ACTION", "12", "InvalidParameterValue"},
           {"ACTION", "1,", "InvalidParameterValue"},
           {"ACTION", ",1", "InvalidParameterValue"},
           {"ACTION", "1, 2", "InvalidParameterValue"},
           {"ACTION", "1;2", "InvalidParameterValue"},
           {"ACTION", "1,2,3", "InvalidParameterValue"},
           {"ACTION", "1234", "InvalidParameterValue"},
           {"LIP", "123", "InvalidParameterValue"},
           {"LIP", "12345", "InvalidParameterValue"},
           {"LIP", "12a4", "InvalidParameterValue"},
           {"LIP", "1,2,", "InvalidParameterValue"},
       }) {
    const auto parsed = parse_liveness_type(type, data);
    ASSERT_FALSE(parsed) << type << " " << data;
    EXPECT_EQ(parsed.error().code, code) << type << " " << data;
  }
}

}  // namespace
}  // namespace selfsame::adapters::tencent
