// SPDX-License-Identifier: Apache-2.0
#include "core/verification.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/calibration.h"

namespace selfsame::core {
namespace {

using std::chrono::milliseconds;

constexpr int kActionsMost = 3;
constexpr int kFlashesLeast = 8;
constexpr int kFlashesMost = 16;
constexpr int kDigitsLeast = 4;
constexpr int kDigitsMost = 6;
constexpr int kAttemptsMost = 10;
constexpr int kMatchFmrMost = static_cast<int>(kCalibratedFmr.size()) - 1;
constexpr int kTooBrightOften = 2;
constexpr milliseconds kTimeLeast = std::chrono::seconds(1);
constexpr milliseconds kAnswerMost = std::chrono::hours(1);
constexpr milliseconds kSessionMost = std::chrono::hours(24);

constexpr std::array kEndReasons = {
    EndReason::user_cancelled,
    EndReason::no_camera_permission,
    EndReason::no_camera,
    EndReason::camera_busy,
    EndReason::no_microphone_permission,
    EndReason::no_microphone,
    EndReason::timeout,
    EndReason::unsupported_browser,
    EndReason::unsupported_device,
    EndReason::network,
    EndReason::interrupted,
    EndReason::other,
    EndReason::no_sensor_permission,
    EndReason::no_storage_permission,
    EndReason::token_refused,
    EndReason::authentication_failed,
    EndReason::client_too_old,
    EndReason::bundle_not_allowed,
    EndReason::no_configuration,
    EndReason::invalid_parameter,
    EndReason::detector_failed,
    EndReason::initialisation_failed,
    EndReason::liveness_failed,
    EndReason::signature_invalid,
    EndReason::signature_expired,
    EndReason::replayed,
};

bool is_between(auto least, auto value, auto most) {
  return value >= least && value <= most;
}

Timestamp end_of(const VerificationTerms& terms, const VerificationProgress& progress) {
  return progress.created_at + terms.end_within;
}

bool may_go_on(
    const VerificationTerms& terms, const VerificationProgress& progress, Timestamp now
) {
  return progress.attempt < terms.attempts_max && now < end_of(terms, progress);
}

/// Waits for its device, and may still do so.
Result<void> check_waiting(
    const VerificationTerms& terms, const VerificationProgress& progress, Timestamp now
) {
  const bool waits = progress.state == VerificationState::created ||
                     progress.state == VerificationState::challenged;
  if (progress.state == VerificationState::expired) {
    return fail(Errc::expired, "the session has expired");
  }
  if (!waits) return fail(Errc::conflict, std::string("the session is ") + name_of(progress.state));
  const auto over_at = expires_at(terms, progress);
  if (over_at && now >= *over_at) return fail(Errc::expired, "the session has expired");
  return {};
}

DocumentProgress confirmed(DocumentProgress document, const DocumentConfirmed& event) {
  document.confirmed = true;
  document.edited = event.edited;
  return document;
}

/// What a session ends with that is decided by its document alone.
VerificationFinding finding_of(
    const VerificationTerms& terms, const DocumentProgress& document, std::string calibration
) {
  VerificationFinding finding;
  finding.calibration = std::move(calibration);
  finding.outcome = Outcome::document_read;
  if (need_of(terms.document, document) == DocumentNeed::nothing) return finding;
  finding.outcome = Outcome::document_refused;
  if (!document.fault || !document.latest) return finding;
  finding.reasons = {name_of(*document.fault)};
  const auto& asked = document.latest->register_finding;
  if (document.fault == DocumentFault::register_disagrees && asked) {
    finding.outcome = outcome_of(*asked);
  }
  return finding;
}

/// The state that an event leads to, one overload for each.
struct Next {
  const VerificationTerms& terms;
  const VerificationProgress& progress;
  Timestamp now;

