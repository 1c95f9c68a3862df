// SPDX-License-Identifier: Apache-2.0
#include "vision/capture_meter.h"

#include <functional>
#include <optional>
#include <utility>

#include "vision/face_track.h"
#include "vision/frame_sampler.h"
#include "vision/pixels.h"

namespace selfsame::vision {
namespace {

// Converts once what two observers look at in the same size.
class SharedFrame final : public VideoFrame {
 public:
  explicit SharedFrame(const VideoFrame& frame) : frame_(frame) {}
  [[nodiscard]] int index() const noexcept override { return frame_.index(); }
  [[nodiscard]] double time_s() const noexcept override { return frame_.time_s(); }
  [[nodiscard]] int width_px() const noexcept override { return frame_.width_px(); }
  [[nodiscard]] int height_px() const noexcept override { return frame_.height_px(); }
  [[nodiscard]] Result<Image> image(int max_side_px) const override {
    if (max_side_px != kSampleSide_px) return frame_.image(max_side_px);
    if (!image_) image_ = frame_.image(max_side_px);
    return *image_;
  }

 private:
  const VideoFrame& frame_;
  mutable std::optional<Result<Image>> image_;
};

// Everything that looks at the frames of one video.
class FrameObservers {
 public:
  FrameObservers(
      const FaceDetector& detector,
      const FaceLandmarker& landmarker,
      const core::Challenge& challenge
  )
      : follows_(challenge.modes().size() > 1), tracker_(detector, landmarker) {}

  Result<void> add(const VideoFrame& decoded) {
    const SharedFrame frame(decoded);
    SELFSAME_CHECK(liveness_.add(frame));
    if (!follows_ || !tracker_.wants(frame.time_s())) return {};
    SELFSAME_TRY(image, frame.image(kSampleSide_px));
    SELFSAME_TRY(landmarks, tracker_.add(view_of(image), frame.index(), frame.time_s()));
    static_cast<void>(landmarks);
    return {};
  }

  LivenessCollector take_liveness() { return std::move(liveness_); }
  FaceTrack take_track() { return std::move(tracker_).take(); }

 private:
  bool follows_;
  LivenessCollector liveness_;
  FaceTracker tracker_;
};

}  // namespace

struct CaptureMeter::Seen {
  LivenessMeasurement liveness;
  FaceTrack track;  // empty where the face was not followed
};

Result<CaptureMeter::Seen> CaptureMeter::see(
    const FrameSource& source, const core::Challenge& challenge
) const {
  FrameObservers observers(detector_, landmarker_, challenge);
  const auto video =
      show_frames(source, [&observers](const VideoFrame& frame) { return observers.add(frame); });
  SELFSAME_TRY(liveness, liveness_.judge(observers.take_liveness(), video));
  return Seen{.liveness = std::move(liveness), .track = observers.take_track()};
}

Result<CaptureMeasurement> CaptureMeter::measure(
    const CaptureSamples& samples, const core::Challenge& challenge
) const {
  return measure_frames(
      [&samples](const std::function<Visit(const VideoFrame&)>& visit) {
        return decode_video(samples.video, VideoLimits{}, visit);
      },
      challenge
  );
}

Result<CaptureMeasurement> CaptureMeter::measure_frames(
    const FrameSource& source, const core::Challenge& challenge
) const {
  SELFSAME_TRY(seen, see(source, challenge));
  return CaptureMeasurement{.liveness = std::move(seen.liveness), .challenge = {}};
}

}  // namespace selfsame::vision
