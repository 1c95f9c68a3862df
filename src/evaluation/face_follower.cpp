// SPDX-License-Identifier: Apache-2.0
#include "evaluation/face_follower.h"

#include <optional>
#include <string>
#include <utility>

#include "vision/decode_video.h"
#include "vision/frame_sampler.h"
#include "vision/pixels.h"

namespace selfsame::evaluation {
namespace {

template <class Part>
Result<Part> load(
    const vision::ModelCards& cards,
    const std::string& name,
    const vision::InferenceRuntime& runtime
) {
  const vision::NetworkCard* card = cards.find(name);
  if (card == nullptr) return fail(Errc::engine_failed, "no card for the network " + name);
  SELFSAME_TRY(network, runtime.load(*card));
  return Part::create(std::move(network));
}

}  // namespace

FaceFollower::FaceFollower(
    std::unique_ptr<vision::InferenceRuntime> runtime,
    vision::FaceDetector detector,
    vision::FaceLandmarker tracker
) noexcept
    : runtime_(std::move(runtime)), detector_(std::move(detector)), tracker_(std::move(tracker)) {}

Result<FaceFollower> FaceFollower::create(
    const vision::ModelCards& cards, const vision::EngineOptions& options
) {
  return create_by(cards.track.empty() ? cards.landmarks : cards.track, cards, options);
}

Result<FaceFollower> FaceFollower::create_for_lips(
    const vision::ModelCards& cards, const vision::EngineOptions& options
) {
  return create_by(cards.landmarks, cards, options);
}

Result<FaceFollower> FaceFollower::create_by(
    const std::string& landmarks,
    const vision::ModelCards& cards,
    const vision::EngineOptions& options
) {
  SELFSAME_TRY(runtime, vision::InferenceRuntime::create(options));
  SELFSAME_TRY(detector, load<vision::FaceDetector>(cards, cards.detector, *runtime));
  SELFSAME_TRY(tracker, load<vision::FaceLandmarker>(cards, landmarks, *runtime));
  return FaceFollower(std::move(runtime), std::move(detector), std::move(tracker));
}

Result<vision::FaceLandmarks> FaceFollower::mesh_of(const vision::Image& image) const {
  SELFSAME_TRY(faces, detector_.find(vision::view_of(image)));
  if (faces.empty()) return fail(Errc::not_found, "no face in the portrait");
  return tracker_.locate(vision::view_of(image), faces.front());
}

Result<vision::FaceTrack> FaceFollower::track_of(ByteView video) const {
  vision::FaceTracker tracker(detector_, tracker_);
  std::optional<Error> failure;
  const auto summary = vision::decode_video(video, {}, [&](const vision::VideoFrame& frame) {
    if (!tracker.wants(frame.time_s())) return vision::Visit::more;
    const auto image = frame.image(vision::kSampleSide_px);
    if (!image) {
      failure = image.error();
      return vision::Visit::stop;
    }
    const auto added = tracker.add(vision::view_of(*image), frame.index(), frame.time_s());
    if (!added) failure = added.error();
    return added ? vision::Visit::more : vision::Visit::stop;
  });
  if (failure) return tl::unexpected(*failure);
  if (!summary) return tl::unexpected(summary.error());
  return std::move(tracker).take();
}

}  // namespace selfsame::evaluation