  Result<VerificationState> operator()(const ChallengeIssued& event) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    if (need_of(terms.document, progress.document) != DocumentNeed::nothing) {
      return fail(Errc::conflict, "a document is owed");
    }
    const IssuedChallenge& issued = event.issued;
    if (progress.challenge && now < progress.challenge->expires_at) {
      return fail(Errc::conflict, "a challenge is out");
    }
    if (progress.attempt >= terms.attempts_max) return fail(Errc::conflict, "no attempt is left");
    const bool fits = issued.attempt == progress.attempt + 1 && issued.issued_at == now &&
                      issued.expires_at > now && issued.expires_at <= now + terms.answer_within;
    if (!fits) return fail(Errc::conflict, "not the next challenge");
    return VerificationState::challenged;
  }

  Result<VerificationState> operator()(const EvidenceSealed& event) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    if (!progress.challenge || progress.challenge->id != event.challenge_id) {
      return fail(Errc::conflict, "not the current challenge");
    }
    if (now < progress.challenge->issued_at) {
      return fail(Errc::conflict, "evidence from before the challenge");
    }
    if (now >= progress.challenge->expires_at) {
      return fail(Errc::expired, "the challenge has expired");
    }
    return VerificationState::in_progress;
  }

  Result<VerificationState> operator()(const Judged& event) const {
    SELFSAME_CHECK(check_judging());
    const bool again = is_retryable(event.finding.outcome) && may_go_on(terms, progress, now);
    return again ? VerificationState::challenged : VerificationState::decided;
  }

  Result<VerificationState> operator()(const JudgingFailed&) const {
    SELFSAME_CHECK(check_judging());
    return may_go_on(terms, progress, now) ? VerificationState::challenged
                                           : VerificationState::expired;
  }

  Result<VerificationState> operator()(const EndedByDevice&) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    return VerificationState::cancelled;
  }

  Result<VerificationState> operator()(const TimePassed&) const {
    const auto over_at = expires_at(terms, progress);
    if (over_at && now >= *over_at) return VerificationState::expired;
    return fail(Errc::conflict, "its time is not over");
  }

  /// Before anything else: what a device has begun cannot be taken from it.
  Result<VerificationState> operator()(const DeviceClaimed& event) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    const bool is_free = progress.state == VerificationState::created &&
                         progress.device_key_hash.empty() && !event.key_hash.empty();
    if (is_free) return VerificationState::created;
    return fail(Errc::conflict, "another device has the session");
  }

  Result<VerificationState> operator()(const DocumentPictured& event) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    SELFSAME_CHECK(check_picture(terms.document, progress.document, event.seen.asked_side));
    const DocumentProgress then = after_picture(*terms.document, progress.document, event.seen);
    return has_failed(*terms.document, then) ? VerificationState::decided : state_with(then);
  }

  Result<VerificationState> operator()(const DocumentConfirmed& event) const {
    SELFSAME_CHECK(check_waiting(terms, progress, now));
    if (need_of(terms.document, progress.document) != DocumentNeed::confirmation) {
      return fail(Errc::conflict, "nothing is to be confirmed");
    }
    return state_with(confirmed(progress.document, event));
  }

 private:
  [[nodiscard]] VerificationState state_with(const DocumentProgress& document) const {
    const bool is_there = need_of(terms.document, document) == DocumentNeed::nothing;
    return is_there && !terms.judges_liveness ? VerificationState::decided
                                              : VerificationState::challenged;
  }

  [[nodiscard]] Result<void> check_judging() const {
    if (progress.state == VerificationState::in_progress) return {};
    return fail(Errc::conflict, "nothing is being judged");
  }
};

/// What an event leaves behind, one overload for each.
struct Note {
  const VerificationTerms& terms;
  VerificationProgress& progress;

