// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/session_codes.h"

#include <algorithm>
#include <array>

namespace selfsame::adapters::tencent {
namespace {

using core::Outcome;

// The vendor's texts.
constexpr std::array<SessionCode, 44> kWebTexts = {{
    {0, "Success"},
    {1, "Invalid parameter"},
    {2, "Incorrect parameter value"},
    {3, "Bad request"},
    {4, "Internal service error"},
    {8, "Internal service error"},
    {9, "Internal service error"},
    {10, "Internal service error"},
    {11, "Internal service error"},
    {15, "Token expired"},
    {16, "Retry limit has been reached"},
    {202, "Failed to get video"},
    {1001, "Failed to call the liveness engine"},
    {1002, "Suspected spoofed recording."},
    {1003, "Real person detection failed"},
    {1004, "Face detection failed"},
    {1005, "Liveness detection failed"},
    {1101, "No sound is detected"},
    {1102, "The face is not fully exposed"},
    {1103, "Speech recognition failed"},
    {1104, "The video format is incorrect"},
    {1105, "Failed to pull the video. Please try again"},
    {1106, "The volume of the video is too low"},
    {1108, "The video definition is too low"},
    {1109, "The lip movement range is too small"},
    {1201, "The lighting is too dim"},
    {1202, "The lighting is too strong"},
    {1203, "The face is too close to the screen"},
    {1204, "The face is too far right from the screen"},
    {1205, "The face is too far from the screen"},
    {1206, "The face is too far left from the screen"},
    {1207, "No motions of eye closing are detected"},
    {1208, "The first motion is not detected"},
    {1209, "No motions of mouth opening are detected"},
    {1210, "Failed to detect a full face"},
    {1302, "Real person detection did not reach the passing standard"},
    {1303, "The video is too short. Please capture a video longer than 2 seconds"},
    {1401, "face reflect liveness detect failed"},
    {2004, "The image passed in is too large or too small"},
    {2010, "Multiple faces are detected"},
    {2012, "Failed to detect a full face"},
    {2013, "No faces are detected"},
    {2014, "The resolution of the image passed in is too low. Please upload a new one"},
    {2016, "The comparison similarity did not reach the passing standard"},
}};
constexpr std::array<SessionCode, 13> kAppTexts = {{
    {0, "Success"},
    {1001, "System error"},
    {1002, "Suspected spoofed recording"},
    {1004, "Liveness detection and face comparison failed"},
    {1005, "Liveness detection failed"},
    {1201, "Lighting is too dark or overexposed"},
    {2004, "The image passed in is too large or too small"},
    {2012, "Several faces were detected"},
    {2013, "No face was detected, or the face detected was incomplete"},
    {2014, "The image resolution is too low or the quality does not meet the requirements"},
    {2015, "Face comparison failed"},
    {2016, "The similarity did not reach the standard passing threshold"},
    {2017, "Facial occlusion detected"},
}};
// Where identity verification has another text.
constexpr std::array<SessionCode, 7> kIdentityTexts = {{
    {1001, "Failed to call the liveness engine"},
    {1004, "Face detection failed"},
    {2012, "Failed to detect a full face"},
    {2013, "No faces are detected"},
    {2014, "The resolution of the image passed in is too low. Please upload a new one"},
    {2015, "Comparison failed"},
    {2016, "The comparison similarity did not reach the passing standard"},
}};

template <std::size_t kCount>
const SessionCode* find_text(const std::array<SessionCode, kCount>& texts, int number) {
  const auto it = std::ranges::find(texts, number, &SessionCode::number);
  return it == texts.end() ? nullptr : &*it;
}

int web_number_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
    case Outcome::live:
    case Outcome::document_read:
      return 0;
    case Outcome::document_refused:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
      return 16;
    case Outcome::non_match:
      return 2016;
    case Outcome::reference_no_face:
      return 2013;
    case Outcome::reference_several_faces:
    case Outcome::video_several_faces:
      return 2010;
    case Outcome::reference_poor_quality:
      return 2014;
    case Outcome::reference_wrong_size:
      return 2004;
    case Outcome::no_best_frame:
      return 2012;
    case Outcome::video_undecodable:
      return 1104;
    case Outcome::video_too_short:
      return 1303;
    case Outcome::video_no_face:
      return 1004;
    case Outcome::video_face_incomplete:
      return 1210;
    case Outcome::video_poor_quality:
    case Outcome::video_low_definition:
      return 1108;
    case Outcome::video_mask_worn:
    case Outcome::video_eyes_hidden:
    case Outcome::video_mouth_hidden:
      return 1102;
    case Outcome::attack:
    case Outcome::recording_spoofed:
    case Outcome::lips_out_of_step:
      return 1002;
    case Outcome::face_changed:
      return 1003;
    case Outcome::liveness_unsure:
      return 1302;
    case Outcome::video_too_dark:
      return 1201;
    case Outcome::video_too_bright:
    case Outcome::reflection_too_bright:
      return 1202;
    case Outcome::video_too_close:
      return 1203;
    case Outcome::video_off_right:
      return 1204;
    case Outcome::video_too_far:
      return 1205;
    case Outcome::video_off_left:
      return 1206;
    case Outcome::action_no_blink:
      return 1207;
    case Outcome::action_no_movement:
    case Outcome::action_missing:
      return 1208;
    case Outcome::action_no_open_mouth:
      return 1209;
    case Outcome::action_out_of_turn:
      return 1005;
    case Outcome::reflection_too_weak:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
      return 1401;
    case Outcome::speech_no_sound:
      return 1101;
    case Outcome::speech_too_quiet:
      return 1106;
    case Outcome::speech_not_recognised:
      return 1103;
    case Outcome::lips_still:
      return 1109;
    // No session ends so.
    case Outcome::identity_confirmed:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
      return 11;
  }
  return 11;
}

