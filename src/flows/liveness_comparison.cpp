// SPDX-License-Identifier: Apache-2.0
#include "flows/liveness_comparison.h"

#include <initializer_list>
#include <utility>

#include "flows/capture_judgement.h"

namespace selfsame::flows {
namespace {

void erase_all(storage::BlobStore& blobs, std::initializer_list<const std::string*> ids) {
  for (const std::string* id : ids) {
    // Nothing refers to it; what cannot be erased now is an orphan without a reader.
    if (!id->empty()) static_cast<void>(blobs.erase(*id));
  }
}

Result<void> put_into(storage::BlobStore& blobs, ByteView content, std::string& id) {
  if (content.empty()) return {};
  SELFSAME_TRY(stored, blobs.put(content));
  id = std::move(stored);
  return {};
}

/// Stores samples, then the outcome that refers to them; one job of the storage pool.
Result<storage::OutcomeRecord> store(
    storage::Database* database,
    storage::BlobStore* blobs,
    const Clock* clock,
    storage::OutcomeRecord& outcome,
    const std::optional<storage::LedgerEntry>& charge,
    const Bytes& reference_image,
    const Bytes& video,
    const Bytes& best_frame
) {
  const Timestamp began = clock->now();
  const auto undo = [&] {
    erase_all(*blobs, {&outcome.reference_blob, &outcome.capture_blob, &outcome.best_frame_blob});
  };
  const Result<void> stored =
      put_into(*blobs, reference_image, outcome.reference_blob)
          .and_then([&] { return put_into(*blobs, video, outcome.capture_blob); })
          .and_then([&] { return put_into(*blobs, best_frame, outcome.best_frame_blob); });
  if (!stored) {
    undo();
    return tl::unexpected(stored.error());
  }
  if (clock->now() - began > storage::kBlobCommitWithin) {
    undo();
    return fail(Errc::deadline_exceeded, "storing the samples took so long that they may be swept");
  }
  auto committed = database->outcomes().commit(outcome, charge);
  // A COMMIT that got no answer may have happened: then the stored outcome refers to the samples.
  const bool unknown = !committed && committed.error().code == Errc::storage_unavailable;
  if (!unknown && (!committed || committed->id != outcome.id)) undo();
  return committed;
}

Result<LivenessComparisonResult> answer_from(
    storage::BlobStore& blobs, const storage::OutcomeRecord& outcome
) {
  LivenessComparisonResult result{
      .request_id = outcome.id,
      .outcome = outcome.outcome,
      .attack_class = outcome.attack_class,
      .cosine = outcome.cosine,
      .best_frame_jpeg = {},
      .best_frames_jpeg = {},
      .repeated = true
  };
  if (!outcome.best_frame_blob.empty()) {
    SELFSAME_TRY(frame, blobs.get(outcome.best_frame_blob));
    result.best_frames_jpeg = {frame};
    result.best_frame_jpeg = std::move(frame);
  }
  return result;
}

Result<std::optional<LivenessComparisonResult>> find_stored(
    storage::Database* database,
    storage::BlobStore* blobs,
    const std::string& customer,
    const std::string& fingerprint
) {
  SELFSAME_TRY(found, database->outcomes().find_by_fingerprint(customer, fingerprint));
  if (!found) return std::optional<LivenessComparisonResult>{};
  SELFSAME_TRY(answer, answer_from(*blobs, *found));
  return std::optional<LivenessComparisonResult>(std::move(answer));
}

Result<LivenessComparisonResult> answer_in(
    storage::BlobStore* blobs, const storage::OutcomeRecord& outcome
) {
  return answer_from(*blobs, outcome);
}

/// What the answer carries beside the judgement.
struct Judged {
  CaptureJudgement judgement;
  std::vector<Bytes> best_frames_jpeg;
};

Result<Judged> judge(
    const vision::FaceEngine* engine,
    const core::VerificationPolicy& policy,
    const core::Challenge& challenge,
    const CaptureContext& context,
    int best_frames_max,
    const std::shared_ptr<const Bytes>& image,
    const std::shared_ptr<const vision::CaptureSamples>& capture
) {
  constexpr int kJpegQuality = 92;
  SELFSAME_TRY(judgement, judge_capture(*engine, policy, challenge, *image, *capture, context));
  Judged judged{.judgement = std::move(judgement), .best_frames_jpeg = {}};
  if (judged.judgement.best_frame_jpeg.empty()) return judged;
  judged.best_frames_jpeg.push_back(judged.judgement.best_frame_jpeg);
  for (const vision::Image& frame : judged.judgement.next_best_frames) {
    if (std::cmp_greater_equal(judged.best_frames_jpeg.size(), best_frames_max)) break;
    judged.best_frames_jpeg.push_back(engine->encode_jpeg(frame, kJpegQuality));
  }
  judged.judgement.next_best_frames.clear();
  return judged;
}

Result<void> use_up(
    storage::Database* database, const Clock* clock, const std::string& challenge, Timestamp until
) {
  const Timestamp now = clock->now();
  // From then on its use is forgotten: it would look fresh again.
  if (now >= until) return fail(Errc::expired, "the challenge's time is over");
  SELFSAME_TRY(fresh, database->seen_requests().remember(challenge, now, until));
  if (fresh) return {};
  return fail(Errc::replayed, "the challenge was answered before");
}

std::optional<storage::LedgerEntry> charge_for(
    const LivenessComparisonRequest& request, core::Outcome outcome, Timestamp now
) {
  std::optional<std::string> code = request.billed_code(outcome);
  if (!code) return std::nullopt;
  return storage::LedgerEntry{
      .outcome_id = request.request_id,
      .customer = request.caller.customer,
      .product = request.product,
      .code = std::move(*code),
      .billed_at = now
  };
}

}  // namespace

asio::awaitable<Result<LivenessComparisonResult>> LivenessComparison::run(
    LivenessComparisonRequest request
) const {
  if (!request.request_fingerprint.empty()) {
    SELFSAME_CO_TRY(
        stored,
        co_await storage_pool_.run(
            request.deadline,
            find_stored,
            &database_,
            &blobs_,
            request.caller.customer,
            request.request_fingerprint
        )
    );
    if (stored) co_return std::move(*stored);
  }

  if (!request.single_use.empty()) {
    const auto used_up = co_await storage_pool_.run(
        request.deadline, use_up, &database_, &clock_, request.single_use, request.single_use_until
    );
    if (!used_up) co_return tl::unexpected(used_up.error());
  }

  const core::Customer nothing_settled;
  const core::Customer& customer = request.customer ? *request.customer : nothing_settled;
  const core::VerificationPolicy policy =
      core::stricter(policy_, customer, engine_.calibration().threshold);
  const CaptureContext context{
      .available_s = request.available_s, .hints = {}, .sandbox = customer.sandbox
  };

  // The samples go to the inference job and come back with it: megabytes are not copied.
  auto reference_image = std::make_shared<const Bytes>(std::move(request.reference_image));
  auto samples = std::make_shared<const vision::CaptureSamples>(std::move(request.samples));
  Turn turn{
      .customer = request.caller.customer,
      .kind = Work::video_liveness,
      .deadline = request.deadline,
      .is_abandoned = request.is_abandoned
  };
  SELFSAME_CO_TRY(
      judged,
      co_await inference_pool_.run(
          std::move(turn),
          judge,
          &engine_,
          policy,
          request.challenge,
          context,
          request.best_frames_max,
          reference_image,
          samples
      )
  );

  CaptureJudgement& judgement = judged.judgement;
  const Timestamp now = clock_.now();
  std::optional<storage::LedgerEntry> charge = charge_for(request, judgement.outcome, now);
  if (!core::is_attempt(judgement.outcome) && !charge) {
    LivenessComparisonResult unusable;
    unusable.request_id = std::move(request.request_id);
    unusable.outcome = judgement.outcome;
    co_return unusable;
  }

  const core::ComparisonCalibration& calibration = engine_.calibration();
  storage::OutcomeRecord outcome;
  outcome.id = request.request_id;
  outcome.customer = request.caller.customer;
  outcome.access_key_id = request.caller.access_key_id;
  outcome.surface = request.surface;
  outcome.operation = request.operation;
  outcome.request_fingerprint = request.request_fingerprint;
  outcome.outcome = judgement.outcome;
  outcome.attack_class = judgement.attack_class;
  outcome.cosine = judgement.cosine;
  outcome.pad_score = judgement.pad_score;
  outcome.calibration =
      judgement.sandbox ? kSandboxCalibration : calibration.version + "/" + calibration.precision;
  outcome.decided_at = now;

  const auto store_shared = [](storage::Database* database,
                               storage::BlobStore* blobs,
                               const Clock* clock,
                               storage::OutcomeRecord& record,
                               const std::optional<storage::LedgerEntry>& entry,
                               const std::shared_ptr<const Bytes>& image,
                               const std::shared_ptr<const vision::CaptureSamples>& capture,
                               const Bytes& best_frame) {
    return store(database, blobs, clock, record, entry, *image, capture->video, best_frame);
  };
  SELFSAME_CO_TRY(
      committed,
      co_await storage_pool_.run(
          request.deadline,
          store_shared,
          &database_,
          &blobs_,
          &clock_,
          std::move(outcome),
          std::move(charge),
          reference_image,
          samples,
          judgement.best_frame_jpeg
      )
  );
  if (committed.id != request.request_id) {
    // An identical request was decided while this one was measured: its answer is the answer.
    co_return co_await storage_pool_.run(
        request.deadline, answer_in, &blobs_, std::move(committed)
    );
  }
  co_return LivenessComparisonResult{
      .request_id = std::move(request.request_id),
      .outcome = judgement.outcome,
      .attack_class = judgement.attack_class,
      .cosine = judgement.cosine,
      .best_frame_jpeg = std::move(judgement.best_frame_jpeg),
      .best_frames_jpeg = std::move(judged.best_frames_jpeg),
      .repeated = false
  };
}

}  // namespace selfsame::flows
