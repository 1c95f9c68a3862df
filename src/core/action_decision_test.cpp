// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "core/challenge_evidence.h"

namespace selfsame::core {
namespace {

constexpr TimeWindow kFirst = {.begin_s = 0.8, .end_s = 3.4};
constexpr TimeWindow kSecond = {.begin_s = 3.6, .end_s = 6.2};

Challenge prompted(FaceAction first, FaceAction second) {
  Challenge challenge;
  challenge.actions = {{first, kFirst}, {second, kSecond}};
  return challenge;
}

Challenge unprompted(FaceAction first, FaceAction second) {
  Challenge challenge;
  challenge.actions = {{first, std::nullopt}, {second, std::nullopt}};
  return challenge;
}

ActionEvent at(FaceAction action, double begin_s) {
  return {action, begin_s, begin_s + 0.4, begin_s + 0.9};
}

std::optional<Outcome> fault(const std::vector<ActionEvent>& events, const Challenge& challenge) {
  return fault_of_actions({.events = events, .moved = true}, challenge);
}

TEST(ActionDecision, AcceptsEachActionInItsWindow) {
  const auto challenge = prompted(FaceAction::nod, FaceAction::turn_left);
  EXPECT_EQ(
      fault({at(FaceAction::nod, 1.2), at(FaceAction::turn_left, 4)}, challenge), std::nullopt
  );
}

TEST(ActionDecision, BlinksAreNaturalEverywhere) {
  const auto challenge = prompted(FaceAction::nod, FaceAction::blink);
  const std::vector<ActionEvent> events = {
      at(FaceAction::blink, 0.2),
      at(FaceAction::nod, 1.2),
      at(FaceAction::blink, 2.5),
      at(FaceAction::blink, 4)
  };
  EXPECT_EQ(fault(events, challenge), std::nullopt);
}

TEST(ActionDecision, WindowsAreKept) {
  const auto challenge = prompted(FaceAction::nod, FaceAction::turn_left);
  const auto turn = at(FaceAction::turn_left, 4);
  EXPECT_EQ(fault({at(FaceAction::nod, 0.7), turn}, challenge), Outcome::action_out_of_turn);
  EXPECT_EQ(fault({at(FaceAction::nod, 3.1), turn}, challenge), Outcome::action_out_of_turn);
  EXPECT_EQ(
      fault({at(FaceAction::turn_left, 1.2), at(FaceAction::nod, 4)}, challenge),
      Outcome::action_out_of_turn
  );
}

TEST(ActionDecision, SaysWhichIsMissing) {
  const auto nod = at(FaceAction::nod, 1.2);
  EXPECT_EQ(
      fault({nod}, prompted(FaceAction::nod, FaceAction::turn_right)), Outcome::action_missing
  );
  EXPECT_EQ(fault({nod}, prompted(FaceAction::nod, FaceAction::blink)), Outcome::action_no_blink);
  EXPECT_EQ(
      fault({nod}, prompted(FaceAction::nod, FaceAction::open_mouth)), Outcome::action_no_open_mouth
  );
  EXPECT_EQ(
      fault_of_actions(
          {.events = {}, .moved = false}, prompted(FaceAction::nod, FaceAction::blink)
      ),
      Outcome::action_no_movement
  );
}

TEST(ActionDecision, RefusesWhoDoesMoreThanAsked) {
  const auto challenge = prompted(FaceAction::nod, FaceAction::turn_left);
  const std::vector<ActionEvent> events = {
      at(FaceAction::nod, 1.2), at(FaceAction::shake, 2), at(FaceAction::turn_left, 4)
  };
  EXPECT_EQ(fault(events, challenge), Outcome::action_out_of_turn);
}

TEST(ActionDecision, AHalfDoneMovementAnswersNothingButIsOne) {
  auto half = at(FaceAction::nod, 1.2);
  half.clear = false;
  const auto turn = at(FaceAction::turn_left, 4);
  EXPECT_EQ(
      fault({half, turn}, prompted(FaceAction::nod, FaceAction::turn_left)), Outcome::action_missing
  );
  EXPECT_EQ(
      fault(
          {at(FaceAction::blink, 1.2), half, turn},
          prompted(FaceAction::blink, FaceAction::turn_left)
      ),
      Outcome::action_out_of_turn
  );
  EXPECT_EQ(
      fault({half, at(FaceAction::nod, 2), turn}, prompted(FaceAction::nod, FaceAction::turn_left)),
      std::nullopt
  ) << "hesitated";
}

TEST(ActionDecision, AMouthThatOpensWhereABlinkWasAskedForIsNoAnswer) {
  auto half = at(FaceAction::open_mouth, 1.2);
  const auto blink = at(FaceAction::blink, 1.4);
  const auto nod = at(FaceAction::nod, 4);
  const auto challenge = prompted(FaceAction::blink, FaceAction::nod);
  EXPECT_EQ(fault({blink, nod}, challenge), std::nullopt);
  EXPECT_EQ(fault({half, blink, nod}, challenge), Outcome::action_out_of_turn);
  half.clear = false;
  EXPECT_EQ(fault({half, blink, nod}, challenge), Outcome::action_out_of_turn);
}

TEST(ActionDecision, ARecordingMadeForMoreActionsIsRefused) {
  const auto challenge = prompted(FaceAction::nod, FaceAction::turn_left);
  const std::vector<ActionEvent> events = {
      at(FaceAction::nod, 1.2), at(FaceAction::turn_left, 4), at(FaceAction::open_mouth, 6.8)
  };
  EXPECT_EQ(fault(events, challenge), Outcome::action_out_of_turn);
}

TEST(ActionDecision, WithoutWindowsTheOrderCounts) {
  const auto challenge = unprompted(FaceAction::nod, FaceAction::shake);
  const auto nod = at(FaceAction::nod, 1);
  const auto shake = at(FaceAction::shake, 3);
  EXPECT_EQ(fault({nod, shake}, challenge), std::nullopt);
  EXPECT_EQ(
      fault({at(FaceAction::shake, 1), at(FaceAction::nod, 3)}, challenge),
      Outcome::action_out_of_turn
  );
  const auto stray = at(FaceAction::turn_left, 5);
  EXPECT_EQ(fault({nod, shake, stray, stray}, challenge), std::nullopt);
  EXPECT_EQ(fault({nod, shake, stray, stray, stray}, challenge), Outcome::action_out_of_turn);
}

TEST(ActionDecision, TimesThatAreNoNumbersAnswerNothing) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto challenge = prompted(FaceAction::nod, FaceAction::turn_left);
  const auto turn = at(FaceAction::turn_left, 4);
  EXPECT_EQ(fault({at(FaceAction::nod, kNaN), turn}, challenge), Outcome::action_out_of_turn);
  EXPECT_EQ(
      fault({at(FaceAction::nod, kNaN), turn}, unprompted(FaceAction::nod, FaceAction::turn_left)),
      Outcome::action_out_of_turn
  );
}

}  // namespace
}  // namespace selfsame::core
