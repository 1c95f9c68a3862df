// SPDX-License-Identifier: Apache-2.0
// What the actions work with.
#pragma once

#include "flows/authentication.h"
#include "flows/liveness_comparison.h"

namespace selfsame::adapters::tencent {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::LivenessComparison& liveness_comparison;
};

}  // namespace selfsame::adapters::tencent
