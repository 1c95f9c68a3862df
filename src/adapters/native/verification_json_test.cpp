// SPDX-License-Identifier: Apache-2.0
#include "adapters/native/verification_json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <limits>
#include <string>

namespace selfsame::adapters::native {
namespace {

using core::Outcome;
using core::VerificationState;

const Timestamp kNow{std::chrono::milliseconds(1'800'000'000'123)};

core::VerificationFinding finding_of(Outcome outcome, core::AttackClass attack_class) {
  core::VerificationFinding finding;
  finding.outcome = outcome;
  finding.attack_class = attack_class;
  finding.reasons = {"cut"};
  finding.evidence.video.pad = core::PadScore{.value = std::numeric_limits<double>::quiet_NaN()};
  return finding;
}

core::VerificationTransition transition_of(core::VerificationEvent event) {
  return {.number = 1, .from = {}, .to = {}, .at = kNow, .event = std::move(event)};
}

flows::VerificationView decided(Outcome outcome, core::AttackClass attack_class, bool compares) {
  flows::VerificationView view;
  view.id = "id";
  view.metadata = "order 17";
  view.terms.compares = compares;
  view.progress.state = VerificationState::decided;
  view.progress.created_at = kNow;
  view.progress.changed_at = kNow;
  view.progress.finding = finding_of(outcome, attack_class);
  core::ChallengeIssued issued;
  issued.issued.id = "challenge";
  issued.issued.challenge.flashes = {{.red = 255, .duration_ms = 400}};
  view.history = {
      transition_of(issued),
      transition_of(core::JudgingFailed{.cause = Errc::engine_failed}),
      transition_of(issued),
      transition_of(core::Judged{.finding = *view.progress.finding})
  };
  return view;
}

TEST(VerificationJson, PassedIsWhatWasAskedFor) {
  using core::AttackClass;
  const auto passed = [](Outcome outcome, bool compares) {
    return verification_json(decided(outcome, AttackClass::none, compares)).at("passed").as_bool();
  };
  EXPECT_TRUE(passed(Outcome::match, true));
  EXPECT_TRUE(passed(Outcome::live, false));
  EXPECT_FALSE(passed(Outcome::live, true));
  EXPECT_FALSE(passed(Outcome::non_match, true));
  EXPECT_FALSE(passed(Outcome::attack, false));
  auto view = decided(Outcome::match, AttackClass::none, true);
  view.progress.state = VerificationState::expired;
  EXPECT_FALSE(verification_json(view).at("passed").as_bool());
  EXPECT_TRUE(verification_json(view).at("outcome").is_null());
}

TEST(VerificationJson, AnAttemptIsAChallengeWithWhatCameOfIt) {
  const auto view = decided(Outcome::attack, core::AttackClass::injected, true);
  const auto json = verification_json(view);
  EXPECT_EQ(json.at("outcome").as_string(), "attack");
  EXPECT_EQ(json.at("attack_class").as_string(), "injected");
  EXPECT_EQ(json.at("transitions").as_array().size(), 4U);
  const auto& attempts = json.at("attempts").as_array();
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_TRUE(attempts[0].at("finding").is_null());
  const auto& finding = attempts[1].at("finding");
  EXPECT_EQ(finding.at("reasons").at(0).as_string(), "cut");
  EXPECT_TRUE(finding.at("scores").at("pad").is_null());
  EXPECT_TRUE(finding.at("evidence").at("action").is_null());
  const auto& flash = attempts[1].at("challenge").at("flashes").at(0);
  EXPECT_EQ(boost::json::serialize(flash), R"({"red":255,"green":0,"blue":0,"duration_ms":400})");
}

TEST(VerificationJson, TheEventSaysNothingOfScores) {
  const storage::WebhookDelivery delivery{
      .id = "delivery", .event = "verification.decided", .created_at = kNow
  };
  const auto view = decided(Outcome::match, core::AttackClass::none, true);
  const std::string text = webhook_event_text(delivery, view);
  const auto event = boost::json::parse(text);
  EXPECT_EQ(event.at("id").as_string(), "delivery");
  EXPECT_EQ(event.at("created_at").as_string(), "2027-01-15T08:00:00.123Z");
  EXPECT_TRUE(event.at("verification").at("passed").as_bool());
  EXPECT_EQ(text.find("scores"), std::string::npos);
  EXPECT_EQ(text.find("challenge"), std::string::npos);
}

TEST(DeviceJson, RetryIsForAnotherChallenge) {
  const flows::DeviceView dark{
      .state = VerificationState::challenged, .outcome = Outcome::video_too_dark, .attempts_left = 2
  };
  EXPECT_EQ(
      boost::json::serialize(device_json(dark)),
      R"({"state":"challenged","passed":false,"retry":true,"hint":"too_dark","attempts_left":2,"document":null})"
  );
  flows::DeviceView fresh = dark;
  fresh.outcome = std::nullopt;
  EXPECT_FALSE(device_json(fresh).at("retry").as_bool());
  flows::DeviceView over = dark;
  over.state = VerificationState::decided;
  EXPECT_FALSE(device_json(over).at("retry").as_bool());
}

/// What told an attack apart must not be told to whoever holds the device.
TEST(DeviceJson, AttackersGetNoAdvice) {
  for (const Outcome outcome :
       {Outcome::attack,
        Outcome::face_changed,
        Outcome::liveness_unsure,
        Outcome::non_match,
        Outcome::reflection_mismatch,
        Outcome::reflection_flat,
        Outcome::lips_out_of_step,
        Outcome::recording_spoofed}) {
    EXPECT_FALSE(hint_of(outcome)) << name_of(outcome);
  }
}

}  // namespace
}  // namespace selfsame::adapters::native