  void operator()(const ChallengeIssued& event) const {
    progress.attempt = event.issued.attempt;
    progress.challenge = event.issued;
  }
  void operator()(const EvidenceSealed& event) const {
    const bool asked_for_stills =
        progress.challenge && !progress.challenge->challenge.flashes.empty();
    progress.no_stills = progress.no_stills || (asked_for_stills && event.stills.empty());
    progress.evidence = event;
  }
  void operator()(const Judged& event) const {
    const auto& reflection = event.finding.evidence.challenge.reflection;
    const bool weak = event.finding.outcome == Outcome::reflection_too_weak;
    progress.no_stills = progress.no_stills || (weak && reflection && reflection->from_video);
    progress.too_bright += event.finding.outcome == Outcome::reflection_too_bright ? 1 : 0;
    progress.finding = event.finding;
    forget();
  }
  void operator()(const JudgingFailed&) const { forget(); }
  void operator()(const EndedByDevice& event) const {
    progress.end_reason = event.reason;
    forget();
  }
  void operator()(const TimePassed&) const { forget(); }
  void operator()(const DeviceClaimed& event) const { progress.device_key_hash = event.key_hash; }
  void operator()(const DocumentPictured& event) const {
    progress.document = after_picture(*terms.document, std::move(progress.document), event.seen);
    decide_by_document(event.calibration);
  }
  void operator()(const DocumentConfirmed& event) const {
    progress.document = confirmed(std::move(progress.document), event);
    decide_by_document(event.calibration);
  }

 private:
  void decide_by_document(const std::string& calibration) const {
    if (progress.state != VerificationState::decided) return;
    progress.finding = finding_of(terms, progress.document, calibration);
    forget();
  }
  void forget() const {
    progress.challenge.reset();
    progress.evidence.reset();
  }
};

std::optional<FallbackReason> reason_to_fall_back(
    const VerificationProgress& progress, const DeviceFacts& device
) {
  if (!device.can_flash) return FallbackReason::client_cannot_flash;
  if (progress.no_stills) return FallbackReason::no_stills;
  if (progress.too_bright >= kTooBrightOften) return FallbackReason::too_bright_twice;
  return std::nullopt;
}

Result<void> check_counts(const VerificationTerms& terms) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (!is_between(0, terms.actions, kActionsMost)) return wrong("actions: 0 to 3");
  if (terms.flashes != 0 && !is_between(kFlashesLeast, terms.flashes, kFlashesMost)) {
    return wrong("flashes: 0, or 8 to 16");
  }
  if (terms.digits != 0 && !is_between(kDigitsLeast, terms.digits, kDigitsMost)) {
    return wrong("digits: 0, or 4 to 6");
  }
  if (!is_between(0, terms.fallback_actions, kActionsMost))
    return wrong("fallback_actions: 0 to 3");
  if (!is_between(1, terms.attempts_max, kAttemptsMost)) return wrong("attempts_max: 1 to 10");
  std::vector<FaceAction> allowed = terms.allowed_actions;
  std::ranges::sort(allowed);
  if (std::ranges::adjacent_find(allowed) != allowed.end()) return wrong("an action twice");
  if (std::cmp_less(allowed.size(), std::max(terms.actions, terms.fallback_actions))) {
    return wrong("fewer actions are allowed than asked for");
  }
  return {};
}

Result<void> check_document(const VerificationTerms& terms) {
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (!terms.judges_liveness) {
    if (!terms.document) return wrong("neither liveness nor a document");
    if (terms.compares) return wrong("a comparison without liveness");
  }
  if (!terms.document) return {};
  if (terms.document->compares_portrait && !terms.compares) {
    return wrong("a portrait to compare with, and no comparison");
  }
  return check(*terms.document);
}

}  // namespace

const char* name_of(VerificationState state) noexcept {
  switch (state) {
    case VerificationState::created:
      return "created";
    case VerificationState::challenged:
      return "challenged";
    case VerificationState::in_progress:
      return "in_progress";
    case VerificationState::decided:
      return "decided";
    case VerificationState::expired:
      return "expired";
    case VerificationState::cancelled:
      return "cancelled";
  }
  return "unknown";
}

