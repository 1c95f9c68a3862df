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

TEST(Sandbox, AnOutcomeNamesItsInput) {
  EXPECT_EQ(outcome_of(sandbox_input(Outcome::video_too_dark)), Outcome::video_too_dark);
}

std::optional<RegisterFinding> finding_of(const std::string& name) {
  const auto asked = sandbox_finding(name);
  if (!asked || !std::holds_alternative<RegisterFinding>(*asked)) return std::nullopt;
  return std::get<RegisterFinding>(*asked);
}

TEST(Sandbox, EveryFindingOfARegisterHasAShortName) {
  constexpr std::size_t kNameCharactersMax = 32;
  std::size_t findings = 1;  // found
  for (const auto& [word, finding] : sandbox_register_words()) {
    const std::string name = kPrefix + std::string(word);
    EXPECT_EQ(finding_of(name), finding);
    EXPECT_NE(finding, RegisterFinding::found);
    EXPECT_LE(name.size(), kNameCharactersMax);
    EXPECT_FALSE(sandbox_answer(std::string_view(name))) << "no outcome has the name of a finding";
    ++findings;
  }
  EXPECT_EQ(findings, static_cast<std::size_t>(RegisterFinding::too_many_enquiries) + 1);
}

TEST(Sandbox, TheNameOfAnOutcomeFindsSomebody) {
  EXPECT_EQ(finding_of(kPrefix + "match"), RegisterFinding::found);
  EXPECT_EQ(finding_of(kPrefix + "attack/mask"), RegisterFinding::found);
  EXPECT_EQ(finding_of(kPrefix + "register_no_number"), RegisterFinding::no_such_number);
  EXPECT_EQ(finding_of(kPrefix + "identity_mismatch"), RegisterFinding::number_name_mismatch);
  EXPECT_EQ(finding_of(kPrefix + "register_photo_unreadable"), RegisterFinding::photo_format);
  EXPECT_EQ(finding_of(kPrefix + "register_failed"), RegisterFinding::source_error);
  const auto error = sandbox_finding(kPrefix + "error/overloaded");
  ASSERT_TRUE(error && std::holds_alternative<Errc>(*error));
  EXPECT_EQ(std::get<Errc>(*error), Errc::overloaded);
}

TEST(Sandbox, OrdinaryNamesAskARegister) {
  for (const char* const name : {"", "match", "Ann O'Neill", "selfsame-sandbox:nobody"}) {
    EXPECT_FALSE(sandbox_finding(name)) << name;
  }
}

TEST(Sandbox, OtherListsHaveTheirOwnWords) {
  EXPECT_EQ(sandbox_word(kPrefix + "no_such_number"), "no_such_number");
  EXPECT_FALSE(sandbox_word("no_such_number"));
}

}  // namespace
}  // namespace selfsame::core