int web_number_of(SessionFault fault) noexcept {
  switch (fault) {
    case SessionFault::device_unfit:
      return 1;
    case SessionFault::browser_unfit:
      return 2;
    case SessionFault::ended_otherwise:
      return 3;
    case SessionFault::judging_overloaded:
      return 4;
    case SessionFault::judging_late:
      return 8;
    case SessionFault::storage_failed:
      return 9;
    case SessionFault::evidence_damaged:
      return 10;
    case SessionFault::judging_broken:
      return 11;
    case SessionFault::time_over:
      return 15;
    case SessionFault::attempts_used:
      return 16;
    case SessionFault::camera_missing:
      return 202;
    case SessionFault::engine_failed:
      return 1001;
    case SessionFault::ended_by_user:
    case SessionFault::device_saw_none_alive:
      return 1005;
    case SessionFault::microphone_missing:
      return 1101;
    case SessionFault::network_lost:
      return 1105;
  }
  return 11;
}

int app_number_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
    case Outcome::live:
    case Outcome::document_read:
      return 0;
    case Outcome::document_refused:
      return kNotFinished.number;
    case Outcome::non_match:
      return 2016;
    case Outcome::reference_no_face:
      return 2013;
    case Outcome::reference_several_faces:
      return 2012;
    case Outcome::reference_poor_quality:
      return 2014;
    case Outcome::reference_wrong_size:
      return 2004;
    case Outcome::no_best_frame:
      return 2015;
    case Outcome::video_mask_worn:
    case Outcome::video_eyes_hidden:
    case Outcome::video_mouth_hidden:
      return 2017;
    case Outcome::attack:
    case Outcome::recording_spoofed:
    case Outcome::lips_out_of_step:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
      return 1002;
    case Outcome::video_too_dark:
    case Outcome::video_too_bright:
    case Outcome::reflection_too_bright:
      return 1201;
    case Outcome::video_undecodable:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_face_incomplete:
    case Outcome::video_poor_quality:
    case Outcome::video_low_definition:
    case Outcome::video_too_close:
    case Outcome::video_too_far:
    case Outcome::video_off_left:
    case Outcome::video_off_right:
      return 1004;
    case Outcome::video_too_short:
    case Outcome::liveness_unsure:
    case Outcome::face_changed:
    case Outcome::action_no_movement:
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
    case Outcome::action_out_of_turn:
    case Outcome::reflection_too_weak:
    case Outcome::speech_no_sound:
    case Outcome::speech_too_quiet:
    case Outcome::speech_not_recognised:
    case Outcome::lips_still:
      return 1005;
    // No session ends so.
    case Outcome::identity_confirmed:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
      return 1001;
  }
  return 1001;
}

