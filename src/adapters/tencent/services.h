// SPDX-License-Identifier: Apache-2.0
// What the actions work with.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "flows/admission.h"
#include "flows/authentication.h"
#include "flows/document_reading.h"
#include "flows/identity_check.h"
#include "flows/liveness_comparison.h"
#include "flows/presentation_check.h"
#include "flows/uploads.h"
#include "flows/url_fetcher.h"
#include "flows/verification.h"
#include "flows/webhooks.h"

namespace selfsame::adapters::tencent {

/// All of it thread-safe; must outlive the surface.
struct Services {
  const flows::Authentication& authentication;
  const flows::Admission& admission;
  const flows::LivenessComparison& liveness_comparison;
  const flows::PresentationCheck& presentation_check;
  const flows::IdentityCheck& identity_check;
  const flows::Documents& documents;
  const flows::Uploads& uploads;
  const flows::Verifications& verifications;
  const flows::Webhooks& webhooks;
  /// Whether a customer may have its events sent there.
  std::function<Result<void>(const std::string& url)> check_webhook_url;
  const flows::UrlFetcher& fetcher;
  const Clock& clock;
  const Secret& sequence_key;     // signs what GenerateReflectSequence issues
  const Secret& token_key;        // 32 bytes; makes tokens, seals the names of result files
  const std::string& public_url;  // what callers reach us by, without a slash at its end
};

}  // namespace selfsame::adapters::tencent
