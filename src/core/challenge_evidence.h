// SPDX-License-Identifier: Apache-2.0
// What a capture shows of the challenge that it answers, and whether that is an answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/challenge.h"
#include "core/outcome.h"

namespace selfsame::core {

/// An action seen, whether or not it was asked for.
struct ActionEvent {
  FaceAction action{};
  double begin_s = 0;  // since the first frame
  double peak_s = 0;
  double end_s = 0;
  bool clear = true;  // false: half done; answers nothing, but is a movement
};

/// What kept the answer from being judged: how the face stands in the picture, and in which light.
enum class FramingFault : std::uint8_t {
  incomplete,  // no full face in most of the frames
  too_close,
  too_far,
  too_far_left,   // of the picture
  too_far_right,  // of the picture
  too_dark,
  too_bright,
};

struct ActionEvidence {
  std::vector<ActionEvent> events;  // by begin_s
  bool moved = false;               // anything beyond the noise of a still face
};

/// What kept stills from being used, so that the video had to do. The server's own finding: what
/// a device says of itself is not asked.
enum class StillsFault : std::uint8_t {
  absent,
  too_few,      // less than one for each flash
  undecodable,  // or too large, too many, of several sizes
  untimely,     // time stamps that fall or repeat
  no_face,      // in a fifth of them or more
  unfit,        // too blurred, too dark, turned away...: nobody can be recognised in them
};

[[nodiscard]] const char* name_of(StillsFault fault) noexcept;

/// How the face answered the colours of the screen (LIVENESS.md section 5c).
struct ReflectionEvidence {
  int samples = 0;                          // stills or frames taken while the colours were shown
  int flashes_seen = 0;                     // of which there is a sample
  bool from_video = false;                  // the second-best source
  std::optional<StillsFault> stills_fault;  // why, if so
  bool timing_refused = false;  // the display times that the device claims are not near the
                                // challenge's: nothing was measured
  double correlation = 0;       // with the challenge's colours, at the best lag; NaN: none
  double rank = 0;              // share of 1000 random other sequences that correlate less, 0..1
  double lag_s = 0;             // from the display to the picture; the least that serves
  double lag_spread_s = 0;      // by how much the flashes' lags differ beyond doubt: a live answer
                                // has one lag
  double relief = 0;            // fall of the response from the middle of the face to its sides: 0
                                // none (a flat screen or print), 1 that of a dull round head
  double relief_correlation = 0;     // of the response over the face with its shape
  double relief_of_weaker_side = 0;  // as relief, of the right or the left half of the face
  double gloss = 1;                  // 0: as skin, which throws back a share of what is there; 1:
                                     // as a pane, which adds the same whatever is behind it
  double response = 0;               // strength of the response over its noise
  bool too_bright = false;           // the surroundings outshine the screen
};

/// What was heard and how the lips went with it (LIVENESS.md section 5d).
struct SpeechEvidence {
  bool has_sound = false;    // an audio stream with something in it
  double loudness_dbfs = 0;  // of the loudest second
  double voiced_s = 0;
  std::string heard;            // the likeliest digits, as many as asked for
  double likelihood_ratio = 0;  // log (nats) of the expected digits' over those heard, for each
                                // digit: 0 or below; NaN: most were heard as others, or no digits
  double lip_movement = 0;      // speed of the lips over that of still ones
  double lip_range = 0;         // most minus least mouth opening
  double sync = 0;        // correlation of lips and loudness in step less that at any other lag;
                          // NaN: none
  double sync_lag_s = 0;  // sound after lips
};

/// Absent: not measured, which answers nothing.
struct ChallengeEvidence {
  std::optional<FramingFault> framing;  // of the followed face; none: it stands well
  std::optional<ActionEvidence> action;
  std::optional<ReflectionEvidence> reflection;
  std::optional<SpeechEvidence> speech;
};

[[nodiscard]] Outcome outcome_of(FramingFault fault) noexcept;

/// The challenge asks for something of which there is no evidence: there is no verdict.
[[nodiscard]] bool is_unmeasured(const ChallengeEvidence& evidence, const Challenge& challenge);

/// Nothing: answered. Else why not.
[[nodiscard]] std::optional<Outcome> fault_of_actions(
    const ActionEvidence& evidence, const Challenge& challenge
);
[[nodiscard]] std::optional<Outcome> fault_of_reflection(
    const ReflectionEvidence& evidence, const Challenge& challenge
);
[[nodiscard]] std::optional<Outcome> fault_of_speech(
    const SpeechEvidence& evidence, const Challenge& challenge
);

/// The first fault: the framing, then in the order above; only what the challenge asks for is
/// looked at. To be called where nothing is unmeasured.
[[nodiscard]] std::optional<Outcome> fault_of_challenge(
    const ChallengeEvidence& evidence, const Challenge& challenge
);

}  // namespace selfsame::core
