// SPDX-License-Identifier: Apache-2.0
// Spoken digits, and lips that go with them (LIVENESS.md section 5d).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "core/challenge.h"
#include "core/challenge_evidence.h"
#include "vision/face_track.h"
#include "vision/model_cards.h"

namespace selfsame::vision {

/// Immutable and thread-safe. One language: that of the card.
class SpeechMeter {
 public:
  /// Tries to load the acoustic model. `engine_failed` names the folder that is missing or cannot
  /// be loaded. Takes about 15 ms.
  [[nodiscard]] static Result<SpeechMeter> create(const SpeechCard& card);

  /// What is heard of the challenge's digits, and how the lips of the track go with it. A video
  /// without sound, or with sound that cannot be decoded, is a finding (`has_sound` false); lips
  /// are not measured then. `video_undecodable`: no container that we read.
  /// @param video      the encoded recording that `track` is of
  /// @param challenge  with digits; with a window, only what is said in it counts
  [[nodiscard]] Result<core::SpeechEvidence> measure(
      ByteView video, const FaceTrack& track, const core::Challenge& challenge
  ) const;

 private:
  explicit SpeechMeter(SpeechCard card) noexcept;
  SpeechCard card_;
};

}  // namespace selfsame::vision
