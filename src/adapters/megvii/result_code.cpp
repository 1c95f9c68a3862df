// SPDX-License-Identifier: Apache-2.0
#include "adapters/megvii/result_code.h"

#include <variant>

namespace selfsame::adapters::megvii {
namespace {

constexpr ResultCode kSuccess{1000, "SUCCESS"};
constexpr ResultCode kNotTheSame{2000, "PASS_LIVING_NOT_THE_SAME"};
constexpr ResultCode kAttack{4100, "FAIL_LIVING_FACE_ATTACK"};
constexpr ResultCode kReplacedFace{4100, "REPLACED_FACE_ATTACK"};
constexpr ResultCode kNoFace{4200, "UNDETECTED_FACE"};
constexpr ResultCode kWrongAction{4200, "ACTION_ERROR"};
constexpr ResultCode kFailure{4200, "VERIFICATION_FAILURE"};
constexpr ResultCode kTimeout{4200, "USER_TIMEOUT"};
constexpr ResultCode kLivenessFailed{6000, "LIVENESS_DETECT_FAILED"};

ResultCode result_of(core::RegisterFinding finding) {
  switch (finding) {
    case core::RegisterFinding::no_such_number:
      return {3000, "NO_ID_CARD_NUMBER"};
    case core::RegisterFinding::number_name_mismatch:
      return {3000, "ID_NUMBER_NAME_NOT_MATCH"};
    case core::RegisterFinding::no_photo:
      return {3000, "NO_ID_PHOTO"};
    case core::RegisterFinding::photo_format:
      return {3000, "PHOTO_FORMAT_ERROR"};
    case core::RegisterFinding::no_face:
      return {3000, "NO_FACE_FOUND"};
    case core::RegisterFinding::found:
    case core::RegisterFinding::validity_mismatch:
    case core::RegisterFinding::validity_unknown:
    case core::RegisterFinding::source_error:
    case core::RegisterFinding::source_unavailable:
    case core::RegisterFinding::too_many_enquiries:
      return {3000, "DATA_SOURCE_ERROR"};
  }
  return {3000, "DATA_SOURCE_ERROR"};
}

ResultCode result_of(core::Outcome outcome, const SessionNote& note) {
  switch (outcome) {
    case core::Outcome::match:
      return kSuccess;
    case core::Outcome::non_match:
      return kNotTheSame;
    case core::Outcome::live:
      return result_of(note.finding);
    case core::Outcome::reference_no_face:
    case core::Outcome::reference_several_faces:
    case core::Outcome::reference_poor_quality:
    case core::Outcome::reference_wrong_size:
      return result_of(core::RegisterFinding::no_face);
    case core::Outcome::attack:
    case core::Outcome::reflection_mismatch:
    case core::Outcome::reflection_flat:
    case core::Outcome::recording_spoofed:
      return kAttack;
    case core::Outcome::face_changed:
      return kReplacedFace;
    case core::Outcome::video_no_face:
    case core::Outcome::video_face_incomplete:
      return kNoFace;
    case core::Outcome::action_no_movement:
    case core::Outcome::action_no_blink:
    case core::Outcome::action_no_open_mouth:
    case core::Outcome::action_missing:
    case core::Outcome::action_out_of_turn:
      return kWrongAction;
    case core::Outcome::liveness_unsure:
      return kLivenessFailed;
    case core::Outcome::video_undecodable:
    case core::Outcome::video_too_short:
    case core::Outcome::video_several_faces:
    case core::Outcome::video_poor_quality:
    case core::Outcome::video_mask_worn:
    case core::Outcome::video_too_close:
    case core::Outcome::video_too_far:
    case core::Outcome::video_off_left:
    case core::Outcome::video_off_right:
    case core::Outcome::video_too_dark:
    case core::Outcome::video_too_bright:
    case core::Outcome::video_low_definition:
    case core::Outcome::video_eyes_hidden:
    case core::Outcome::video_mouth_hidden:
    case core::Outcome::no_best_frame:
    case core::Outcome::reflection_too_bright:
    case core::Outcome::reflection_too_weak:
    case core::Outcome::speech_no_sound:
    case core::Outcome::speech_too_quiet:
    case core::Outcome::speech_not_recognised:
    case core::Outcome::lips_still:
    case core::Outcome::lips_out_of_step:
    // Of enquiries without a capture.
    case core::Outcome::identity_confirmed:
    case core::Outcome::identity_mismatch:
    case core::Outcome::register_no_number:
    case core::Outcome::register_no_photo:
    case core::Outcome::register_photo_unreadable:
    case core::Outcome::register_photo_no_face:
    case core::Outcome::register_failed:
    case core::Outcome::document_read:
    case core::Outcome::document_refused:
      return kFailure;
  }
  return kFailure;
}

}  // namespace

ResultCode result_of(core::EndReason reason, bool has_begun) {
  switch (reason) {
    case core::EndReason::user_cancelled:
      return has_begun ? ResultCode{4200, "USER_CANCELLATION"} : ResultCode{6000, "USER_CANCEL"};
    case core::EndReason::no_camera_permission:
      return {6000, "NO_CAMERA_PERMISSION"};
    case core::EndReason::no_camera:
    case core::EndReason::camera_busy:
      return {6000, "DEVICE_NOT_SUPPORT"};
    case core::EndReason::no_storage_permission:
    case core::EndReason::no_microphone_permission:
      return {4200, "MOBILE_PHONE_NO_AUTHORITY"};
    case core::EndReason::timeout:
      return has_begun ? kTimeout : ResultCode{9000, "LIVING_OVERTIME"};
    case core::EndReason::unsupported_browser:
    case core::EndReason::unsupported_device:
      return {4200, "MOBILE_PHONE_NOT_SUPPORT"};
    case core::EndReason::network:
      return {6000, "NETWORK_ERROR"};
    case core::EndReason::no_microphone:
    case core::EndReason::interrupted:
    case core::EndReason::other:
      return kFailure;
    case core::EndReason::no_sensor_permission:
      return {6000, "NO_SENSOR_PERMISSION"};
    case core::EndReason::token_refused:
      return kTokenDenied;
    case core::EndReason::authentication_failed:
      return {4200, "AUTHENTICATION_FAIL"};
    case core::EndReason::client_too_old:
      return {4200, "SDK_TOO_OLD"};
    case core::EndReason::bundle_not_allowed:
      return {6000, "INVALID_BUNDLE_ID"};
    case core::EndReason::no_configuration:
      return {5000, "MORE_RETRY_TIMES"};
    case core::EndReason::invalid_parameter:
      return {6000, "ILLEGAL_PARAMETER"};
    case core::EndReason::detector_failed:
      return {6000, "FACE_INIT_FAIL"};
    case core::EndReason::initialisation_failed:
      return {6000, "INIT_FAILED"};
    case core::EndReason::liveness_failed:
      return kLivenessFailed;
    case core::EndReason::signature_invalid:
      return {5000, "INVALID_SIGN"};
    case core::EndReason::signature_expired:
      return {5000, "EXPIRED_SIGN"};
    case core::EndReason::replayed:
      return {5000, "REPLAY_ATTACK"};
  }
  return kFailure;
}

ResultCode result_of(
    const core::VerificationProgress& progress,
    const core::VerificationTransition* last,
    const SessionNote& note
) {
  const bool has_begun = progress.attempt > 0;
  switch (progress.state) {
    case core::VerificationState::created:
      return {9000, "LIVING_NOT_START"};
    case core::VerificationState::challenged:
    case core::VerificationState::in_progress:
      return {9000, "LIVING_IN_PROGRESS"};
    case core::VerificationState::decided:
      return progress.finding ? result_of(progress.finding->outcome, note) : kFailure;
    case core::VerificationState::expired: {
      const bool server_failed =
          last != nullptr && std::holds_alternative<core::JudgingFailed>(last->event);
      if (server_failed) return kFailure;
      return has_begun ? kTimeout : ResultCode{9000, "LIVING_OVERTIME"};
    }
    case core::VerificationState::cancelled:
      return result_of(progress.end_reason.value_or(core::EndReason::other), has_begun);
  }
  return kFailure;
}

std::optional<ResultCode> result_of_account(Errc refusal) {
  if (refusal == Errc::account_in_arrears) return ResultCode{5000, "BALANCE_NOT_ENOUGH"};
  if (refusal == Errc::account_not_verified) {
    return ResultCode{5000, "NON_ENTERPRISE_CERTIFICATION"};
  }
  if (refusal == Errc::account_denied) return ResultCode{5000, "ACCOUNT_DISCONTINUED"};
  return std::nullopt;
}

std::optional<ResultCode> result_of_refusal(const flows::NotAdmitted& refused) {
  if (refused.cause == core::RefusalCause::address_not_allowed) {
    return ResultCode{5000, "IP_NOT_ALLOWED"};
  }
  return result_of_account(refused.error.code);
}

std::optional<std::string> billed_code(core::Outcome outcome) {
  const SessionNote any_fault;
  const int code = result_of(outcome, any_fault).code;
  if (code == 1000 || code == 2000 || code == 3000) return std::to_string(code);
  return std::nullopt;
}

}  // namespace selfsame::adapters::megvii
