// SPDX-License-Identifier: Apache-2.0
// What the actions work with.
#pragma once

#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/photo_verification.h"

namespace selfsame::adapters::alibaba {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::PhotoVerification& photo_verification;
};

}  // namespace selfsame::adapters::alibaba
