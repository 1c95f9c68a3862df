// SPDX-License-Identifier: Apache-2.0
#include "flows/capture_judgement.h"

#include <limits>
#include <utility>

#include "core/sandbox.h"
#include "flows/reference_photos.h"

namespace selfsame::flows {
namespace {

constexpr int kBestFrameJpegQuality = 92;

bool is_compared(core::Outcome outcome) {
  return outcome == core::Outcome::match || outcome == core::Outcome::non_match;
}

/// Nobody can have recorded for longer than the challenge has been known. What is not a number does
/// not fit.
bool fits_in(
    double duration_s,
    const std::vector<vision::TimedStill>& stills,
    std::optional<double> available_s
) {
  constexpr double kRounding_s = 0.5;  // of a container's times
  if (!available_s) return true;
  const double last_still_s = stills.empty() ? 0 : stills.back().time_s;
  const double most_s = *available_s + kRounding_s;
  return duration_s <= most_s && last_still_s <= most_s;
}

// Pixels that look live and come from no camera were injected.
core::AttackClass attack_class_of(
    core::Outcome outcome,
    const core::ComparisonEvidence& evidence,
    const vision::LivenessMeasurement& measured
) {
  if (outcome != core::Outcome::attack && outcome != core::Outcome::face_changed) {
    return core::AttackClass::none;
  }
  const bool is_told_apart = measured.attack_class != core::AttackClass::unsure;
  if (is_told_apart || evidence.suspicions.empty()) return measured.attack_class;
  return core::AttackClass::injected;
}

/// A grey picture for what shows a face elsewhere.
vision::Image blank_frame() {
  constexpr int kSide_px = 64;
  constexpr std::uint8_t kGrey = 128;
  return {
      .width_px = kSide_px,
      .height_px = kSide_px,
      .bgr = std::vector<std::uint8_t>(std::size_t{3} * kSide_px * kSide_px, kGrey)
  };
}

CaptureJudgement as_asked(
    const vision::FaceEngine& engine, const core::SandboxVerdict& verdict, bool compares
) {
  CaptureJudgement judgement;
  judgement.sandbox = true;
  judgement.outcome = verdict.outcome;
  judgement.attack_class = verdict.attack_class;
  judgement.reasons = {"sandbox"};
  if (!core::is_live(verdict.outcome)) return judgement;
  if (compares) {
    // On either side of every threshold.
    judgement.cosine = verdict.outcome == core::Outcome::non_match ? 0.0 : 1.0;
    judgement.evidence.similarity = core::SimilarityScore{.cosine = *judgement.cosine};
  }
  judgement.best_frame_jpeg = engine.encode_jpeg(blank_frame(), kBestFrameJpegQuality);
  return judgement;
}

std::optional<core::SandboxAnswer> magic_answer(
    const Bytes& reference_image, const vision::CaptureSamples& samples
) {
  if (auto answer = core::sandbox_answer({reference_image, samples.video})) return answer;
  for (const vision::TimedStill& still : samples.stills) {
    if (auto answer = core::sandbox_answer({still.encoded})) return answer;
  }
  return std::nullopt;
}

}  // namespace

Result<CaptureJudgement> judge_capture(
    const vision::FaceEngine& engine,
    const core::VerificationPolicy& policy,
    const core::Challenge& challenge,
    const Bytes& reference_image,
    const vision::CaptureSamples& samples,
    const CaptureContext& context,
    std::span<const Bytes> further
) {
  if (context.sandbox) {
    if (const auto answer = magic_answer(reference_image, samples)) {
      if (const auto* const error = std::get_if<Errc>(&*answer)) return fail(*error, "sandbox");
      auto judgement = as_asked(engine, std::get<core::SandboxVerdict>(*answer), policy.compares);
      judgement.policy = policy;
      judgement.further_cosines.assign(
          further.size(), judgement.cosine.value_or(std::numeric_limits<double>::quiet_NaN())
      );
      return judgement;
    }
  }
  core::ComparisonEvidence evidence;
  vision::FacePhoto reference;
  if (policy.compares) {
    vision::PhotoOptions options;
    options.require_quality = !context.reference_is_portrait;
    SELFSAME_TRY(read, engine.read_photo(reference_image, options));
    reference = std::move(read);
    evidence.reference_defect = reference.defect;
  }
  vision::CaptureMeasurement measured;
  if (!evidence.reference_defect) {
    SELFSAME_TRY(measurement, engine.measure_capture(samples, challenge));
    measured = std::move(measurement);
    evidence.video = measured.liveness.evidence;
    evidence.challenge = measured.challenge;
    evidence.taken_after_challenge =
        fits_in(measured.liveness.duration_s, samples.stills, context.available_s);
    if (!evidence.taken_after_challenge) {
      measured.liveness.attack_class = core::AttackClass::injected;
      measured.liveness.reasons.emplace_back("older_than_challenge");
    }
    evidence.suspicions = core::suspicions_of(context.hints, measured.liveness.recording);
    if (policy.compares && !measured.liveness.best_frame_templates.empty()) {
      SELFSAME_TRY(
          score, engine.compare(reference.templates, measured.liveness.best_frame_templates)
      );
      evidence.similarity = score;
    }
  }
  const std::optional<core::Outcome> outcome = core::decide(evidence, challenge, policy);
  if (!outcome) return fail(Errc::engine_failed, "a measurement is missing");

  CaptureJudgement judgement;
  judgement.policy = policy;
  judgement.outcome = *outcome;
  judgement.attack_class = attack_class_of(*outcome, evidence, measured.liveness);
  if (is_compared(*outcome)) judgement.cosine = evidence.similarity->cosine;
  if (evidence.video.pad) judgement.pad_score = evidence.video.pad->value;
  judgement.reasons = std::move(measured.liveness.reasons);
  judgement.further_cosines.assign(further.size(), std::numeric_limits<double>::quiet_NaN());
  if (!further.empty() && !measured.liveness.best_frame_templates.empty()) {
    SELFSAME_TRY(cosines, cosines_with(engine, measured.liveness.best_frame_templates, further));
    judgement.further_cosines = std::move(cosines);
  }
  for (const auto suspicion : evidence.suspicions) {
    judgement.reasons.emplace_back(core::name_of(suspicion));
  }
  judgement.challenge = std::move(measured.challenge);
  judgement.evidence = std::move(evidence);
  if (core::is_live(*outcome) && !measured.liveness.best_frame.empty()) {
    judgement.best_frame_jpeg =
        engine.encode_jpeg(measured.liveness.best_frame, kBestFrameJpegQuality);
    judgement.next_best_frames = std::move(measured.liveness.next_best_frames);
  }
  judgement.best_frame = std::move(measured.liveness.best_frame);
  return judgement;
}

}  // namespace selfsame::flows
