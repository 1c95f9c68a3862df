// SPDX-License-Identifier: Apache-2.0
#include "flows/capture_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "core/sandbox.h"
#include "flows/capture_judgement.h"
#include "vision/photo_origin.h"

namespace selfsame::flows {
namespace {

constexpr int kFaceJpegQuality = 92;

Result<CaptureFinding> look_at(
    const vision::FaceEngine* engine,
    const core::VerificationPolicy& policy,
    const std::shared_ptr<const CaptureCheckRequest>& request
) {
  const CaptureContext context{
      .available_s = request->available_s, .hints = {}, .sandbox = request->sandbox
  };
  SELFSAME_TRY(
      judged, judge_capture(*engine, policy, request->challenge, Bytes(), request->samples, context)
  );
  if (judged.sandbox) {
    const std::string face = core::sandbox_input(judged.outcome);
    return CaptureFinding{
        .outcome = judged.outcome,
        .attack_class = judged.attack_class,
        .evidence = {},
        .face_jpeg = Bytes(face.begin(), face.end()),
        .sandbox = true
    };
  }
  return CaptureFinding{
      .outcome = judged.outcome,
      .attack_class = judged.attack_class,
      .evidence = std::move(judged.evidence),
      .face_jpeg = judged.best_frame.empty()
                       ? Bytes()
                       : engine->encode_jpeg(judged.best_frame, kFaceJpegQuality)
  };
}

struct Selfies {
  std::array<Bytes, 2> photos;  // front, side
  bool sandbox = false;
};

/// What a magic selfie says; an outcome of a capture that is no fault of a photo.
SelfieFinding as_asked(const Bytes& magic, const core::SandboxVerdict& verdict) {
  const bool is_other =
      verdict.outcome == core::Outcome::non_match || verdict.outcome == core::Outcome::face_changed;
  SelfieFinding finding;
  finding.origins_differ = false;
  finding.same_person = !is_other;
  finding.outcome = verdict.outcome;
  if (core::is_live(verdict.outcome)) {
    finding.outcome = is_other ? core::Outcome::face_changed : core::Outcome::live;
    finding.pad_score = 1;
  }
  finding.attack_class = verdict.attack_class;
  finding.face_jpeg = magic;
  return finding;
}

/// The first magic selfie; nothing: there is none.
Result<std::optional<SelfieFinding>> magic_finding(
    const vision::FaceEngine& engine, const Selfies& selfies
) {
  for (std::size_t i = 0; selfies.sandbox && i < selfies.photos.size(); ++i) {
    const Bytes& photo = selfies.photos.at(i);
    if (core::sandbox_word(text_of(photo)) == kSandboxOriginsDiffer) {
      const std::string live = core::sandbox_input(core::Outcome::live);
      auto finding = as_asked(Bytes(live.begin(), live.end()), {.outcome = core::Outcome::live});
      finding.origins_differ = true;
      return finding;
    }
    const auto answer = core::sandbox_answer({photo});
    if (!answer) continue;
    SELFSAME_TRY(read, read_photos(engine, std::span(&photo, 1), PhotoRules{.sandbox = true}));
    if (read.fault) {
      SelfieFinding finding;
      finding.fault = FaultyPhoto{.index = i, .fault = read.fault->fault};
      return finding;
    }
    return as_asked(photo, std::get<core::SandboxVerdict>(*answer));
  }
  return std::nullopt;
}

/// The side may be what a front may not: turned away.
Result<SelfieFinding> compare_selfies(
    const vision::FaceEngine& engine, const std::array<Bytes, 2>& selfies
) {
  SelfieFinding finding;
  std::array<vision::FacePhoto, 2> photos;
  for (std::size_t i = 0; i < selfies.size(); ++i) {
    const PhotoRules rules{.require_quality = i == 0};
    SELFSAME_TRY(read, read_photos(engine, std::span(selfies).subspan(i, 1), rules));
    if (read.fault) {
      finding.fault = FaultyPhoto{.index = i, .fault = read.fault->fault};
      return finding;
    }
    photos.at(i) = std::move(read.photos.front());
  }
  const double turn_deg = std::abs(photos[1].pose.yaw_deg - photos[0].pose.yaw_deg);
  if (!(turn_deg >= kSelfieTurn_deg)) {
    finding.fault = FaultyPhoto{.index = 1, .fault = PhotoFault::unfit};
    return finding;
  }
  SELFSAME_TRY(score, engine.compare(photos[0].templates, photos[1].templates));
  finding.same_person = score.cosine >= engine.calibration().threshold.front();
  const vision::PhotoOrigin front = vision::read_photo_origin(selfies[0]);
  finding.origins_differ = !front.is_jpeg || front != vision::read_photo_origin(selfies[1]);
  return finding;
}

core::Outcome outcome_of(const SelfieFinding& finding, const core::PadPolicy& policy) {
  if (!finding.pad_score || !(*finding.pad_score >= policy.retry_threshold)) {
    return core::Outcome::attack;
  }
  if (!finding.same_person) return core::Outcome::face_changed;
  return *finding.pad_score >= policy.bona_fide_threshold ? core::Outcome::live
                                                          : core::Outcome::liveness_unsure;
}

Result<SelfieFinding> look_at_both(
    const vision::FaceEngine* engine,
    const core::PadPolicy& policy,
    const std::shared_ptr<const Selfies>& selfies
) {
  SELFSAME_TRY(magic, magic_finding(*engine, *selfies));
  if (magic) return *magic;
  SELFSAME_TRY(finding, compare_selfies(*engine, selfies->photos));
  bool in_colour = true;
  double lowest = 1;
  for (std::size_t i = 0; !finding.fault && i < selfies->photos.size(); ++i) {
    SELFSAME_TRY(measured, engine->measure_photo_liveness(selfies->photos.at(i)));
    const core::LivenessEvidence& evidence = measured.evidence;
    if (evidence.defect || !evidence.pad) {
      finding.fault = FaultyPhoto{.index = i, .fault = PhotoFault::unfit};
      return finding;
    }
    in_colour = in_colour && evidence.in_colour;
    if (!std::isfinite(evidence.pad->value)) return fail(Errc::engine_failed, "a PAD score");
    if (evidence.pad->value >= lowest) continue;
    lowest = evidence.pad->value;
    finding.attack_class = measured.attack_class;
  }
  if (in_colour) finding.pad_score = lowest;
  finding.outcome = outcome_of(finding, policy);
  finding.face_jpeg = selfies->photos[0];
  return finding;
}

/// What a magic photo, or else a magic face, says of both; nothing: they are to be compared.
std::optional<double> magic_cosine(const Bytes& photo, const FaceReportRequest& request) {
  if (!request.rules.sandbox) return std::nullopt;
  const auto answer = core::sandbox_answer({photo, request.face_jpeg});
  if (!answer) return std::nullopt;
  const auto* const verdict = std::get_if<core::SandboxVerdict>(&*answer);
  const bool is_match = verdict != nullptr && verdict->outcome != core::Outcome::non_match;
  return is_match ? 1.0 : 0.0;
}

Result<double> cosine_of(
    const vision::FaceEngine& engine,
    const vision::FacePhoto& photo,
    const FaceReportRequest& request,
    std::optional<vision::FacePhoto>& face
) {
  if (!face) {
    // It was good enough for liveness: whoever is in it is compared.
    const vision::PhotoOptions options{
        .search_rotation = false, .single_face_only = false, .require_quality = false
    };
    SELFSAME_TRY(read, engine.read_photo(request.face_jpeg, options));
    if (read.templates.empty()) return fail(Errc::engine_failed, "no face in the best frame");
    face = std::move(read);
  }
  SELFSAME_TRY(score, engine.compare(photo.templates, face->templates));
  return score.cosine;
}

Result<FaceReport> compare_with(
    const vision::FaceEngine* engine, const std::shared_ptr<const FaceReportRequest>& request
) {
  FaceReport report;
  SELFSAME_TRY(read, read_photos(*engine, request->photos, request->rules));
  report.fault = read.fault;
  if (read.fault || request->face_jpeg.empty()) return report;
  std::optional<vision::FacePhoto> face;
  for (std::size_t i = 0; i < read.photos.size(); ++i) {
    auto cosine = magic_cosine(request->photos[i], *request);
    if (!cosine) {
      SELFSAME_TRY(measured, cosine_of(*engine, read.photos[i], *request, face));
      cosine = measured;
    }
    report.cosines.push_back(*cosine);
    report.in_colour.push_back(read.photos[i].in_colour);
  }
  return report;
}

Result<bool> has_outcome(
    storage::Database* database, const std::string& customer, const std::string& fingerprint
) {
  SELFSAME_TRY(found, database->outcomes().find_by_fingerprint(customer, fingerprint));
  return found.has_value();
}

Result<void> commit(
    storage::Database* database,
    const Conclusion& conclusion,
    const std::string& calibration,
    Timestamp now
) {
  storage::OutcomeRecord outcome;
  outcome.id = conclusion.request_id;
  outcome.customer = conclusion.caller.customer;
  outcome.access_key_id = conclusion.caller.access_key_id;
  outcome.surface = conclusion.surface;
  outcome.operation = conclusion.operation;
  outcome.request_fingerprint = conclusion.fingerprint;
  outcome.outcome = conclusion.outcome;
  outcome.attack_class = conclusion.attack_class;
  outcome.cosine = conclusion.cosine;
  outcome.pad_score = conclusion.pad_score;
  outcome.calibration = calibration;
  outcome.decided_at = now;
  std::optional<storage::LedgerEntry> charge;
  if (!conclusion.code.empty()) {
    charge = storage::LedgerEntry{
        .outcome_id = outcome.id,
        .customer = outcome.customer,
        .product = conclusion.product,
        .code = conclusion.code,
        .billed_at = now
    };
  }
  SELFSAME_TRY(stored, database->outcomes().commit(outcome, charge));
  if (stored.id != outcome.id) return fail(Errc::conflict, "concluded before");
  return {};
}

}  // namespace

asio::awaitable<Result<CaptureFinding>> CaptureCheck::look(Turn turn, CaptureCheckRequest request)
    const {
  const auto shared = std::make_shared<const CaptureCheckRequest>(std::move(request));
  co_return co_await inference_pool_.run(std::move(turn), look_at, &engine_, policy_, shared);
}

asio::awaitable<Result<SelfieFinding>> CaptureCheck::look_at_selfies(
    Turn turn, Bytes front, Bytes side, bool sandbox
) const {
  const auto selfies = std::make_shared<const Selfies>(
      Selfies{.photos = {std::move(front), std::move(side)}, .sandbox = sandbox}
  );
  co_return co_await inference_pool_.run(
      std::move(turn), look_at_both, &engine_, policy_.pad, selfies
  );
}

asio::awaitable<Result<FaceReport>> CaptureCheck::compare(Turn turn, FaceReportRequest request)
    const {
  const auto shared = std::make_shared<const FaceReportRequest>(std::move(request));
  co_return co_await inference_pool_.run(std::move(turn), compare_with, &engine_, shared);
}

asio::awaitable<Result<bool>> CaptureCheck::is_concluded(
    std::string customer, std::string fingerprint, Deadline deadline
) const {
  co_return co_await storage_pool_.run(
      deadline, has_outcome, &database_, std::move(customer), std::move(fingerprint)
  );
}

asio::awaitable<Result<void>> CaptureCheck::conclude(Conclusion conclusion, Deadline deadline)
    const {
  const core::ComparisonCalibration& calibration = engine_.calibration();
  std::string name = calibration.version + "/" + calibration.precision;
  if (conclusion.sandbox) name = kSandboxCalibration;
  co_return co_await storage_pool_.run(
      deadline, commit, &database_, std::move(conclusion), std::move(name), clock_.now()
  );
}

}  // namespace selfsame::flows
