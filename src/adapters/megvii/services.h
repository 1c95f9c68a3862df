// SPDX-License-Identifier: Apache-2.0
// What the calls work with.
#pragma once

#include "base/clock.h"
#include "core/calibration.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/number_watch.h"
#include "flows/reference_photos.h"
#include "flows/register.h"
#include "flows/verification.h"

namespace selfsame::adapters::megvii {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::Verifications& verifications;
  const flows::PhotoCheck& photo_check;
  const flows::Register& authoritative_register;
  const flows::NumberWatch& numbers;
  const core::ComparisonCalibration& calibration;
  const Clock& clock;
};

}  // namespace selfsame::adapters::megvii
