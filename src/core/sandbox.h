// SPDX-License-Identifier: Apache-2.0
// Magic inputs: what a sandbox customer sends to get an answer of its choice. Ask only for a
// customer whose core::Customer::sandbox is true; for everybody else such an input is one like any
// other.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "core/outcome.h"
#include "core/register_record.h"
#include "core/scores.h"

namespace selfsame::core {

/// A verdict of the caller's choice.
struct SandboxVerdict {
  Outcome outcome{};
  AttackClass attack_class = AttackClass::none;  // set beside attack and face_changed
};

/// A verdict, or a failure of ours.
using SandboxAnswer = std::variant<SandboxVerdict, Errc>;

/// What the last line of a text or file names, `selfsame-sandbox:NAME`: an outcome's name,
/// `attack/CLASS`, or `error/NAME` (sandbox_errors()). A photo or video with such a line behind its
/// end still is one. Nothing for everything else.
[[nodiscard]] std::optional<SandboxAnswer> sandbox_answer(std::string_view input);

/// The same of the first of these that is magic.
[[nodiscard]] std::optional<SandboxAnswer> sandbox_answer(std::initializer_list<ByteView> inputs);

/// The magic input that asks for an outcome.
[[nodiscard]] std::string sandbox_input(Outcome outcome);

/// What a register is to say of somebody whose name is magic: one of its own words
/// (sandbox_register_words()) or of the outcomes that it ends with, a failure of ours, or any other
/// outcome, for which somebody is found: it is what a comparison with the photo comes to. Nothing
/// for everything else.
[[nodiscard]] std::optional<std::variant<RegisterFinding, Errc>> sandbox_finding(
    std::string_view name
);

/// Short ones: a surface takes names of 32 characters.
struct SandboxRegisterWord {
  std::string_view word;
  RegisterFinding finding{};
};
[[nodiscard]] std::span<const SandboxRegisterWord> sandbox_register_words() noexcept;

/// What follows `selfsame-sandbox:`, whatever it is: for a surface's own closed lists, such as the
/// fates of a text message. Nothing when the input is not magic.
[[nodiscard]] std::optional<std::string_view> sandbox_word(std::string_view input);

/// Failures that can be asked for.
[[nodiscard]] std::span<const Errc> sandbox_errors() noexcept;

}  // namespace selfsame::core
