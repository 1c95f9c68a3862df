// SPDX-License-Identifier: Apache-2.0
// LivenessType and ValidateData: what the person in a caller's video was asked to do. The sequence
// is the caller's own: nothing binds the recording to it, which is weaker than a challenge of ours.
#pragma once

#include <string_view>

#include "adapters/tencent/error_codes.h"
#include "core/challenge.h"
#include "core/customer.h"

namespace selfsame::adapters::tencent {

/// A customer's policy may forbid callers' own sequences: the account state of this name.
inline constexpr core::Product kCallersChallengeProduct = core::Product::tencent_callers_challenge;

struct LivenessType {
  core::LivenessMode mode = core::LivenessMode::silent;
  core::Challenge challenge;
};

/// SILENT: no ValidateData. ACTION: one or two of 1 (open mouth), 2 (blink), 3 (nod), 4 (shake),
/// comma-separated, done in that order. LIP: four digits, spoken. InvalidParameterValue for
/// anything else, MissingParameter where ValidateData is missing.
[[nodiscard]] Answer<LivenessType> parse_liveness_type(
    std::string_view liveness_type, std::string_view validate_data
);

}  // namespace selfsame::adapters::tencent