const char* name_of(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::user_cancelled:
      return "user_cancelled";
    case EndReason::no_camera_permission:
      return "no_camera_permission";
    case EndReason::no_camera:
      return "no_camera";
    case EndReason::camera_busy:
      return "camera_busy";
    case EndReason::no_microphone_permission:
      return "no_microphone_permission";
    case EndReason::no_microphone:
      return "no_microphone";
    case EndReason::timeout:
      return "timeout";
    case EndReason::unsupported_browser:
      return "unsupported_browser";
    case EndReason::unsupported_device:
      return "unsupported_device";
    case EndReason::network:
      return "network";
    case EndReason::interrupted:
      return "interrupted";
    case EndReason::other:
      return "other";
    case EndReason::no_sensor_permission:
      return "no_sensor_permission";
    case EndReason::no_storage_permission:
      return "no_storage_permission";
    case EndReason::token_refused:
      return "token_refused";
    case EndReason::authentication_failed:
      return "authentication_failed";
    case EndReason::client_too_old:
      return "client_too_old";
    case EndReason::bundle_not_allowed:
      return "bundle_not_allowed";
    case EndReason::no_configuration:
      return "no_configuration";
    case EndReason::invalid_parameter:
      return "invalid_parameter";
    case EndReason::detector_failed:
      return "detector_failed";
    case EndReason::initialisation_failed:
      return "initialisation_failed";
    case EndReason::liveness_failed:
      return "liveness_failed";
    case EndReason::signature_invalid:
      return "signature_invalid";
    case EndReason::signature_expired:
      return "signature_expired";
    case EndReason::replayed:
      return "replayed";
  }
  return "other";
}

const char* name_of(FallbackReason reason) noexcept {
  switch (reason) {
    case FallbackReason::client_cannot_flash:
      return "client_cannot_flash";
    case FallbackReason::no_stills:
      return "no_stills";
    case FallbackReason::too_bright_twice:
      return "too_bright_twice";
  }
  return "unknown";
}

std::optional<EndReason> end_reason_from(std::string_view name) noexcept {
  const auto* const it =
      std::ranges::find_if(kEndReasons, [&](EndReason reason) { return name == name_of(reason); });
  return it == kEndReasons.end() ? std::nullopt : std::optional(*it);
}

Result<void> check(const VerificationTerms& terms) {
  SELFSAME_CHECK(check_counts(terms));
  const auto wrong = [](const char* what) { return fail(Errc::invalid_parameter, what); };
  if (!is_between(kTimeLeast, terms.start_within, kSessionMost)) {
    return wrong("start_within: a second to a day");
  }
  if (!is_between(kTimeLeast, terms.answer_within, kAnswerMost)) {
    return wrong("answer_within: a second to an hour");
  }
  if (!is_between(kTimeLeast, terms.end_within, kSessionMost)) {
    return wrong("end_within: a second to a day");
  }
  if (terms.match_fmr && !is_between(0, *terms.match_fmr, kMatchFmrMost)) {
    return wrong("match_fmr: 0 to 3");
  }
  SELFSAME_CHECK(check_document(terms));
  return check(terms.page);
}

Outcome wanted_outcome(const VerificationTerms& terms) noexcept {
  if (!terms.judges_liveness) return Outcome::document_read;
  return terms.compares ? Outcome::match : Outcome::live;
}

