// SPDX-License-Identifier: Apache-2.0
// What every action knows of the request that called it.
#pragma once

#include <string>

#include "flows/authentication.h"

namespace selfsame::adapters::tencent {

/// A signed request of a customer whose account for the action's product is active.
struct Call {
  flows::Caller caller;
  std::string request_id;
  std::string fingerprint;  // of the signed request
  flows::Deadline deadline;
};

}  // namespace selfsame::adapters::tencent
