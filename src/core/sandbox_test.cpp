// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame::core {
namespace {

const std::string kPrefix = "selfsame-sandbox:";

std::optional<Outcome> outcome_of(const std::string& input) {
  const auto answer = sandbox_answer(std::string_view(input));
  if (!answer || !std::holds_alternative<SandboxVerdict>(*answer)) return std::nullopt;
  return std::get<SandboxVerdict>(*answer).outcome;
}

TEST(Sandbox, EveryOutcomeHasAMagicInput) {
  for (std::int64_t number = 0; const auto outcome = outcome_from(number); ++number) {
    EXPECT_EQ(outcome_of(kPrefix + name_of(*outcome)), *outcome) << name_of(*outcome);
  }
}

TEST(Sandbox, EveryAttackClassAndErrorHasOne) {
  for (const auto attack_class :
       {AttackClass::print,
        AttackClass::screen_replay,
        AttackClass::mask,
        AttackClass::synthetic,
        AttackClass::injected,
        AttackClass::unsure}) {
    const std::string input = kPrefix + "attack/" + name_of(attack_class);
    const auto answer = sandbox_answer(std::string_view(input));
    ASSERT_TRUE(answer) << input;
    EXPECT_EQ(std::get<SandboxVerdict>(*answer).outcome, Outcome::attack);
    EXPECT_EQ(std::get<SandboxVerdict>(*answer).attack_class, attack_class);
  }
  for (const Errc error : sandbox_errors()) {
    const std::string input = kPrefix + "error/" + name_of(error);
    const auto answer = sandbox_answer(std::string_view(input));
    ASSERT_TRUE(answer) << input;
    EXPECT_EQ(std::get<Errc>(*answer), error);
  }
}

TEST(Sandbox, StandsAtTheEndOfAFile) {
  EXPECT_EQ(
      outcome_of(std::string("\xff\xd8 photo \0 bytes \xff\xd9", 18) + "\n" + kPrefix + "match\n"),
      Outcome::match
  );
  EXPECT_EQ(outcome_of(kPrefix + "match\r\n\n"), Outcome::match);
  EXPECT_EQ(outcome_of(kPrefix + "match " + kPrefix + "attack"), Outcome::attack);
  EXPECT_EQ(outcome_of(std::string(100'000, 'x') + kPrefix + "live"), Outcome::live);
}

TEST(Sandbox, IsNothingElse) {
  for (const std::string& input :
       {std::string(),
        std::string("match"),
        kPrefix,
        kPrefix + "\n",
        kPrefix + "matc",
        kPrefix + "match!",
        kPrefix + "match more",
        kPrefix + "match\nmore",
        kPrefix + "attack/none",
        kPrefix + "attack/",
        kPrefix + "error/",
        kPrefix + "error/forbidden",
        std::string("Selfsame-sandbox:match"),
        kPrefix + std::string("match\0", 6),
        kPrefix + "match" + std::string(200, 'x')}) {
    EXPECT_FALSE(sandbox_answer(std::string_view(input))) << input;
  }
  EXPECT_FALSE(sandbox_answer(std::initializer_list<ByteView>{}));
}

TEST(Sandbox, TheFirstMagicInputCounts) {
  const std::string plain = "a photo";
  const std::string match = kPrefix + "match";
  const std::string attack = kPrefix + "attack";
  const auto answer = sandbox_answer({bytes_of(plain), bytes_of(match), bytes_of(attack)});
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<SandboxVerdict>(*answer).outcome, Outcome::match);
}

TEST(Sandbox, OtherListsHaveTheirOwnWords) {
  EXPECT_EQ(sandbox_word(kPrefix + "no_such_number"), "no_such_number");
  EXPECT_FALSE(sandbox_word("no_such_number"));
}

}  // namespace
}  // namespace selfsame::core
