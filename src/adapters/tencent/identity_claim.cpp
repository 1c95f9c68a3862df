// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/identity_claim.h"

#include <algorithm>
#include <utility>

#include "core/id_number.h"
#include "core/person_name.h"
#include "core/sandbox.h"

namespace selfsame::adapters::tencent {
namespace {

using core::Outcome;
using core::RegisterFinding;

constexpr std::size_t kTextBytesMax = 256;  // what is longer is neither a number nor a name

std::optional<std::string> billed_number_code(Outcome outcome) {
  if (outcome == Outcome::identity_confirmed) return "0";
  if (outcome == Outcome::identity_mismatch) return "-1";
  return std::nullopt;
}

}  // namespace

IdentityClaim claim_of(std::string_view number, std::string_view name, bool sandbox) {
  IdentityClaim claim;
  const auto normal = number.size() <= kTextBytesMax ? core::normal_id_number(number)
                                                     : std::optional<std::string>{};
  const bool is_number =
      normal &&
      core::check_id_number(core::IdNumberKind::mainland_china, *normal) == core::NumberForm::right;
  if (!is_number) {
    claim.fault = IdentityFault::number;
    return claim;
  }
  claim.query.number = *normal;
  claim.query.name = std::string(name.substr(0, kTextBytesMax));
  const bool is_magic = sandbox && core::sandbox_finding(claim.query.name);
  if (!is_magic && !core::normal_person_name(claim.query.name)) claim.fault = IdentityFault::name;
  return claim;
}

flows::IdentityCheckRequest identity_request(
    const Call& call, std::string_view action, IdentityClaim claim
) {
  flows::IdentityCheckRequest request;
  request.caller = call.caller;
  request.surface = "tencent";
  request.operation = std::string(action);
  request.product = std::string(core::name_of(kRegisterProduct));
  request.request_id = call.request_id;
  request.request_fingerprint = call.fingerprint;
  request.query = std::move(claim.query);
  request.sandbox = call.admitted.customer->sandbox;
  request.deadline = call.deadline;
  request.is_abandoned = call.is_abandoned;
  request.billed_code = billed_number_code;
  return request;
}

RegisterFinding finding_of(const flows::IdentityCheckResult& result) noexcept {
  if (!result.repeated) return result.finding;
  return result.outcome == Outcome::identity_confirmed ? RegisterFinding::found
                                                       : RegisterFinding::number_name_mismatch;
}

Success identity_success(std::string request_id, const ResultCode& code) {
  Success success{.request_id = std::move(request_id), .fields = {}};
  success.fields.text("Result", code.code);
  success.fields.text("Description", code.description);
  return success;
}

bool is_encrypted(const Parameters& parameters) {
  return std::ranges::any_of(parameters.all(), [](const Parameter& parameter) {
    return parameter.name == "Encryption" || parameter.name.starts_with("Encryption.");
  });
}

}  // namespace selfsame::adapters::tencent
