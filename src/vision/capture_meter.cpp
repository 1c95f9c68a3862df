// SPDX-License-Identifier: Apache-2.0
#include "vision/capture_meter.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "vision/face_actions.h"
#include "vision/face_track.h"
#include "vision/frame_sampler.h"
#include "vision/pixels.h"
#include "vision/reflection.h"
#include "vision/stills.h"

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
    return max_side_px == kSampleSide_px ? sample() : frame_.image(max_side_px);
  }
  /// The image of kSampleSide_px.
  [[nodiscard]] const Result<Image>& sample() const {
    if (!image_) image_ = frame_.image(kSampleSide_px);
    return *image_;
  }

 private:
  const VideoFrame& frame_;
  mutable std::optional<Result<Image>> image_;
};

bool follows_face(const core::Challenge& challenge) {
  return challenge.modes().size() > 1;
}

// Lips are followed by landmarks of their own; where nothing else is asked for they do for the
// face.
bool follows_more_than_lips(const core::Challenge& challenge) {
  return !challenge.actions.empty() || !challenge.flashes.empty();
}

// When the face is to be seen that answers: twice in each action's window and while digits are
// spoken, and in every second colour.
std::vector<double> answer_times_of(const core::Challenge& challenge) {
  std::vector<double> times_s;
  const auto add_thirds = [&times_s](const std::optional<core::TimeWindow>& window) {
    if (!window) return;
    const double third_s = (window->end_s - window->begin_s) / 3;
    times_s.push_back(window->begin_s + third_s);
    times_s.push_back(window->begin_s + 2 * third_s);
  };
  for (const auto& prompt : challenge.actions) add_thirds(prompt.window);
  double shown_s = challenge.flashes_begin_s;
  for (std::size_t i = 0; i < challenge.flashes.size(); ++i) {
    const double duration_s = challenge.flashes[i].duration_ms / 1000.0;
    if (i % 2 == 0) times_s.push_back(shown_s + duration_s / 2);
    shown_s += duration_s;
  }
  if (!challenge.digits.empty()) add_thirds(challenge.speech);
  return times_s;
}

// The track's own, else what the gates of liveness found of the same kind.
std::optional<core::FramingFault> framing_of(
    const FaceTrack& track, const LivenessMeasurement& liveness
) {
  using core::CaptureDefect;
  using core::FramingFault;
  if (const auto fault = framing_fault_of(track)) return fault;
  const auto& defect = liveness.evidence.defect;
  if (defect == CaptureDefect::too_close) return FramingFault::too_close;
  if (defect == CaptureDefect::wrong_size) return FramingFault::too_far;
  if (defect != CaptureDefect::poor_quality || liveness.reasons.empty()) return std::nullopt;
  const std::string& cause = liveness.reasons.front();  // the most frequent one
  if (cause == "too_dark") return FramingFault::too_dark;
  if (cause == "over_exposed") return FramingFault::too_bright;
  return std::nullopt;
}

// Everything that looks at the frames of one video.
class FrameObservers {
 public:
  FrameObservers(
      const FaceDetector& detector,
      const FaceLandmarker& tracker,
      const FaceLandmarker& lips,
      const core::Challenge& challenge
  )
      : answers_colours_(!challenge.flashes.empty()) {
    if (!challenge.digits.empty()) lips_.emplace(detector, lips);
    if (follows_more_than_lips(challenge)) tracker_.emplace(detector, tracker);
  }

  Result<void> add(const VideoFrame& decoded) {
    const SharedFrame frame(decoded);
    SELFSAME_CHECK(liveness_.add(frame));
    if (lips_) SELFSAME_CHECK(follow(*lips_, frame));
    if (!tracker_) return {};
    SELFSAME_TRY(landmarks, follow(*tracker_, frame));
    if (landmarks == nullptr || !answers_colours_) return {};
    reflection_.add(view_of(*frame.sample()), *landmarks, frame.time_s());
    return {};
  }

  LivenessCollector take_liveness() { return std::move(liveness_); }
  FaceTrack take_track() { return tracker_ ? std::move(*tracker_).take() : FaceTrack{}; }
  FaceTrack take_lips() { return lips_ ? std::move(*lips_).take() : FaceTrack{}; }
  ReflectionTrace take_reflection() { return std::move(reflection_); }

