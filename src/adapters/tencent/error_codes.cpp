// SPDX-License-Identifier: Apache-2.0
#include "adapters/tencent/error_codes.h"

#include <algorithm>
#include <utility>

namespace selfsame::adapters::tencent {
namespace {

constexpr std::size_t kMaxQuotedBytes = 96;

bool is_quotable(std::string_view subject) {
  return !subject.empty() && subject.size() <= kMaxQuotedBytes &&
         std::ranges::all_of(subject, [](char c) { return c > ' ' && c < '\x7f' && c != '`'; });
}

// What the caller reads; `subject` goes in after the words, in back quotes.
std::string_view words_of(Errc cause) noexcept {
  switch (cause) {
    case Errc::malformed_request:
      return "The request is malformed or a parameter has the wrong type.";
    case Errc::missing_parameter:
      return "The request is missing a required parameter.";
    case Errc::unknown_parameter:
      return "The request has a parameter that this action does not know.";
    case Errc::invalid_parameter:
      return "A parameter has an invalid value.";
    case Errc::unknown_action:
      return "The requested action is invalid or not found.";
    case Errc::unknown_version:
      return "The requested version of the API does not exist.";
    case Errc::unsupported_region:
      return "The requested region is not served here.";
    case Errc::unsupported:
      return "Unsupported operation.";
    case Errc::unauthenticated:
      return "The provided credentials could not be validated. Please check that your signature is "
             "correct.";
    case Errc::invalid_credential:
      return "The Authorization of the request is missing or malformed.";
    case Errc::unknown_key:
      return "The SecretId is not found. Please ensure that your SecretId is correct.";
    case Errc::signature_expired:
      return "The provided credentials could not be validated because the signature has expired. "
             "Please check your clock.";
    case Errc::replayed:
      return "The provided credentials could not be validated because this request was used "
             "before.";
    case Errc::account_not_active:
      return "The service has not been activated.";
    case Errc::account_activating:
      return "The service is being activated";
    case Errc::account_activation_failed:
      return "The service has not been activated";
    case Errc::account_in_arrears:
      return "The account has overdue payments";
    case Errc::account_not_verified:
      return "Identity verification has not been completed for the account.";
    case Errc::account_denied:
      return "Operation denied";
    case Errc::forbidden:
      return "Unauthorized operation.";
    case Errc::rate_limited:
      return "Too many requests. Please try again later.";
    case Errc::overloaded:
      return "The service is busy. Please try again later.";
    case Errc::deadline_exceeded:
      return "The request could not be finished in time.";
    case Errc::payload_too_large:
      return "The request is larger than the allowed size.";
    case Errc::image_too_large:
      return "Image size too large";
    case Errc::image_undecodable:
      return "The image could not be decoded.";
    case Errc::video_too_large:
      return "The video is empty or its size is inappropriate. The recording duration should be "
             "about 6 seconds.";
    case Errc::video_undecodable:
      return "The video format is incorrect.";
    case Errc::not_found:
      return "The resource does not exist.";
    case Errc::conflict:
      return "The resource is in a state that forbids the operation.";
    case Errc::expired:
      return "The resource has expired.";
    case Errc::integrity_failure:
    case Errc::storage_unavailable:
      return "Internal error";
    case Errc::engine_failed:
      return "Error calling the liveness engine API.";
  }
  return "Internal error";
}

ApiError error_of(Errc cause, std::string_view subject) {
  std::string message(words_of(cause));
  if (is_quotable(subject)) message.append(" `").append(subject).append("`");
  return ApiError{.code = code_of(cause), .message = std::move(message)};
}

constexpr ResultCode kSuccess = {"Success", "Success"};
constexpr ResultCode kLowSimilarity = {
    "FailedOperation.CompareLowSimilarity",
    "The comparison similarity did not reach the passing standard."
};
constexpr ResultCode kTooShort = {
    "FailedOperation.SilentTooShort",
    "The video is too short. Please capture a video longer than 2 seconds."
};
constexpr ResultCode kLipSize = {
    "FailedOperation.LipSizeError",
    "The video is empty or its size is inappropriate. The recording duration should be about 6 "
    "seconds."
};
constexpr ResultCode kNoFace = {
    "FailedOperation.SilentFaceDetectFail", "No face is detected in the video."
};
constexpr ResultCode kFaceIncomplete = {
    "FailedOperation.ActionNodetectFace", "Failed to detect a full face."
};
constexpr ResultCode kLipFaceIncomplete = {
    "FailedOperation.LipFaceIncomplete", "The face is not fully exposed."
};
constexpr ResultCode kLowQuality = {"FailedOperation.SilentFaceQualityFail", "Low face quality."};
constexpr ResultCode kLipQuality = {
    "FailedOperation.LipVideoQuaility", "The video definition is too low."
};
constexpr ResultCode kMouthHidden = {
    "FailedOperation.SilentMouthLiveFail", "Mouth detection failed."
};
constexpr ResultCode kSpoofedPicture = {
    "FailedOperation.SilentPictureLiveFail", "The video might be spoofed."
};
constexpr ResultCode kSpoofedRecording = {
    "FailedOperation.LivessDetectFake", "Suspected spoofed recording."
};
constexpr ResultCode kBelowThreshold = {
    "FailedOperation.SilentThreshold", "Real person detection did not reach the passing standard."
};
constexpr ResultCode kUnsure = {
    "FailedOperation.LivessUnknownError", "Video-based real person detection failed."
};
constexpr ResultCode kNotReal = {
    "FailedOperation.SilentDetectFail", "Real person detection failed."
};
constexpr ResultCode kNotDone = {"FailedOperation.LivessDetectFail", "Liveness detection failed."};

/// Reflection speaks in the words of the actions: the vendor has none of its own for it.
ResultCode by_mode(
    core::LivenessMode mode,
    const ResultCode& silent,
    const ResultCode& action,
    const ResultCode& lip
) noexcept {
  switch (mode) {
    case core::LivenessMode::silent:
      return silent;
    case core::LivenessMode::action:
    case core::LivenessMode::reflection:
      return action;
    case core::LivenessMode::lip:
      return lip;
  }
  return silent;
}

}  // namespace

std::string_view code_of(Errc cause) noexcept {
  switch (cause) {
    case Errc::malformed_request:
      return "InvalidParameter";
    case Errc::missing_parameter:
      return "MissingParameter";
    case Errc::unknown_parameter:
      return "UnknownParameter";
    case Errc::invalid_parameter:
      return "InvalidParameterValue";
    case Errc::unknown_action:
      return "InvalidAction";
    case Errc::unknown_version:
      return "NoSuchVersion";
    case Errc::unsupported_region:
      return "UnsupportedRegion";
    case Errc::unsupported:
      return "UnsupportedOperation";
    case Errc::unauthenticated:
      return "AuthFailure.SignatureFailure";
    case Errc::invalid_credential:
      return "AuthFailure.InvalidAuthorization";
    case Errc::unknown_key:
      return "AuthFailure.SecretIdNotFound";
    case Errc::signature_expired:
      return "AuthFailure.SignatureExpire";
    // [our choice] the vendor names none: any AuthFailure.* is a refusal to every SDK.
    case Errc::replayed:
      return "AuthFailure.SignatureFailure";
    case Errc::account_not_active:
      return "UnauthorizedOperation.Nonactivated";
    case Errc::account_activating:
      return "UnauthorizedOperation.Activating";
    case Errc::account_activation_failed:
      return "UnauthorizedOperation.ActivateError";
    case Errc::account_in_arrears:
      return "UnauthorizedOperation.Arrears";
    case Errc::account_not_verified:
      return "UnauthorizedOperation.NonAuthorize";
    case Errc::account_denied:
      return "OperationDenied";
    case Errc::forbidden:
      return "UnauthorizedOperation";
    case Errc::rate_limited:
    case Errc::overloaded:
      return "RequestLimitExceeded";
    case Errc::payload_too_large:
      return "RequestSizeLimitExceeded";
    case Errc::image_too_large:
      return "FailedOperation.ImageSizeTooLarge";
    case Errc::image_undecodable:
      return "FailedOperation.ImageDecodeFailed";
    // [our choice] the only published code whose text speaks of a video's size.
    case Errc::video_too_large:
      return "FailedOperation.LipSizeError";
    case Errc::video_undecodable:
      return "FailedOperation.LipVideoInvalid";
    case Errc::not_found:
      return "ResourceNotFound";
    case Errc::conflict:
    case Errc::expired:
      return "ResourceUnavailable";
    case Errc::deadline_exceeded:
    case Errc::integrity_failure:
    case Errc::storage_unavailable:
      return "InternalError";
    case Errc::engine_failed:
      return "FailedOperation.LivessSystemError";
  }
  return "InternalError";
}

tl::unexpected<ApiError> refuse(Errc cause, std::string_view subject) {
  return tl::unexpected<ApiError>(error_of(cause, subject));
}

tl::unexpected<ApiError> refuse(const Error& error) {
  return refuse(error.code);
}

tl::unexpected<ApiError> refuse_v1_size() {
  return tl::unexpected<ApiError>(ApiError{
      .code = "AuthFailure.SignatureFailure",
      .message =
          "The provided credentials could not be validated because of exceeding request size "
          "limit, please use new sign method `TC3-HMAC-SHA256`."
  });
}

tl::unexpected<ApiError> refuse_token() {
  return tl::unexpected<ApiError>(ApiError{
      .code = "AuthFailure.TokenFailure",
      .message = "The token is not valid: this installation issues no temporary credentials."
  });
}

tl::unexpected<ApiError> refuse_token_illegal() {
  return tl::unexpected<ApiError>(
      ApiError{.code = "InvalidParameterValue.BizTokenIllegal", .message = "Invalid BizToken"}
  );
}

tl::unexpected<ApiError> refuse_token_expired() {
  return tl::unexpected<ApiError>(
      ApiError{.code = "InvalidParameterValue.BizTokenExpired", .message = "BizToken expired"}
  );
}

tl::unexpected<ApiError> refuse_limit() {
  return tl::unexpected<ApiError>(
      ApiError{.code = "LimitExceeded", .message = "There are as many as there may be."}
  );
}

tl::unexpected<ApiError> refuse_rule() {
  return tl::unexpected<ApiError>(ApiError{
      .code = "InvalidParameterValue.RuleIdNotExist", .message = "The RuleId does not exist."
  });
}

tl::unexpected<ApiError> refuse_method() {
  return tl::unexpected<ApiError>(ApiError{
      .code = "UnsupportedProtocol", .message = "Only GET and POST requests are supported."
  });
}

tl::unexpected<ApiError> refuse_download(bool is_video) {
  if (is_video) {
    return tl::unexpected<ApiError>(ApiError{
        .code = "FailedOperation.LipNetFailed",
        .message = "Failed to pull the video. Please try again."
    });
  }
  return tl::unexpected<ApiError>(
      ApiError{.code = "FailedOperation.DownLoadError", .message = "File download failed."}
  );
}

tl::unexpected<ApiError> refuse_slow_download() {
  return tl::unexpected<ApiError>(ApiError{
      .code = "FailedOperation.DownLoadTimeoutError", .message = "File download timed out."
  });
}

tl::unexpected<ApiError> refuse_outcome(core::Outcome outcome) {
  const ResultCode code = result_code_of(outcome, core::LivenessMode::silent);
  return tl::unexpected<ApiError>(
      ApiError{.code = code.code, .message = std::string(code.description)}
  );
}

ResultCode result_code_of(core::Outcome outcome, core::LivenessMode mode) noexcept {
  using core::Outcome;
  switch (outcome) {
    case Outcome::match:
    case Outcome::live:
      return kSuccess;
    case Outcome::non_match:
      return kLowSimilarity;
    case Outcome::reference_no_face:
      return {"FailedOperation.LifePhotoDetectNoFaces", "Failed to detect a full face."};
    case Outcome::reference_several_faces:
      return {"FailedOperation.LifePhotoDetectFaces", "Multiple faces are detected."};
    case Outcome::reference_poor_quality:
      return {
          "FailedOperation.LifePhotoPoorQuality",
          "The resolution of the image passed in is too low. Please upload a new one."
      };
    case Outcome::reference_wrong_size:
      return {
          "FailedOperation.LifePhotoSizeError", "The image passed in is too large or too small."
      };
    case Outcome::video_undecodable:
      return {"FailedOperation.LipVideoInvalid", "The video format is incorrect."};
    case Outcome::video_too_short:
      return by_mode(mode, kTooShort, kTooShort, kLipSize);
    case Outcome::video_no_face:
      return by_mode(mode, kNoFace, kFaceIncomplete, kLipFaceIncomplete);
    case Outcome::video_face_incomplete:
      return by_mode(mode, kFaceIncomplete, kFaceIncomplete, kLipFaceIncomplete);
    case Outcome::video_several_faces:
      return {"FailedOperation.SilentMultiFaceFail", "Multiple faces are detected in the video."};
    case Outcome::video_poor_quality:
    case Outcome::video_low_definition:
      return by_mode(mode, kLowQuality, kLowQuality, kLipQuality);
    case Outcome::video_mask_worn:
      return {"FailedOperation.SilentFaceWithMaskFail", "A face mask is detected."};
    case Outcome::video_eyes_hidden:
      return {"FailedOperation.SilentEyeLiveFail", "Eye detection failed."};
    case Outcome::video_mouth_hidden:
      return by_mode(mode, kMouthHidden, kMouthHidden, kLipFaceIncomplete);
    case Outcome::attack:
      return by_mode(mode, kSpoofedPicture, kSpoofedRecording, kSpoofedRecording);
    case Outcome::liveness_unsure:
      return by_mode(mode, kBelowThreshold, kUnsure, kUnsure);
    case Outcome::face_changed:
      return by_mode(mode, kNotReal, kNotDone, kNotDone);
    case Outcome::no_best_frame:
      return {
          "FailedOperation.LivessBestFrameError",
          "Face detection failed. Unable to extract the photo for comparison."
      };
    case Outcome::video_too_close:
      return {"FailedOperation.ActionFaceClose", "The face is too close to the screen."};
    case Outcome::video_too_far:
      return {"FailedOperation.ActionFaceFar", "The face is too far from the screen."};
    case Outcome::video_off_left:
      return {"FailedOperation.ActionFaceLeft", "The face is too far left from the screen."};
    case Outcome::video_off_right:
      return {"FailedOperation.ActionFaceRight", "The face is too far right from the screen."};
    case Outcome::video_too_dark:
      return {"FailedOperation.ActionLightDark", "The lighting is too dim."};
    case Outcome::video_too_bright:
    case Outcome::reflection_too_bright:
      return {"FailedOperation.ActionLightStrong", "The lighting is too strong."};
    case Outcome::action_no_movement:
    case Outcome::action_missing:
      return {"FailedOperation.ActionFirstAction", "No movement is detected."};
    case Outcome::action_no_blink:
      return {"FailedOperation.ActionCloseEye", "No motions of eye closing are detected."};
    case Outcome::action_no_open_mouth:
      return {"FailedOperation.ActionOpenMouth", "No motions of mouth opening are detected."};
    case Outcome::action_out_of_turn:
      return kNotDone;
    case Outcome::reflection_too_weak:
      return kUnsure;
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
    case Outcome::lips_out_of_step:
    case Outcome::recording_spoofed:
      return kSpoofedRecording;
    case Outcome::speech_no_sound:
      return {"FailedOperation.LipVoiceDetect", "No sound is detected."};
    case Outcome::speech_too_quiet:
      return {"FailedOperation.LipVoiceLow", "The volume of the video is too low."};
    case Outcome::speech_not_recognised:
      return {"FailedOperation.LipVoiceRecognize", "Speech recognition failed."};
    case Outcome::lips_still:
      return {"FailedOperation.LipMoveSmall", "The lip movement range is too small."};
    case Outcome::identity_confirmed:
      return kSuccess;
    case Outcome::identity_mismatch:
      return {"FailedOperation.IdNameMisMatch", "The name and the ID number do not match."};
    case Outcome::register_no_number:
      return {"FailedOperation.IdNoExistSystem", "The register does not have this ID number."};
    case Outcome::register_no_photo:
      return {"FailedOperation.IdPhotoNoExist", "The register has no photo of this ID number."};
    case Outcome::register_photo_unreadable:
      return {"FailedOperation.CompareFail", "Comparison failed."};
    case Outcome::register_photo_no_face:
      return {
          "FailedOperation.IdPhotoPoorQuality", "The photo of the register is of poor quality."
      };
    case Outcome::register_failed:
      return {
          "FailedOperation.IdPhotoSystemNoanswer",
          "The register did not answer. Please try again later."
      };
    // Nothing of a person was decided.
    case Outcome::document_read:
    case Outcome::document_refused:
      break;
  }
  return {"FailedOperation.UnKnown", "Unknown internal error."};
}

std::optional<std::string> billed_code_of(core::Outcome outcome) {
  const ResultCode code = result_code_of(outcome, core::LivenessMode::silent);
  if (code.code != kSuccess.code && code.code != kLowSimilarity.code) return std::nullopt;
  return std::string(code.code);
}

}  // namespace selfsame::adapters::tencent
