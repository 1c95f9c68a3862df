// SPDX-License-Identifier: Apache-2.0
// Silent liveness of a photo and of a video: gates in a fixed order, then the PAD score.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "vision/continuity.h"
#include "vision/decode_video.h"
#include "vision/face_detector.h"
#include "vision/face_engine.h"
#include "vision/face_landmarker.h"
#include "vision/face_recogniser.h"
#include "vision/frame_sampler.h"
#include "vision/pad_network.h"

namespace selfsame::vision {

/// The shortest video that is judged, by its decoded frames. Half a frame of grace.
inline constexpr double kLeastVideoDuration_s = 2.0;

/// A take of a living person has this many frames, and at this pace; a slide show, or a few
/// pictures with far-apart time stamps, has not (webcam clips in bad light: 15 a second).
inline constexpr int kLeastFrames = 16;
inline constexpr double kLeastFrameRate = 8;

/// The same for stills, of which a screen's colours want two each.
inline constexpr int kLeastStills = 10;
inline constexpr double kLeastStillRate = 1.8;

/// What kind of take it is: frames of a video, or stills with time stamps.
enum class Take : std::uint8_t { video, stills };

/// Shows frames in their order to the visitor, as decode_video() does.
using FrameSource =
    std::function<Result<VideoSummary>(const std::function<Visit(const VideoFrame&)>& visit)>;

/// Shows every frame of the source to `look`, until that fails: its failure is then the answer.
[[nodiscard]] Result<VideoSummary> show_frames(
    const FrameSource& source, const std::function<Result<void>(const VideoFrame&)>& look
);

/// Keeps of one video's frames what LivenessMeter::judge() looks at. Not thread-safe.
class LivenessCollector {
 public:
  [[nodiscard]] Result<void> add(const VideoFrame& frame);

 private:
  friend class LivenessMeter;
  FrameSampler sampler_;
  ContinuityTrace trace_;
};

/// Immutable and thread-safe. Holds references: the parts must outlive it.
///
/// Gates, first one wins (LIVENESS.md section 5a): undecodable, too_short, no_face, several_faces,
/// mask_worn, eyes_hidden, mouth_hidden, wrong_size, too_close, poor_quality. Only then is there a
/// score. A video is judged by medians and shares over its frames, never by one frame.
///
/// Reasons, beside a defect: "turned_away", "blurred", "too_dark", "over_exposed", "few_frames".
/// Beside `continuous` false: "cut", "frozen_frames", "repeated_frames", "retimed", "still_photo",
/// "animated_photo" (its eyes were made to blink). Beside
/// `same_face_throughout` false: "face_changed"; beside `in_colour` false: "monochrome".
class LivenessMeter {
 public:
  LivenessMeter(
      const FaceDetector& detector,
      const FaceLandmarker& landmarker,
      const FaceComparator& comparator,
      const PadEnsemble& pad
  ) noexcept
      : detector_(detector), landmarker_(landmarker), comparator_(comparator), pad_(pad) {}

  /// The picture as it was uploaded, upright. `best_frame` is the picture itself.
  [[nodiscard]] Result<LivenessMeasurement> measure_photo(const Image& image) const;

  /// Bytes that cannot be decoded, or break a limit, are a finding: defect `undecodable`.
  [[nodiscard]] Result<LivenessMeasurement> measure_video(
      ByteView encoded, const VideoLimits& limits
  ) const;

  /// The same on frames that are decoded already. An error of the source other than `engine_failed`
  /// is the finding `undecodable`.
  [[nodiscard]] Result<LivenessMeasurement> measure_frames(const FrameSource& source) const;

  /// What measure_frames() does after the last frame.
  /// @param video     what show_frames() answered after the collector had seen the frames
  /// @param answer_s  when the challenge was answered: the faces there must be the same one too
  [[nodiscard]] Result<LivenessMeasurement> judge(
      LivenessCollector collector,
      const Result<VideoSummary>& video,
      Take take = Take::video,
      std::span<const double> answer_s = {}
  ) const;

  /// Is it one person in both best frames? No, where one has none.
  [[nodiscard]] Result<bool> same_person(const LivenessMeasurement& a, const LivenessMeasurement& b)
      const;

 private:
  const FaceDetector& detector_;
  const FaceLandmarker& landmarker_;
  const FaceComparator& comparator_;
  const PadEnsemble& pad_;
};

}  // namespace selfsame::vision