 private:
  // Null where the frame is not due or shows no face.
  static Result<const FaceLandmarks*> follow(FaceTracker& tracker, const SharedFrame& frame) {
    if (!tracker.wants(frame.time_s())) return nullptr;
    const Result<Image>& image = frame.sample();
    if (!image) return tl::unexpected(image.error());
    return tracker.add(view_of(*image), frame.index(), frame.time_s());
  }

  bool answers_colours_;
  LivenessCollector liveness_;
  std::optional<FaceTracker> tracker_;
  std::optional<FaceTracker> lips_;
  ReflectionTrace reflection_;
};

// The lower score, with what was said beside it. A score that is no number stays.
void note_lower_score(const LivenessMeasurement& stills, LivenessMeasurement& video) {
  auto& evidence = video.evidence;
  const bool is_kept = !evidence.pad || std::isnan(evidence.pad->value) ||
                       (stills.evidence.pad && stills.evidence.pad->value >= evidence.pad->value);
  if (!is_kept) evidence.pad = stills.evidence.pad;
  evidence.in_colour = evidence.in_colour && stills.evidence.in_colour;
  for (const auto* reason : {"low_pad_score", "monochrome"}) {
    const bool is_new = std::ranges::count(video.reasons, reason) == 0;
    if (is_new && std::ranges::count(stills.reasons, reason) > 0)
      video.reasons.emplace_back(reason);
  }
  if (video.attack_class == core::AttackClass::unsure) video.attack_class = stills.attack_class;
}

std::optional<core::StillsFault> fault_of(const std::optional<core::CaptureDefect>& defect) {
  if (!defect) return std::nullopt;
  switch (*defect) {
    case core::CaptureDefect::undecodable:
      return core::StillsFault::undecodable;
    case core::CaptureDefect::no_face:
      return core::StillsFault::no_face;
    case core::CaptureDefect::too_short:
      return core::StillsFault::too_few;
    case core::CaptureDefect::several_faces:
    case core::CaptureDefect::wrong_size:
    case core::CaptureDefect::poor_quality:
    case core::CaptureDefect::mask_worn:
    case core::CaptureDefect::too_close:
    case core::CaptureDefect::eyes_hidden:
    case core::CaptureDefect::mouth_hidden:
      return core::StillsFault::unfit;
  }
  return core::StillsFault::unfit;
}

}  // namespace

struct CaptureMeter::Seen {
  LivenessMeasurement liveness;
  FaceTrack track;             // empty where neither actions nor colours were asked for
  FaceTrack lips;              // empty where no digits were asked for
  ReflectionTrace reflection;  // empty where no colours were asked for
};

struct CaptureMeter::SeenStills {
  std::optional<Seen> seen;
  std::optional<core::StillsFault> fault;  // why they cannot be used
};

Result<CaptureMeter::Seen> CaptureMeter::see(
    const FrameSource& source, const core::Challenge& challenge, Take take
) const {
  FrameObservers observers(detector_, tracker_, lips_, challenge);
  const auto video =
      show_frames(source, [&observers](const VideoFrame& frame) { return observers.add(frame); });
  SELFSAME_TRY(
      liveness, liveness_.judge(observers.take_liveness(), video, take, answer_times_of(challenge))
  );
  return Seen{
      .liveness = std::move(liveness),
      .track = observers.take_track(),
      .lips = observers.take_lips(),
      .reflection = observers.take_reflection()
  };
}

Result<CaptureMeter::SeenStills> CaptureMeter::see_stills(
    const CaptureSamples& samples, const core::Challenge& challenge
) const {
  if (challenge.flashes.empty()) return SeenStills{};
  if (const auto fault = fault_of_stills(samples.stills, challenge)) {
    return SeenStills{.seen = std::nullopt, .fault = fault};
  }
  SELFSAME_TRY(seen, see(frames_of_stills(samples.stills), challenge, Take::stills));
  if (has_duplicates(samples.stills)) {
    seen.liveness.evidence.continuous = false;
    seen.liveness.reasons.emplace_back("repeated_frames");
  }
  const auto fault = fault_of(seen.liveness.evidence.defect);
  return SeenStills{.seen = std::move(seen), .fault = fault};
}

