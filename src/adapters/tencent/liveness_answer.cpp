// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/liveness_answer.h"

#include <array>
#include <string>

namespace selfsame::adapters::tencent {
namespace {

constexpr std::array<double, 4> kSimMarks = {70, 80, 90, 95};

}  // namespace

flows::LivenessComparisonRequest liveness_request(
    const Call& call, std::string_view action, const LivenessType& type
) {
  return {
      .caller = call.caller,
      .customer = call.admitted.customer,
      .surface = "tencent",
      .operation = std::string(action),
      .product = std::string(core::name_of(kPureApiProduct)),
      .request_id = call.request_id,
      .request_fingerprint = call.fingerprint,
      .reference_image = {},
      .samples = {},
      .challenge = type.challenge,
      .deadline = call.deadline,
      .is_abandoned = call.is_abandoned,
      .billed_code = billed_code_of
  };
}

Answer<void> check_callers_challenge(const Call& call, core::LivenessMode mode) {
  if (mode == core::LivenessMode::silent) return {};
  const auto allowed =
      core::may_use(*call.admitted.customer, kCallersChallengeProduct, call.caller.access_key_id);
  if (allowed) return {};
  return refuse(flows::errc_of(allowed.error()));
}

double sim_of(std::optional<double> cosine, const core::ComparisonCalibration& calibration) {
  return cosine ? core::to_percent({.cosine = *cosine}, calibration, kSimMarks) : 0;
}

Success render_liveness(
    const flows::LivenessComparisonResult& result,
    const core::ComparisonCalibration& calibration,
    core::LivenessMode mode
) {
  Success success{.request_id = result.request_id, .fields = {}};
  const ResultCode code = result_code_of(result.outcome, mode);
  success.fields.text("Result", code.code);
  success.fields.text("Description", code.description);
  success.fields.decimal("Sim", sim_of(result.cosine, calibration));
  return success;
}

}  // namespace selfsame::adapters::tencent
