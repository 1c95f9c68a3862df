// SPDX-License-Identifier: Apache-2.0
#include "core/decision.h"

namespace selfsame::core {
namespace {

Outcome outcome_of_reference(CaptureDefect defect) noexcept {
  switch (defect) {
    case CaptureDefect::no_face:
      return Outcome::reference_no_face;
    case CaptureDefect::several_faces:
      return Outcome::reference_several_faces;
    case CaptureDefect::wrong_size:
      return Outcome::reference_wrong_size;
    case CaptureDefect::poor_quality:
    case CaptureDefect::mask_worn:
    case CaptureDefect::eyes_hidden:
    case CaptureDefect::mouth_hidden:
    case CaptureDefect::too_close:
    case CaptureDefect::too_short:
    case CaptureDefect::undecodable:
      return Outcome::reference_poor_quality;
  }
  return Outcome::reference_poor_quality;
}

Outcome outcome_of_video(CaptureDefect defect) noexcept {
  switch (defect) {
    case CaptureDefect::no_face:
      return Outcome::video_no_face;
    case CaptureDefect::several_faces:
      return Outcome::video_several_faces;
    case CaptureDefect::mask_worn:
      return Outcome::video_mask_worn;
    case CaptureDefect::eyes_hidden:
      return Outcome::video_eyes_hidden;
    case CaptureDefect::mouth_hidden:
      return Outcome::video_mouth_hidden;
    case CaptureDefect::too_short:
      return Outcome::video_too_short;
    case CaptureDefect::undecodable:
      return Outcome::video_undecodable;
    case CaptureDefect::wrong_size:
    case CaptureDefect::too_close:
    case CaptureDefect::poor_quality:
      return Outcome::video_poor_quality;
  }
  return Outcome::video_poor_quality;
}

// The framing tells the person what to do, where the defect only says that it did not do.
bool is_of_framing(CaptureDefect defect) noexcept {
  switch (defect) {
    case CaptureDefect::no_face:
    case CaptureDefect::wrong_size:
    case CaptureDefect::too_close:
    case CaptureDefect::poor_quality:
      return true;
    case CaptureDefect::several_faces:
    case CaptureDefect::mask_worn:
    case CaptureDefect::eyes_hidden:
    case CaptureDefect::mouth_hidden:
    case CaptureDefect::too_short:
    case CaptureDefect::undecodable:
      return false;
  }
  return false;
}

// Somebody else in front of a camera that ran on: no trick was seen but that.
Outcome outcome_of_attack(const LivenessEvidence& evidence) noexcept {
  const bool only_the_face = evidence.continuous && evidence.in_colour;
  return only_the_face && !evidence.same_face_throughout ? Outcome::face_changed : Outcome::attack;
}

}  // namespace

LivenessVerdict decide_liveness(
    const LivenessEvidence& evidence, const PadPolicy& policy
) noexcept {
  if (evidence.defect || !evidence.pad) return LivenessVerdict::not_judged;
  const bool is_one_take = evidence.continuous && evidence.same_face_throughout;
  if (!is_one_take || !evidence.in_colour) return LivenessVerdict::attack;
  if (evidence.pad->value >= policy.bona_fide_threshold) return LivenessVerdict::live;
  if (evidence.pad->value >= policy.retry_threshold) return LivenessVerdict::unsure;
  return LivenessVerdict::attack;
}

std::optional<Outcome> decide(
    const ComparisonEvidence& evidence, const Challenge& challenge, const VerificationPolicy& policy
) {
  if (policy.compares && evidence.reference_defect) {
    return outcome_of_reference(*evidence.reference_defect);
  }
  if (evidence.video.defect) {
    const bool is_told = evidence.challenge.framing && is_of_framing(*evidence.video.defect);
    return is_told ? outcome_of(*evidence.challenge.framing)
                   : outcome_of_video(*evidence.video.defect);
  }
  if (!evidence.taken_after_challenge) return Outcome::attack;
  const LivenessVerdict verdict = decide_liveness(evidence.video, policy.pad);
  switch (verdict) {
    case LivenessVerdict::live:
    case LivenessVerdict::unsure:
      break;
    case LivenessVerdict::attack:
      return outcome_of_attack(evidence.video);
    case LivenessVerdict::not_judged:
      return std::nullopt;
  }
  if (policy.refuses_suspect_clients && !evidence.suspicions.empty()) return Outcome::attack;
  if (is_unmeasured(evidence.challenge, challenge)) return std::nullopt;
  if (const auto fault = fault_of_challenge(evidence.challenge, challenge)) return fault;
  if (verdict != LivenessVerdict::live) return Outcome::liveness_unsure;
  if (!policy.compares) return Outcome::live;
  if (!evidence.similarity) return std::nullopt;
  if (evidence.similarity->cosine >= policy.comparison.match_threshold) return Outcome::match;
  return Outcome::non_match;
}

std::optional<Outcome> decide_photo(
    const std::optional<CaptureDefect>& defect,
    const std::optional<SimilarityScore>& similarity,
    const ComparisonPolicy& policy
) noexcept {
  if (defect) return outcome_of_reference(*defect);
  if (!similarity) return std::nullopt;
  return similarity->cosine >= policy.match_threshold ? Outcome::match : Outcome::non_match;
}

}  // namespace selfsame::core
