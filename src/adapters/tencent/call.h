// SPDX-License-Identifier: Apache-2.0
// What every action knows of the request that called it.
#pragma once

#include <functional>
#include <string>

#include "flows/authentication.h"

namespace selfsame::adapters::tencent {

/// A signed request of a customer whose account for the action's product is active.
struct Call {
  flows::Caller caller;
  std::string request_id;
  std::string fingerprint;  // of the signed request
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn
  // What the parameters point into, when it is a body: whoever has decoded them gives it back, so
  // that a request waits with one copy of its media, which the server's memory budget counts.
  std::string* body = nullptr;
};

}  // namespace selfsame::adapters::tencent
