// SPDX-License-Identifier: Apache-2.0
#include "flows/identity_check.h"

#include <memory>
#include <utility>

#include "core/sandbox.h"
#include "flows/capture_judgement.h"

namespace selfsame::flows {
namespace {

using core::RegisterFinding;

struct Photos {
  Bytes of_caller;
  Bytes of_register;
  bool is_portrait = false;
  bool sandbox = false;
};

IdentityCheckResult as_asked(const core::SandboxVerdict& verdict) {
  IdentityCheckResult result;
  result.finding = RegisterFinding::found;
  result.outcome = verdict.outcome;
  result.sandbox = true;
  // On either side of every threshold.
  if (verdict.outcome == core::Outcome::match) result.cosine = 1.0;
  if (verdict.outcome == core::Outcome::non_match) result.cosine = 0.0;
  return result;
}

/// What the sandbox says in place of the register; a photo that is magic needs nobody's other one.
std::optional<Result<RegisterAnswer>> magic_answer(const IdentityCheckRequest& request) {
  if (!request.sandbox) return std::nullopt;
  if (auto answer = sandbox_register_answer(request.query.name)) return answer;
  if (!core::sandbox_answer({request.photo})) return std::nullopt;
  return RegisterAnswer{.finding = RegisterFinding::found, .photo = request.photo};
}

/// The caller's photo first: what is wrong with it is the caller's to mend.
Result<IdentityCheckResult> compare(
    const vision::FaceEngine* engine, const core::ComparisonPolicy& policy, const Photos& photos
) {
  if (photos.sandbox) {
    if (const auto answer = core::sandbox_answer({photos.of_register, photos.of_caller})) {
      if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
      return as_asked(std::get<core::SandboxVerdict>(*answer));
    }
  }
  IdentityCheckResult result;
  result.finding = RegisterFinding::found;
  vision::PhotoOptions options;
  options.require_quality = !photos.is_portrait;
  SELFSAME_TRY(mine, engine->read_photo(photos.of_caller, options));
  std::optional<core::SimilarityScore> similarity;
  if (!mine.defect) {
    SELFSAME_TRY(theirs, read_register_photo(*engine, photos.of_register));
    result.finding = theirs.finding;
    result.outcome = core::outcome_of(theirs.finding);
    if (theirs.finding != RegisterFinding::found) return result;
    result.register_photo_in_colour = theirs.photo.in_colour;
    SELFSAME_TRY(score, engine->compare(mine.templates, theirs.photo.templates));
    similarity = score;
    result.cosine = score.cosine;
  }
  const auto outcome = core::decide_photo(mine.defect, similarity, policy);
  if (!outcome) return fail(Errc::engine_failed, "a measurement is missing");
  result.outcome = *outcome;
  return result;
}

Result<std::optional<storage::OutcomeRecord>> find_stored(
    storage::Database* database, const std::string& customer, const std::string& fingerprint
) {
  return database->outcomes().find_by_fingerprint(customer, fingerprint);
}

Result<storage::OutcomeRecord> commit_in(
    storage::Database* database,
    const storage::OutcomeRecord& outcome,
    const std::optional<storage::LedgerEntry>& charge
) {
  return database->outcomes().commit(outcome, charge);
}

IdentityCheckResult repetition_of(const storage::OutcomeRecord& stored) {
  return {
      .request_id = stored.id,
      .outcome = stored.outcome,
      .finding = {},
      .cosine = stored.cosine,
      .register_photo_in_colour = false,
      .sandbox = false,
      .repeated = true
  };
}

}  // namespace

Result<RegisterPhotoReading> read_register_photo(
    const vision::FaceEngine& engine, ByteView encoded
) {
  vision::PhotoOptions options;
  options.require_quality = false;
  RegisterPhotoReading reading{.finding = RegisterFinding::found, .photo = {}};
  auto photo = engine.read_photo(encoded, options);
  if (!photo && photo.error().code != Errc::image_undecodable) {
    return tl::unexpected(std::move(photo).error());
  }
  if (!photo) {
    reading.finding = RegisterFinding::photo_format;
    return reading;
  }
  if (photo->defect) reading.finding = RegisterFinding::no_face;
  reading.photo = std::move(*photo);
  return reading;
}

asio::awaitable<Result<RegisterAnswer>> IdentityCheck::ask(const IdentityCheckRequest* request
) const {
  if (auto magic = magic_answer(*request)) co_return std::move(*magic);
  if (enquiries_per_day_ > 0) {
    const auto counted = co_await numbers_.count_enquiry(
        request->query.number, enquiries_per_day_, request->deadline
    );
    if (!counted) co_return tl::unexpected(counted.error());
    if (!*counted) {
      co_return RegisterAnswer{.finding = RegisterFinding::too_many_enquiries, .photo = {}};
    }
  }
  co_return co_await register_.look_up(request->query, request->deadline);
}

asio::awaitable<Result<core::RegisterFinding>> IdentityCheck::enquire(
    Caller caller, core::RegisterQuery query, bool sandbox, Deadline deadline
) const {
  IdentityCheckRequest request;
  request.caller = std::move(caller);
  request.query = std::move(query);
  request.sandbox = sandbox;
  request.deadline = deadline;
  SELFSAME_CO_TRY(answer, co_await ask(&request));
  co_return answer.finding;
}

asio::awaitable<Result<IdentityCheckResult>> IdentityCheck::run(IdentityCheckRequest request
) const {
  if (!request.request_fingerprint.empty()) {
    SELFSAME_CO_TRY(
        stored,
        co_await storage_pool_.run(
            request.deadline,
            find_stored,
            &database_,
            request.caller.customer,
            request.request_fingerprint
        )
    );
    if (stored) co_return repetition_of(*stored);
  }
  SELFSAME_CO_TRY(answer, co_await ask(&request));
  IdentityCheckResult result;
  result.finding = answer.finding;
  result.outcome = core::outcome_of(answer.finding);
  if (answer.finding == RegisterFinding::found && request.query.wants_photo) {
    Turn turn{
        .customer = request.caller.customer,
        .kind = Work::photo_comparison,
        .deadline = request.deadline,
        .is_abandoned = request.is_abandoned
    };
    Photos photos{
        .of_caller = std::exchange(request.photo, {}),
        .of_register = std::move(answer.photo),
        .is_portrait = request.is_portrait,
        .sandbox = request.sandbox
    };
    SELFSAME_CO_TRY(
        compared,
        co_await inference_pool_.run(std::move(turn), compare, &engine_, policy_, std::move(photos))
    );
    result = std::move(compared);
  }
  result.request_id = request.request_id;
  co_return co_await commit(std::move(request), std::move(result));
}

asio::awaitable<Result<IdentityCheckResult>> IdentityCheck::commit(
    IdentityCheckRequest request, IdentityCheckResult result
) const {
  std::optional<std::string> code = request.billed_code(result.outcome);
  if (!code) co_return result;
  const core::ComparisonCalibration& calibration = engine_.calibration();
  storage::OutcomeRecord outcome;
  outcome.id = request.request_id;
  outcome.customer = request.caller.customer;
  outcome.access_key_id = std::move(request.caller.access_key_id);
  outcome.surface = std::move(request.surface);
  outcome.operation = std::move(request.operation);
  outcome.request_fingerprint = std::move(request.request_fingerprint);
  outcome.outcome = result.outcome;
  outcome.cosine = result.cosine;
  if (result.cosine) outcome.calibration = calibration.version + "/" + calibration.precision;
  if (result.sandbox) outcome.calibration = kSandboxCalibration;
  outcome.decided_at = clock_.now();
  std::optional<storage::LedgerEntry> charge = storage::LedgerEntry{
      .outcome_id = outcome.id,
      .customer = outcome.customer,
      .product = std::move(request.product),
      .code = std::move(*code),
      .billed_at = outcome.decided_at
  };
  SELFSAME_CO_TRY(
      committed,
      co_await storage_pool_.run(
          request.deadline, commit_in, &database_, std::move(outcome), std::move(charge)
      )
  );
  // An identical request was decided while this one was: its answer is the answer.
  if (committed.id != result.request_id) co_return repetition_of(committed);
  co_return result;
}

}  // namespace selfsame::flows
