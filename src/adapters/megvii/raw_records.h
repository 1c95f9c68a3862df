// SPDX-License-Identifier: Apache-2.0
// What Raw's tokens stand for. Each is a sealed file of flows/uploads.h, for two hours; the token
// is its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/decision.h"
#include "flows/capture_check.h"

namespace selfsame::adapters::megvii {

/// Digits that somebody is to say.
struct RawNumber {
  std::string digits;
  Timestamp issued_at;
};

enum class RawKind : std::uint8_t { video, selfie };

/// A capture that was looked at.
struct RawCapture {
  RawKind kind{};
  std::string procedure;         // procedure_validation, but for what only verify can say
  bool metadata_differ = false;  // of selfies
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  std::optional<double> pad_score;  // none: an attack by something else than its score
  Bytes face_jpeg;
};

inline constexpr const char* kNumberPurpose = "megvii.raw-number";
inline constexpr const char* kCapturePurpose = "megvii.raw-capture";

[[nodiscard]] Bytes pack(const RawNumber& number);
[[nodiscard]] Bytes pack(const RawCapture& capture);
/// `integrity_failure` for what pack() did not make.
[[nodiscard]] Result<RawNumber> raw_number_from(ByteView packed);
[[nodiscard]] Result<RawCapture> raw_capture_from(ByteView packed);

/// "PASSED", "VIDEO_SR_ERROR", "VIDEO_NOT_SYNCHRONIZED" or "VIDEO_FACE_INCONSISTENT". What was not
/// measured has not passed.
[[nodiscard]] std::string_view procedure_of_video(
    const core::ComparisonEvidence& evidence, const core::Challenge& challenge
);

/// The same of what the sandbox was asked for.
[[nodiscard]] std::string_view procedure_of_asked(core::Outcome outcome) noexcept;

/// The score that decides, if nothing else does: none where the take is not one of a camera.
[[nodiscard]] std::optional<double> deciding_pad(const core::ComparisonEvidence& evidence);

/// "PASSED", "MASK", "SCREEN_REPLAY" or "FACEGEN".
/// @param is_strict  asks for more of the score
[[nodiscard]] std::string_view genuineness_of(
    const RawCapture& capture, const core::PadPolicy& policy, bool is_strict
);

}  // namespace selfsame::adapters::megvii
