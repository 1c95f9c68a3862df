// SPDX-License-Identifier: Apache-2.0
#include "flows/photo_verification.h"

#include <utility>

#include "core/sandbox.h"
#include "flows/capture_judgement.h"

namespace selfsame::flows {
namespace {

struct Judged {
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  core::ComparisonEvidence evidence;
  bool sandbox = false;
};

Judged as_asked(const core::SandboxVerdict& verdict) {
  Judged judged;
  judged.sandbox = true;
  judged.outcome = verdict.outcome;
  judged.attack_class = verdict.attack_class;
  const bool compared =
      verdict.outcome == core::Outcome::match || verdict.outcome == core::Outcome::non_match;
  // On either side of every threshold.
  const double cosine = verdict.outcome == core::Outcome::match ? 1 : 0;
  if (compared) judged.evidence.similarity = core::SimilarityScore{.cosine = cosine};
  return judged;
}

Result<Judged> judge(
    const vision::FaceEngine* engine,
    const core::VerificationPolicy& policy,
    const Bytes& reference_image,
    const Bytes& probe_image,
    bool sandbox
) {
  if (sandbox) {
    if (const auto answer = core::sandbox_answer({reference_image, probe_image})) {
      if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
      return as_asked(std::get<core::SandboxVerdict>(*answer));
    }
  }
  SELFSAME_TRY(reference, engine->read_photo(reference_image, vision::PhotoOptions{}));
  Judged judged;
  judged.evidence.reference_defect = reference.defect;
  SELFSAME_TRY(measured, engine->measure_photo_liveness(probe_image));
  judged.evidence.video = measured.evidence;
  if (!reference.defect && !measured.best_frame_templates.empty()) {
    SELFSAME_TRY(score, engine->compare(reference.templates, measured.best_frame_templates));
    judged.evidence.similarity = score;
  }
  const auto outcome = core::decide(judged.evidence, core::Challenge{}, policy);
  if (!outcome) return fail(Errc::engine_failed, "a measurement is missing");
  judged.outcome = *outcome;
  if (*outcome == core::Outcome::attack) judged.attack_class = measured.attack_class;
  return judged;
}

Result<storage::OutcomeRecord> commit(
    storage::Database* database,
    const storage::OutcomeRecord& outcome,
    const std::optional<storage::LedgerEntry>& charge
) {
  return database->outcomes().commit(outcome, charge);
}

storage::OutcomeRecord record_of(
    const PhotoVerificationRequest& request,
    const Judged& judged,
    const core::ComparisonCalibration& calibration,
    Timestamp now
) {
  storage::OutcomeRecord outcome;
  outcome.id = request.request_id;
  outcome.customer = request.caller.customer;
  outcome.access_key_id = request.caller.access_key_id;
  outcome.surface = request.surface;
  outcome.operation = request.operation;
  outcome.outcome = judged.outcome;
  outcome.attack_class = judged.attack_class;
  if (judged.evidence.similarity) outcome.cosine = judged.evidence.similarity->cosine;
  if (judged.evidence.video.pad) outcome.pad_score = judged.evidence.video.pad->value;
  outcome.calibration =
      judged.sandbox ? kSandboxCalibration : calibration.version + "/" + calibration.precision;
  outcome.decided_at = now;
  return outcome;
}

}  // namespace

asio::awaitable<Result<PhotoVerificationResult>> PhotoVerification::run(
    PhotoVerificationRequest request
) const {
  const core::Customer nothing_settled;
  const core::Customer& customer = request.customer ? *request.customer : nothing_settled;
  const core::VerificationPolicy policy =
      core::stricter(policy_, customer, engine_.calibration().threshold);
  Turn turn{
      .customer = request.caller.customer,
      .kind = Work::photo_comparison,
      .deadline = request.deadline,
      .is_abandoned = std::move(request.is_abandoned)
  };
  SELFSAME_CO_TRY(
      judged,
      co_await inference_pool_.run(
          std::move(turn),
          judge,
          &engine_,
          policy,
          std::move(request.reference_image),
          std::move(request.probe_image),
          customer.sandbox
      )
  );
  PhotoVerificationResult result{
      .outcome = judged.outcome,
      .similarity = judged.evidence.similarity,
      .calibration = engine_.calibration()
  };
  const Timestamp now = clock_.now();
  std::optional<storage::LedgerEntry> charge;
  if (auto code = request.billed_code(judged.outcome)) {
    charge = storage::LedgerEntry{
        .outcome_id = request.request_id,
        .customer = request.caller.customer,
        .product = request.product,
        .code = std::move(*code),
        .billed_at = now
    };
  }
  if (!core::is_attempt(judged.outcome) && !charge) co_return result;
  auto outcome = record_of(request, judged, result.calibration, now);
  SELFSAME_CO_TRY(
      committed,
      co_await storage_pool_.run(
          request.deadline, commit, &database_, std::move(outcome), std::move(charge)
      )
  );
  static_cast<void>(committed);
  co_return result;
}

}  // namespace selfsame::flows
