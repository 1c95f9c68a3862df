// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox.h"

#include <algorithm>
#include <array>

namespace selfsame::core {
namespace {

constexpr std::string_view kPrefix = "selfsame-sandbox:";
constexpr std::size_t kLineBytesMax = 128;
constexpr std::array<Errc, 6> kErrors = {
    Errc::image_undecodable,
    Errc::overloaded,
    Errc::deadline_exceeded,
    Errc::engine_failed,
    Errc::storage_unavailable,
    Errc::integrity_failure,
};

constexpr std::array<SandboxRegisterWord, 10> kRegisterWords = {{
    {"no_such_number", RegisterFinding::no_such_number},
    {"name_mismatch", RegisterFinding::number_name_mismatch},
    {"dates_mismatch", RegisterFinding::validity_mismatch},
    {"no_photo", RegisterFinding::no_photo},
    {"photo_format", RegisterFinding::photo_format},
    {"no_face", RegisterFinding::no_face},
    {"source_error", RegisterFinding::source_error},
    {"dates_unknown", RegisterFinding::validity_unknown},
    {"unavailable", RegisterFinding::source_unavailable},
    {"too_many", RegisterFinding::too_many_enquiries},
}};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
}

std::optional<Outcome> outcome_named(std::string_view name) {
  for (std::int64_t number = 0;; ++number) {
    const auto outcome = outcome_from(number);
    if (!outcome || name_of(*outcome) == name) return outcome;
  }
}

std::optional<AttackClass> attack_class_named(std::string_view name) {
  for (int number = 0; number <= static_cast<int>(AttackClass::unsure); ++number) {
    const auto attack_class = static_cast<AttackClass>(number);
    if (attack_class != AttackClass::none && name_of(attack_class) == name) return attack_class;
  }
  return std::nullopt;
}

std::optional<SandboxAnswer> answer_named(std::string_view word) {
  constexpr std::string_view kError = "error/";
  constexpr std::string_view kAttack = "attack/";
  if (word.starts_with(kError)) {
    const auto it = std::ranges::find(kErrors, word.substr(kError.size()), [](Errc code) {
      return std::string_view(name_of(code));
    });
    return it == kErrors.end() ? std::nullopt : std::optional<SandboxAnswer>(*it);
  }
  if (word.starts_with(kAttack)) {
    const auto attack_class = attack_class_named(word.substr(kAttack.size()));
    if (!attack_class) return std::nullopt;
    return SandboxVerdict{.outcome = Outcome::attack, .attack_class = *attack_class};
  }
  const auto outcome = outcome_named(word);
  if (!outcome) return std::nullopt;
  const bool is_attack = *outcome == Outcome::attack || *outcome == Outcome::face_changed;
  return SandboxVerdict{
      .outcome = *outcome, .attack_class = is_attack ? AttackClass::unsure : AttackClass::none
  };
}

/// What ends with this outcome; `found` where the register has nothing to do with it.
RegisterFinding finding_behind(Outcome outcome) {
  const auto it = std::ranges::find(kRegisterWords, outcome, [](const SandboxRegisterWord& each) {
    return outcome_of(each.finding);
  });
  return it == kRegisterWords.end() ? RegisterFinding::found : it->finding;
}

}  // namespace

std::optional<std::string_view> sandbox_word(std::string_view input) {
  while (input.ends_with('\n') || input.ends_with('\r')) input.remove_suffix(1);
  const std::string_view tail = input.substr(input.size() - std::min(input.size(), kLineBytesMax));
  const std::size_t at = tail.rfind(kPrefix);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view word = tail.substr(at + kPrefix.size());
  if (word.empty() || !std::ranges::all_of(word, is_word_character)) return std::nullopt;
  return word;
}

std::optional<SandboxAnswer> sandbox_answer(std::string_view input) {
  const auto word = sandbox_word(input);
  return word ? answer_named(*word) : std::nullopt;
}

std::optional<SandboxAnswer> sandbox_answer(std::initializer_list<ByteView> inputs) {
  for (const ByteView input : inputs) {
    if (auto answer = sandbox_answer(selfsame::text_of(input))) return answer;
  }
  return std::nullopt;
}

std::string sandbox_input(Outcome outcome) {
  return std::string(kPrefix) + name_of(outcome);
}

std::optional<std::variant<RegisterFinding, Errc>> sandbox_finding(std::string_view name) {
  const auto word = sandbox_word(name);
  if (!word) return std::nullopt;
  const auto* const it = std::ranges::find(kRegisterWords, *word, &SandboxRegisterWord::word);
  if (it != kRegisterWords.end()) return it->finding;
  const auto answer = answer_named(*word);
  if (!answer) return std::nullopt;
  if (const auto* const error = std::get_if<Errc>(&*answer)) return *error;
  return finding_behind(std::get<SandboxVerdict>(*answer).outcome);
}

std::span<const SandboxRegisterWord> sandbox_register_words() noexcept {
  return kRegisterWords;
}

std::span<const Errc> sandbox_errors() noexcept {
  return kErrors;
}

}  // namespace selfsame::core
