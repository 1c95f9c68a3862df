// SPDX-License-Identifier: Apache-2.0
// What the actions work with.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/identity_check.h"
#include "flows/liveness_comparison.h"
#include "flows/presentation_check.h"
#include "flows/uploads.h"
#include "flows/url_fetcher.h"

namespace selfsame::adapters::tencent {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::LivenessComparison& liveness_comparison;
  const flows::PresentationCheck& presentation_check;
  const flows::IdentityCheck& identity_check;
  const flows::Uploads& uploads;
  const flows::UrlFetcher& fetcher;
  const Clock& clock;
  const Secret& sequence_key;     // signs what GenerateReflectSequence issues
  const std::string& public_url;  // what callers reach us by, without a slash at its end
};

}  // namespace selfsame::adapters::tencent
