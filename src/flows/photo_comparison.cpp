// SPDX-License-Identifier: Apache-2.0
#include "flows/photo_comparison.h"

#include <utility>

#include "core/sandbox.h"
#include "flows/capture_judgement.h"

namespace selfsame::flows {
namespace {

std::optional<core::CaptureDefect> defect_of(core::Outcome outcome) {
  static constexpr std::pair<core::Outcome, core::CaptureDefect> kDefects[] = {
      {core::Outcome::reference_no_face, core::CaptureDefect::no_face},
      {core::Outcome::reference_several_faces, core::CaptureDefect::several_faces},
      {core::Outcome::reference_poor_quality, core::CaptureDefect::poor_quality},
      {core::Outcome::reference_wrong_size, core::CaptureDefect::wrong_size},
  };
  for (const auto& [of, defect] : kDefects) {
    if (of == outcome) return defect;
  }
  return std::nullopt;
}

Result<vision::FacePhoto> read(const vision::FaceEngine& engine, ByteView bytes, const char* name) {
  return engine.read_photo(bytes, vision::PhotoOptions{}).map_error([&](Error error) {
    error.detail = std::string("photo ") + name + ": " + error.detail;
    return error;
  });
}

/// A match or another person, and whatever is said of a reference photo for photo a.
Result<PhotoComparisonResult> as_asked(
    const core::SandboxAnswer& answer, const core::ComparisonCalibration& calibration
) {
  if (const auto* const error = std::get_if<Errc>(&answer)) return fail(*error, "sandbox");
  const core::Outcome outcome = std::get<core::SandboxVerdict>(answer).outcome;
  PhotoComparisonResult result;
  result.calibration = calibration;
  result.calibration.version = kSandboxCalibration;
  result.a.defect = defect_of(outcome);
  if (result.a.defect) return result;
  const bool same = outcome == core::Outcome::match || outcome == core::Outcome::live;
  result.score = core::SimilarityScore{.cosine = same ? 1.0 : 0.0};
  result.similarity = core::to_percent(*result.score, calibration, core::kNativeMarks);
  result.match_at = core::match_at(*result.score, calibration);
  return result;
}

Result<PhotoComparisonResult> compare_job(
    const vision::FaceEngine* engine, const Bytes& a, const Bytes& b, bool sandbox
) {
  if (sandbox) {
    if (const auto answer = core::sandbox_answer({a, b})) {
      return as_asked(*answer, engine->calibration());
    }
  }
  return compare_photos(*engine, a, b);
}

Result<storage::OutcomeRecord> commit_job(
    storage::Database* database, const storage::OutcomeRecord& outcome
) {
  return database->outcomes().commit(outcome, std::nullopt);
}

}  // namespace

Result<PhotoComparisonResult> compare_photos(
    const vision::FaceEngine& engine, ByteView a, ByteView b
) {
  PhotoComparisonResult result;
  SELFSAME_TRY(photo_a, read(engine, a, "a"));
  SELFSAME_TRY(photo_b, read(engine, b, "b"));
  result.a = std::move(photo_a);
  result.b = std::move(photo_b);
  result.calibration = engine.calibration();
  if (result.a.defect || result.b.defect) return result;
  SELFSAME_TRY(score, engine.compare(result.a.templates, result.b.templates));
  result.score = score;
  result.similarity = core::to_percent(score, result.calibration, core::kNativeMarks);
  result.match_at = core::match_at(score, result.calibration);
  return result;
}

asio::awaitable<Result<PhotoComparisonResult>> PhotoComparison::run(
    Caller caller,
    std::string request_id,
    Bytes a,
    Bytes b,
    Deadline deadline,
    std::function<bool()> is_abandoned,
    bool sandbox
) const {
  Turn turn{
      .customer = caller.customer,
      .kind = Work::photo_comparison,
      .deadline = deadline,
      .is_abandoned = std::move(is_abandoned)
  };
  SELFSAME_CO_TRY(
      result,
      co_await inference_pool_.run(
          std::move(turn), compare_job, &engine_, std::move(a), std::move(b), sandbox
      )
  );
  if (!result.score) co_return std::move(result);
  storage::OutcomeRecord outcome;
  outcome.id = std::move(request_id);
  outcome.customer = std::move(caller.customer);
  outcome.access_key_id = std::move(caller.access_key_id);
  outcome.surface = "native";
  outcome.operation = "comparisons";
  outcome.outcome = result.match_at[0] ? core::Outcome::match : core::Outcome::non_match;
  outcome.cosine = result.score->cosine;
  outcome.calibration = result.calibration.version + "/" + result.calibration.precision;
  outcome.decided_at = clock_.now();
  SELFSAME_CO_TRY(
      committed, co_await storage_pool_.run(deadline, commit_job, &database_, std::move(outcome))
  );
  static_cast<void>(committed);
  co_return std::move(result);
}

}  // namespace selfsame::flows