/// Whatever kept the app from a verdict is "not finished", but for our own failures.
int app_number_of(SessionFault fault) noexcept {
  switch (fault) {
    case SessionFault::judging_overloaded:
    case SessionFault::judging_late:
    case SessionFault::storage_failed:
    case SessionFault::evidence_damaged:
    case SessionFault::judging_broken:
    case SessionFault::engine_failed:
      return 1001;
    case SessionFault::device_saw_none_alive:
      return 1005;
    case SessionFault::time_over:
    case SessionFault::attempts_used:
    case SessionFault::camera_missing:
    case SessionFault::microphone_missing:
    case SessionFault::network_lost:
    case SessionFault::device_unfit:
    case SessionFault::browser_unfit:
    case SessionFault::ended_by_user:
    case SessionFault::ended_otherwise:
      return kNotFinished.number;
  }
  return kNotFinished.number;
}

SessionFault fault_of(Errc cause) noexcept {
  if (cause == Errc::engine_failed) return SessionFault::engine_failed;
  if (cause == Errc::overloaded) return SessionFault::judging_overloaded;
  if (cause == Errc::deadline_exceeded) return SessionFault::judging_late;
  if (cause == Errc::storage_unavailable) return SessionFault::storage_failed;
  if (cause == Errc::integrity_failure || cause == Errc::not_found) {
    return SessionFault::evidence_damaged;
  }
  return SessionFault::judging_broken;
}

SessionFault fault_of(core::EndReason reason) noexcept {
  using core::EndReason;
  switch (reason) {
    case EndReason::user_cancelled:
    case EndReason::interrupted:
      return SessionFault::ended_by_user;
    case EndReason::no_camera_permission:
    case EndReason::no_camera:
    case EndReason::camera_busy:
      return SessionFault::camera_missing;
    case EndReason::no_microphone_permission:
    case EndReason::no_microphone:
      return SessionFault::microphone_missing;
    case EndReason::timeout:
      return SessionFault::time_over;
    case EndReason::unsupported_browser:
      return SessionFault::browser_unfit;
    case EndReason::unsupported_device:
    case EndReason::no_sensor_permission:
    case EndReason::no_storage_permission:
    case EndReason::client_too_old:
    case EndReason::bundle_not_allowed:
    case EndReason::no_configuration:
    case EndReason::detector_failed:
    case EndReason::initialisation_failed:
      return SessionFault::device_unfit;
    case EndReason::liveness_failed:
      return SessionFault::device_saw_none_alive;
    case EndReason::network:
      return SessionFault::network_lost;
    case EndReason::token_refused:
    case EndReason::authentication_failed:
    case EndReason::invalid_parameter:
    case EndReason::signature_invalid:
    case EndReason::signature_expired:
    case EndReason::replayed:
    case EndReason::other:
      return SessionFault::ended_otherwise;
  }
  return SessionFault::ended_otherwise;
}

SessionFault expiry_of(const flows::VerificationView& view) {
  // A judgement that failed when no more time or attempt was left.
  if (!view.history.empty()) {
    const auto* const failed = std::get_if<core::JudgingFailed>(&view.history.back().event);
    if (failed != nullptr) return fault_of(failed->cause);
  }
  return view.progress.attempt >= view.terms.attempts_max ? SessionFault::attempts_used
                                                          : SessionFault::time_over;
}

