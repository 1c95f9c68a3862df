// SPDX-License-Identifier: Apache-2.0
#include "core/outcome.h"

namespace selfsame::core {

const char* name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::match:
      return "match";
    case Outcome::non_match:
      return "non_match";
    case Outcome::reference_no_face:
      return "reference_no_face";
    case Outcome::reference_several_faces:
      return "reference_several_faces";
    case Outcome::reference_poor_quality:
      return "reference_poor_quality";
    case Outcome::reference_wrong_size:
      return "reference_wrong_size";
    case Outcome::video_undecodable:
      return "video_undecodable";
    case Outcome::video_too_short:
      return "video_too_short";
    case Outcome::video_no_face:
      return "video_no_face";
    case Outcome::video_several_faces:
      return "video_several_faces";
    case Outcome::video_poor_quality:
      return "video_poor_quality";
    case Outcome::video_mask_worn:
      return "video_mask_worn";
    case Outcome::attack:
      return "attack";
    case Outcome::liveness_unsure:
      return "liveness_unsure";
    case Outcome::live:
      return "live";
    case Outcome::video_too_close:
      return "video_too_close";
    case Outcome::video_too_far:
      return "video_too_far";
    case Outcome::video_off_left:
      return "video_off_left";
    case Outcome::video_off_right:
      return "video_off_right";
    case Outcome::video_too_dark:
      return "video_too_dark";
    case Outcome::video_too_bright:
      return "video_too_bright";
    case Outcome::video_face_incomplete:
      return "video_face_incomplete";
    case Outcome::video_low_definition:
      return "video_low_definition";
    case Outcome::video_eyes_hidden:
      return "video_eyes_hidden";
    case Outcome::video_mouth_hidden:
      return "video_mouth_hidden";
    case Outcome::face_changed:
      return "face_changed";
    case Outcome::no_best_frame:
      return "no_best_frame";
    case Outcome::action_no_movement:
      return "action_no_movement";
    case Outcome::action_no_blink:
      return "action_no_blink";
    case Outcome::action_no_open_mouth:
      return "action_no_open_mouth";
    case Outcome::action_missing:
      return "action_missing";
    case Outcome::action_out_of_turn:
      return "action_out_of_turn";
    case Outcome::reflection_too_bright:
      return "reflection_too_bright";
    case Outcome::reflection_too_weak:
      return "reflection_too_weak";
    case Outcome::reflection_mismatch:
      return "reflection_mismatch";
    case Outcome::reflection_flat:
      return "reflection_flat";
    case Outcome::speech_no_sound:
      return "speech_no_sound";
    case Outcome::speech_too_quiet:
      return "speech_too_quiet";
    case Outcome::speech_not_recognised:
      return "speech_not_recognised";
    case Outcome::lips_still:
      return "lips_still";
    case Outcome::lips_out_of_step:
      return "lips_out_of_step";
    case Outcome::recording_spoofed:
      return "recording_spoofed";
    case Outcome::identity_confirmed:
      return "identity_confirmed";
    case Outcome::identity_mismatch:
      return "identity_mismatch";
    case Outcome::register_no_number:
      return "register_no_number";
    case Outcome::register_no_photo:
      return "register_no_photo";
    case Outcome::register_photo_unreadable:
      return "register_photo_unreadable";
    case Outcome::register_photo_no_face:
      return "register_photo_no_face";
    case Outcome::register_failed:
      return "register_failed";
    case Outcome::document_read:
      return "document_read";
    case Outcome::document_refused:
      return "document_refused";
  }
  return "unknown";
}

bool is_attempt(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::reference_no_face:
    case Outcome::reference_several_faces:
    case Outcome::reference_poor_quality:
    case Outcome::reference_wrong_size:
    case Outcome::video_undecodable:
    case Outcome::video_too_short:
      return false;
    case Outcome::match:
    case Outcome::non_match:
    case Outcome::video_no_face:
    case Outcome::video_several_faces:
    case Outcome::video_poor_quality:
    case Outcome::video_mask_worn:
    case Outcome::attack:
    case Outcome::liveness_unsure:
    case Outcome::live:
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
    case Outcome::face_changed:
    case Outcome::no_best_frame:
    case Outcome::action_no_movement:
    case Outcome::action_no_blink:
    case Outcome::action_no_open_mouth:
    case Outcome::action_missing:
    case Outcome::action_out_of_turn:
    case Outcome::reflection_too_bright:
    case Outcome::reflection_too_weak:
    case Outcome::reflection_mismatch:
    case Outcome::reflection_flat:
    case Outcome::speech_no_sound:
    case Outcome::speech_too_quiet:
    case Outcome::speech_not_recognised:
    case Outcome::lips_still:
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
      return true;
  }
  return true;
}

bool is_live(Outcome outcome) noexcept {
  return outcome == Outcome::live || outcome == Outcome::match || outcome == Outcome::non_match;
}

std::optional<Outcome> outcome_from(std::int64_t stored) noexcept {
  if (stored < 0 || stored > static_cast<std::int64_t>(Outcome::document_refused))
    return std::nullopt;
  return static_cast<Outcome>(stored);
}

}  // namespace selfsame::core
