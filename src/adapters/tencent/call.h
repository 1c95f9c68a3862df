// SPDX-License-Identifier: Apache-2.0
// What every action knows of the request that called it.
#pragma once

#include <functional>
#include <string>

#include "flows/admission.h"
#include "flows/authentication.h"

namespace selfsame::adapters::tencent {

/// A signed request of a customer who was admitted to the action's product.
struct Call {
  flows::Caller caller;
  flows::Admitted admitted;
  std::string request_id;
  std::string fingerprint;  // of the signed request
  flows::Deadline deadline;
  std::function<bool()> is_abandoned;  // as in flows::Turn
  // What the parameters point into, when it is a body: whoever has decoded them gives it back, so
  // that a request waits with one copy of its media, which the server's memory budget counts.
  std::string* body = nullptr;
};

}  // namespace selfsame::adapters::tencent
