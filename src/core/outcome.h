// SPDX-License-Identifier: Apache-2.0
// How a liveness-and-comparison attempt ended: our closed list, mapped to codes by each adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/scores.h"

namespace selfsame::core {

/// The numbers are stored: do not change them, add at the end.
enum class Outcome : std::uint8_t {
  match = 0,      // live, and the same person
  non_match = 1,  // live, and another person
  reference_no_face = 2,
  reference_several_faces = 3,
  reference_poor_quality = 4,
  reference_wrong_size = 5,
  video_undecodable = 6,
  video_too_short = 7,
  video_no_face = 8,
  video_several_faces = 9,
  video_poor_quality = 10,
  video_mask_worn = 11,
  attack = 12,           // presentation or injection attack
  liveness_unsure = 13,  // in the retry band: neither live nor attack
  live = 14,             // live, and nothing to be compared with
  video_too_close = 15,
  video_too_far = 16,
  video_off_left = 17,  // the face is too far left in the picture
  video_off_right = 18,
  video_too_dark = 19,
  video_too_bright = 20,
  video_face_incomplete = 21,  // no full face in most of the frames
  video_low_definition = 22,   // too coarse for lips to be read
  video_eyes_hidden = 23,      // sunglasses, a hand, hair
  video_mouth_hidden = 24,     // a hand, a scarf; a face mask is video_mask_worn
  face_changed = 25,           // another face within one capture
  no_best_frame = 26,          // live, but no frame that could be compared
  action_no_movement = 27,
  action_no_blink = 28,  // another movement, but not this one
  action_no_open_mouth = 29,
  action_missing = 30,         // nod, shake or turn asked for and not seen
  action_out_of_turn = 31,     // seen, but before its prompt, too late or in another order
  reflection_too_bright = 32,  // the surroundings outshine the screen: try in the shade
  reflection_too_weak = 33,    // no answer to the colours that stands out: ask again
  reflection_mismatch = 34,    // the answer is to other colours: a recording
  reflection_flat = 35,        // the answer of a flat surface: a screen or a print
  speech_no_sound = 36,
  speech_too_quiet = 37,
  speech_not_recognised = 38,  // no digits, or not those asked for
  lips_still = 39,             // the lips hardly move
  lips_out_of_step = 40,       // the sound is not of these lips
  recording_spoofed = 41,      // sound or time stamps show that it was put together
  identity_confirmed = 42,     // the register agrees: number, name and what else was asked
  identity_mismatch = 43,      // the register has another name, or another validity
  register_no_number = 44,     // the register has no such number
  register_no_photo = 45,
  register_photo_unreadable = 46,
  register_photo_no_face = 47,
  register_failed = 48,   // the register gave no answer, or none to what was asked
  document_read = 49,     // an identity document of a known type; nobody was compared
  document_refused = 50,  // no picture showed the document that was asked for
};

[[nodiscard]] const char* name_of(Outcome outcome) noexcept;
/// Somebody was looked at in the video or asked for, so there is an attempt to keep. False: the
/// photo or the video could not be used, and nothing was learnt of anybody.
[[nodiscard]] bool is_attempt(Outcome outcome) noexcept;
/// The person was found to be live, whoever it is.
[[nodiscard]] bool is_live(Outcome outcome) noexcept;
/// The value with this number, if there is one.
[[nodiscard]] std::optional<Outcome> outcome_from(std::int64_t stored) noexcept;

}  // namespace selfsame::core