/// Numbers of LivenessInfoTag; empty: there is none for it.
struct Tags {
  std::string_view eyes_or_mouth_covered;
  std::string_view action;
  std::string_view replay;
  std::string_view synthetic;
  std::string_view reflection;
  std::string_view changed_person;
  std::string_view quality;
  std::string_view distance;
};
constexpr Tags kWebTags = {"14", "02", "03", "04", "07", "08", "09", "10"};
constexpr Tags kAppTags = {"", "02", "03", "04", "09", "", "11", "12"};

std::string_view attack_tag(const core::VerificationFinding& finding, const Tags& tags) noexcept {
  switch (finding.attack_class) {
    case core::AttackClass::print:
    case core::AttackClass::screen_replay:
    case core::AttackClass::mask:
      return tags.replay;
    case core::AttackClass::synthetic:
    case core::AttackClass::injected:
      return tags.synthetic;
    case core::AttackClass::none:
    case core::AttackClass::unsure:
      return {};
  }
  return {};
}

std::string_view tag_of(const core::VerificationFinding& finding, const Tags& tags) noexcept {
  switch (finding.outcome) {
    case Outcome::attack:
    case Outcome::recording_spoofed:
      return attack_tag(finding, tags);
    case Outcome::face_changed:
      return tags.changed_person;
    case Outcome::action_no_movement:
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
    case Outcome::action_out_of_turn:
      return tags.action;
    case Outcome::reflection_too_weak:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
      return tags.reflection;
    case Outcome::video_poor_quality:
    case Outcome::video_low_definition:
      return tags.quality;
    case Outcome::video_too_close:
    case Outcome::video_too_far:
      return tags.distance;
    case Outcome::video_mask_worn:
    case Outcome::video_eyes_hidden:
    case Outcome::video_mouth_hidden:
      return tags.eyes_or_mouth_covered;
    case Outcome::match:
    case Outcome::non_match:
    case Outcome::live:
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
    case Outcome::video_undecodable:
    case Outcome::video_too_short:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_face_incomplete:
    case Outcome::video_off_left:
    case Outcome::video_off_right:
    case Outcome::video_too_dark:
    case Outcome::video_too_bright:
    case Outcome::liveness_unsure:
    case Outcome::no_best_frame:
    case Outcome::reflection_too_bright:
    case Outcome::speech_no_sound:
    case Outcome::speech_too_quiet:
    case Outcome::speech_not_recognised:
    case Outcome::lips_still:
    case Outcome::lips_out_of_step:
    case Outcome::identity_confirmed:
    case Outcome::identity_mismatch:
    case Outcome::register_no_number:
    case Outcome::register_no_photo:
    case Outcome::register_photo_unreadable:
    case Outcome::register_photo_no_face:
    case Outcome::register_failed:
    case Outcome::document_read:
    case Outcome::document_refused:
      return {};
  }
  return {};
}

std::vector<std::string> tags_of(const core::VerificationFinding& finding, const Tags& tags) {
  const std::string_view tag = tag_of(finding, tags);
  return tag.empty() ? std::vector<std::string>() : std::vector{std::string(tag)};
}

}  // namespace

SessionCode web_code_of(const SessionCause& cause) {
  const int number = std::visit([](auto what) { return web_number_of(what); }, cause);
  const SessionCode* const text = find_text(kWebTexts, number);
  return text != nullptr ? *text : SessionCode{.number = number, .text = "Internal service error"};
}

SessionCode app_code_of(const SessionCause& cause, std::string_view product) {
  const int number = std::visit([](auto what) { return app_number_of(what); }, cause);
  const SessionCode* text =
      product == core::name_of(kIdentityProduct) ? find_text(kIdentityTexts, number) : nullptr;
  if (text == nullptr) text = find_text(kAppTexts, number);
  return text != nullptr ? *text : kNotFinished;
}

