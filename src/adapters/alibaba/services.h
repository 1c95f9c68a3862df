// SPDX-License-Identifier: Apache-2.0
// What the actions work with.
#pragma once

#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/photo_verification.h"
#include "flows/sms_orders.h"

namespace selfsame::adapters::alibaba {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::PhotoVerification& photo_verification;
  const flows::SmsOrders& sms;
};

}  // namespace selfsame::adapters::alibaba
