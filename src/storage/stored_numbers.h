// SPDX-License-Identifier: Apache-2.0
// Enumerations that are rows' numbers, and back. A number that this program does not know is
// `integrity_failure`: it must not be taken for the first or the nearest.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/outcome.h"
#include "core/sms.h"
#include "storage/repositories.h"
#include "storage/verification_records.h"

namespace selfsame::storage {

template <class Enum>
[[nodiscard]] constexpr std::int64_t number_of(Enum value) noexcept {
  return static_cast<std::int64_t>(value);
}

[[nodiscard]] Result<core::VerificationState> verification_state_from(std::int64_t stored);
[[nodiscard]] Result<DeliveryState> delivery_state_from(std::int64_t stored);
[[nodiscard]] Result<core::SmsState> sms_state_from(std::int64_t stored);
[[nodiscard]] Result<core::SegmentState> segment_state_from(std::int64_t stored);
[[nodiscard]] Result<core::Outcome> outcome_from(std::int64_t stored);
[[nodiscard]] Result<core::AttackClass> attack_class_from(std::int64_t stored);

/// A score as stored: what is not a number (NaN) is none, on every database alike.
[[nodiscard]] inline std::optional<double> stored_score(std::optional<double> score) {
  return score && !std::isnan(*score) ? score : std::nullopt;
}

}  // namespace selfsame::storage