std::vector<SessionAttempt> attempts_of(const flows::VerificationView& view) {
  std::vector<SessionAttempt> attempts;
  SessionAttempt current;
  for (const core::VerificationTransition& transition : view.history) {
    if (const auto* sealed = std::get_if<core::EvidenceSealed>(&transition.event)) {
      current.id = sealed->challenge_id;
      current.sealed_at = transition.at;
    } else if (const auto* judged = std::get_if<core::Judged>(&transition.event)) {
      current.cause = judged->finding.outcome;
      current.finding = &judged->finding;
      attempts.push_back(current);
    } else if (const auto* failed = std::get_if<core::JudgingFailed>(&transition.event)) {
      current.cause = fault_of(failed->cause);
      current.finding = nullptr;
      attempts.push_back(current);
    }
  }
  return attempts;
}

std::optional<SessionCause> final_cause_of(const flows::VerificationView& view) {
  using core::VerificationState;
  const core::VerificationProgress& progress = view.progress;
  switch (progress.state) {
    case VerificationState::created:
    case VerificationState::challenged:
    case VerificationState::in_progress:
      return std::nullopt;
    case VerificationState::decided:
      if (!progress.finding) return SessionFault::judging_broken;
      return progress.finding->outcome;
    case VerificationState::expired:
      return expiry_of(view);
    case VerificationState::cancelled:
      return fault_of(progress.end_reason.value_or(core::EndReason::other));
  }
  return SessionFault::judging_broken;
}

bool never_started(const flows::VerificationView& view) noexcept {
  return view.progress.state == core::VerificationState::expired && view.progress.attempt == 0 &&
         view.progress.document.tries == 0;
}

SessionStage stage_of(const SessionCause& cause) noexcept {
  const auto* const outcome = std::get_if<Outcome>(&cause);
  if (outcome == nullptr) return SessionStage::liveness;
  if (*outcome == Outcome::match || *outcome == Outcome::live) return SessionStage::passed;
  if (*outcome == Outcome::non_match || *outcome == Outcome::no_best_frame) {
    return SessionStage::comparison;
  }
  const bool is_photo =
      *outcome == Outcome::reference_no_face || *outcome == Outcome::reference_several_faces ||
      *outcome == Outcome::reference_poor_quality || *outcome == Outcome::reference_wrong_size;
  return is_photo ? SessionStage::photo : SessionStage::liveness;
}

std::vector<std::string> web_tags_of(const core::VerificationFinding& finding) {
  return tags_of(finding, kWebTags);
}

std::vector<std::string> app_tags_of(const core::VerificationFinding& finding) {
  return tags_of(finding, kAppTags);
}

std::optional<std::string> billed_session_code(std::string_view product, Outcome outcome) {
  const bool is_web = product == core::name_of(kWebProduct);
  const int number = is_web ? web_number_of(outcome) : app_number_of(outcome);
  const bool is_told = core::is_live(outcome) || outcome == Outcome::document_read;
  if (product != core::name_of(kIdentityProduct) && !is_told) return std::nullopt;
  return std::to_string(number);
}

std::optional<std::chrono::milliseconds> kept_for(std::string_view action) noexcept {
  if (action == "ApplyLivenessToken") return std::chrono::hours(2);
  constexpr std::array<std::string_view, 5> kThreeDays = {
      "ApplyCardVerification",
      "ApplySdkVerificationToken",
      "ApplyWebVerificationBizTokenIntl",
      "ApplyWebVerificationToken",
      "GetFaceIdTokenIntl"
  };
  const bool is_one = std::ranges::find(kThreeDays, action) != kThreeDays.end();
  return is_one ? std::optional<std::chrono::milliseconds>(std::chrono::hours(72)) : std::nullopt;
}

bool is_session_product(std::string_view product) noexcept {
  return product == core::name_of(kWebProduct) || product == core::name_of(kAppProduct) ||
         product == core::name_of(kIdentityProduct);
}

}  // namespace selfsame::adapters::tencent