bool is_retryable(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
    case Outcome::non_match:
    case Outcome::live:
    // The next attempt has the same reference.
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
    case Outcome::attack:
    case Outcome::face_changed:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
    case Outcome::lips_out_of_step:
    case Outcome::recording_spoofed:
    case Outcome::identity_confirmed:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
    case Outcome::document_read:
    case Outcome::document_refused:
      return false;
    case Outcome::video_undecodable:
    case Outcome::video_too_short:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_poor_quality:
    case Outcome::video_mask_worn:
    case Outcome::liveness_unsure:
    case Outcome::video_too_close:
    case Outcome::video_too_far:
    case Outcome::video_off_left:
    case Outcome::video_off_right:
    case Outcome::video_too_dark:
    case Outcome::video_too_bright:
    case Outcome::video_face_incomplete:
    case Outcome::video_low_definition:
    case Outcome::video_eyes_hidden:
    case Outcome::video_mouth_hidden:
    case Outcome::no_best_frame:
    case Outcome::action_no_movement:
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
    case Outcome::action_out_of_turn:
    case Outcome::reflection_too_bright:
    case Outcome::reflection_too_weak:
    case Outcome::speech_no_sound:
    case Outcome::speech_too_quiet:
    case Outcome::speech_not_recognised:
    case Outcome::lips_still:
      return true;
  }
  return false;
}

Result<VerificationTransition> advance(
    const VerificationTerms& terms,
    const VerificationProgress& progress,
    VerificationEvent event,
    Timestamp now
) {
  SELFSAME_TRY(to, std::visit(Next{.terms = terms, .progress = progress, .now = now}, event));
  return VerificationTransition{
      .number = progress.number + 1,
      .from = progress.state,
      .to = to,
      .at = now,
      .event = std::move(event)
  };
}

VerificationProgress after(
    const VerificationTerms& terms,
    VerificationProgress progress,
    const VerificationTransition& transition
) {
  progress.state = transition.to;
  progress.number = transition.number;
  progress.changed_at = transition.at;
  std::visit(Note{.terms = terms, .progress = progress}, transition.event);
  return progress;
}

Result<VerificationProgress> replay(
    const VerificationTerms& terms,
    Timestamp created_at,
    std::span<const VerificationTransition> history
) {
  VerificationProgress progress;
  progress.created_at = created_at;
  progress.changed_at = created_at;
  for (const VerificationTransition& stored : history) {
    const auto again = advance(terms, progress, stored.event, stored.at);
    const bool same = again && again->number == stored.number && again->from == stored.from &&
                      again->to == stored.to;
    if (!same) {
      return fail(
          Errc::integrity_failure,
          "transition " + std::to_string(stored.number) + " does not follow from its history"
      );
    }
    progress = after(terms, std::move(progress), stored);
  }
  return progress;
}

std::optional<Timestamp> expires_at(
    const VerificationTerms& terms, const VerificationProgress& progress
) {
  const Timestamp end = end_of(terms, progress);
  switch (progress.state) {
    case VerificationState::created:
      return std::min(progress.created_at + terms.start_within, end);
    case VerificationState::challenged:
      if (progress.challenge && progress.attempt >= terms.attempts_max) {
        return std::min(progress.challenge->expires_at, end);
      }
      return end;
    case VerificationState::in_progress:
    case VerificationState::decided:
    case VerificationState::expired:
    case VerificationState::cancelled:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<PlannedChallenge> plan_challenge(
    const VerificationTerms& terms, const VerificationProgress& progress, const DeviceFacts& device
) {
  PlannedChallenge planned;
  planned.plan.actions = terms.actions;
  planned.plan.allowed = terms.allowed_actions;
  planned.plan.flashes = terms.flashes;
  planned.plan.digits = terms.digits;
  planned.plan.mirrored = device.mirrored;
  if (terms.flashes == 0) return planned;
  const auto reason = reason_to_fall_back(progress, device);
  if (!reason) return planned;
  if (terms.fallback_actions > 0) {
    planned.fallback = reason;
    planned.plan.flashes = 0;
    planned.plan.actions = std::max(terms.actions, terms.fallback_actions);
  } else if (!device.can_flash) {
    return fail(Errc::unsupported, "the device cannot show colours, and nothing may replace them");
  }
  return planned;
}

}  // namespace selfsame::core
