// SPDX-License-Identifier: Apache-2.0
// For tests: an engine whose measurements the test sets.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "vision/face_engine.h"

namespace selfsame::flows::testing {

inline constexpr core::VerificationPolicy kPolicy{
    .pad = {.bona_fide_threshold = 0.6, .retry_threshold = 0.5},
    .comparison = {.match_threshold = 0.36}
};

/// Says what it was told to say.
class ScriptedEngine : public vision::FaceEngine {
 public:
  Result<vision::FacePhoto> read_photo(ByteView, const vision::PhotoOptions&) const override {
    if (photo_error) return fail(*photo_error);
    vision::FacePhoto photo;
    photo.defect = reference_defect;
    if (!reference_defect) photo.templates = {{1.0F}};
    return photo;
  }
  Result<vision::FacePhoto> read_image(const vision::Image&, const vision::PhotoOptions& options)
      const override {
    return read_photo({}, options);
  }
  Result<core::SimilarityScore> compare(const vision::FaceTemplates&, const vision::FaceTemplates&)
      const override {
    return core::SimilarityScore{cosine};
  }
  Result<vision::LivenessMeasurement> measure_photo_liveness(ByteView) const override {
    return measure_video_liveness({});
  }
  Result<vision::CaptureMeasurement>
  measure_capture(const vision::CaptureSamples& samples, const core::Challenge&) const override {
    auto liveness = measure_video_liveness(samples.video);
    if (!liveness) return tl::unexpected(liveness.error());
    if (video_error) return fail(*video_error);
    std::this_thread::sleep_for(delay);
    captures.fetch_add(1);
    return vision::CaptureMeasurement{.liveness = std::move(*liveness), .challenge = answer};
  }
  Result<vision::LivenessMeasurement> measure_video_liveness(ByteView) const override {
    vision::LivenessMeasurement measured;
    measured.evidence = {
        .defect = video_defect,
        .pad = core::PadScore{pad},
        .continuous = true,
        .same_face_throughout = true,
        .in_colour = true
    };
    measured.attack_class = core::AttackClass::print;
    measured.duration_s = duration_s;
    if (!video_defect) {
      measured.best_frame = {.width_px = 1, .height_px = 1, .bgr = {1, 2, 3}};
      measured.best_frame_templates = {{1.0F}};
    }
    return measured;
  }
  Bytes encode_jpeg(const vision::Image&, int) const override { return {'j', 'p', 'g'}; }
  const core::ComparisonCalibration& calibration() const noexcept override { return calibration_; }
  const core::PadPolicy& pad_policy() const noexcept override { return kPolicy.pad; }
  std::vector<vision::NetworkFacts> networks() const override { return {}; }
  Result<void> self_test(const std::string&) const override { return {}; }

  std::optional<Errc> photo_error;
  std::optional<core::CaptureDefect> reference_defect;
  std::optional<core::CaptureDefect> video_defect;
  double pad = 0.9;
  double cosine = 0.7;
  double duration_s = 3;
  std::chrono::milliseconds delay{0};  // of measure_capture()
  std::optional<Errc> video_error;
  core::ChallengeEvidence answer;
  mutable std::atomic<int> captures = 0;  // measured

 private:
  core::ComparisonCalibration calibration_{
      .threshold = {0.36, 0.42, 0.47, 0.52}, .precision = "f32", .version = "test"
  };
};

}  // namespace selfsame::flows::testing