Result<CaptureMeasurement> CaptureMeter::measure(
    const CaptureSamples& samples, const core::Challenge& challenge
) const {
  SELFSAME_TRY(stills, see_stills(samples, challenge));
  const bool only_colours = challenge.actions.empty() && challenge.digits.empty();
  if (samples.video.empty() && stills.seen && only_colours) {
    return measure_stills(std::move(stills), samples, challenge);
  }
  const FrameSource video = [&samples](const std::function<Visit(const VideoFrame&)>& visit) {
    return decode_video(samples.video, VideoLimits{}, visit);
  };
  SELFSAME_TRY(seen, see(video, challenge, Take::video));
  auto capture = answer_of(seen, challenge);
  if (speech_ != nullptr && !challenge.digits.empty()) {
    SELFSAME_TRY(speech, speech_->measure(samples.video, seen.lips, challenge));
    capture.challenge.speech = std::move(speech);
  }
  if (challenge.flashes.empty()) return capture;
  const bool by_stills = stills.seen && !stills.fault;
  const auto answer_in = [&](const ReflectionTrace& trace) {
    return measure_reflection(trace, challenge, samples.flash_shown_at_s);
  };
  capture.challenge.reflection = answer_in(seen.reflection);
  if (by_stills) {
    const auto by_video = *capture.challenge.reflection;
    capture.challenge.reflection =
        held_against(answer_in(stills.seen->reflection), by_video, challenge);
  }
  capture.challenge.reflection->from_video = !by_stills;
  capture.challenge.reflection->stills_fault = stills.fault;
  if (by_stills) SELFSAME_CHECK(join(stills.seen->liveness, capture.liveness));
  return capture;
}

Result<CaptureMeasurement> CaptureMeter::measure_stills(
    SeenStills stills, const CaptureSamples& samples, const core::Challenge& challenge
) const {
  auto capture = answer_of(*stills.seen, challenge);
  capture.challenge.reflection =
      measure_reflection(stills.seen->reflection, challenge, samples.flash_shown_at_s);
  capture.challenge.reflection->stills_fault = stills.fault;
  return capture;
}

// Both must be of one person, and both of one take; the score is the lower one, and none where
// one has none.
Result<void> CaptureMeter::join(const LivenessMeasurement& stills, LivenessMeasurement& video)
    const {
  if (video.evidence.defect) return {};
  note_lower_score(stills, video);
  SELFSAME_TRY(same, liveness_.same_person(stills, video));
  const bool is_one_face = same && stills.evidence.same_face_throughout;
  if (!is_one_face && video.evidence.same_face_throughout) {
    video.reasons.emplace_back("face_changed");
  }
  video.evidence.same_face_throughout = video.evidence.same_face_throughout && is_one_face;
  video.evidence.continuous = video.evidence.continuous && stills.evidence.continuous;
  if (!stills.evidence.continuous) video.reasons.emplace_back("repeated_frames");
  const bool is_one_take = video.evidence.continuous && video.evidence.same_face_throughout;
  if (!is_one_take && video.attack_class == core::AttackClass::unsure) {
    video.attack_class = core::AttackClass::injected;
  }
  return {};
}

CaptureMeasurement CaptureMeter::answer_of(Seen& seen, const core::Challenge& challenge) {
  CaptureMeasurement capture{.liveness = std::move(seen.liveness), .challenge = {}};
  if (!follows_face(challenge)) return capture;
  const FaceTrack& track = follows_more_than_lips(challenge) ? seen.track : seen.lips;
  capture.challenge.framing = framing_of(track, capture.liveness);
  if (!challenge.actions.empty()) {
    capture.challenge.action = measure_actions(seen.track, challenge.mirrored);
  }
  return capture;
}

Result<CaptureMeasurement> CaptureMeter::measure_frames(
    const FrameSource& source, const core::Challenge& challenge
) const {
  SELFSAME_TRY(seen, see(source, challenge, Take::video));
  auto capture = answer_of(seen, challenge);
  if (!challenge.flashes.empty()) {
    capture.challenge.reflection = measure_reflection(seen.reflection, challenge, {});
    capture.challenge.reflection->from_video = true;
    capture.challenge.reflection->stills_fault = core::StillsFault::absent;
  }
  return capture;
}

}  // namespace selfsame::vision
