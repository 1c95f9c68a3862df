// SPDX-License-Identifier: Apache-2.0
// From sealed evidence to a stored verdict, behind the answer. Inside of flows/verification.h.
#pragma once

#include <memory>

#include "flows/verification_steps.h"

namespace selfsame::flows {

/// Judges on the parts' executor until a verdict, or that there can be none, is stored. What it
/// cannot finish (overloaded all the time, no database) is left to Verifications::sweep().
void start_judging(std::shared_ptr<const VerificationParts> parts, SealedSession sealed);

}  // namespace selfsame::flows
