// SPDX-License-Identifier: Apache-2.0
// Liveness of a capture and what it shows of its challenge, from one decoding.
#pragma once

#include "base/result.h"
#include "core/challenge.h"
#include "vision/face_detector.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"
#include "vision/liveness.h"
#include "vision/speech.h"

namespace selfsame::vision {

/// Immutable and thread-safe. Holds references: the parts must outlive it.
///
/// The face is followed only where the challenge asks for more than silent liveness. Frames that
/// cannot be decoded are a finding of `liveness`; an error is a network that cannot run.
///
/// Digits are heard where there is a meter for them; without one there is no evidence of them.
///
/// Colours of the screen are looked for in the stills, and in the video where stills are missing or
/// unfit; which and why is in the evidence. Where nothing but colours is asked for, stills may come
/// without a video and are then judged for liveness as well, by the same gates at a slower pace;
/// beside a video they must show the same person, each picture its own. The video must then answer
/// the colours too, and the lower of both PAD scores counts.
class CaptureMeter {
 public:
  /// @param tracker  the landmarks that follow a moving face
  /// @param lips     those that follow the lips of one that speaks
  CaptureMeter(
      const LivenessMeter& liveness,
      const FaceDetector& detector,
      const FaceLandmarker& tracker,
      const FaceLandmarker& lips,
      const SpeechMeter* speech = nullptr
  ) noexcept
      : liveness_(liveness), detector_(detector), tracker_(tracker), lips_(lips), speech_(speech) {}

  [[nodiscard]] Result<CaptureMeasurement> measure(
      const CaptureSamples& samples, const core::Challenge& challenge
  ) const;

  /// The same on frames that are decoded already, without sound.
  [[nodiscard]] Result<CaptureMeasurement> measure_frames(
      const FrameSource& source, const core::Challenge& challenge
  ) const;

 private:
  struct Seen;        // of the frames
  struct SeenStills;  // of the stills, where colours were asked for
  [[nodiscard]] Result<Seen> see(
      const FrameSource& source, const core::Challenge& challenge, Take take
  ) const;
  [[nodiscard]] Result<SeenStills> see_stills(
      const CaptureSamples& samples, const core::Challenge& challenge
  ) const;
  [[nodiscard]] Result<CaptureMeasurement> measure_stills(
      SeenStills stills, const CaptureSamples& samples, const core::Challenge& challenge
  ) const;
  [[nodiscard]] Result<void> join(const LivenessMeasurement& stills, LivenessMeasurement& video)
      const;
  [[nodiscard]] static CaptureMeasurement answer_of(Seen& seen, const core::Challenge& challenge);

  const LivenessMeter& liveness_;
  const FaceDetector& detector_;
  const FaceLandmarker& tracker_;
  const FaceLandmarker& lips_;
  const SpeechMeter* speech_;
};

}  // namespace selfsame::vision
