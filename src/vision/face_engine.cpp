// SPDX-License-Identifier: Apache-2.0
#include "vision/face_engine.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "vision/capture_meter.h"
#include "vision/decode_image.h"
#include "vision/engine_check.h"
#include "vision/face_detector.h"
#include "vision/face_landmarker.h"
#include "vision/face_recogniser.h"
#include "vision/liveness.h"
#include "vision/network.h"
#include "vision/pad_network.h"
#include "vision/photo_reader.h"
#include "vision/speech.h"

namespace selfsame::vision {
namespace {

// What an engine that only measures decides by: no score reaches it.
core::ComparisonCalibration no_calibration(const std::string& precision) {
  core::ComparisonCalibration calibration{
      .threshold = {}, .precision = precision, .version = "not calibrated"
  };
  calibration.threshold.fill(std::numeric_limits<double>::quiet_NaN());
  return calibration;
}

Result<core::ComparisonCalibration> calibration_for(
    const ModelCards& cards, const std::string& precision
) {
  const std::string name = comparator_name(cards.comparator);
  for (const auto& calibration : cards.calibrations) {
    if (calibration.comparator != name || calibration.thresholds.precision != precision) continue;
    if (calibration.thresholds.is_sane()) return calibration.thresholds;
    return fail(
        Errc::engine_failed, "the calibration of " + name + " in " + precision + " is not sane"
    );
  }
  return fail(
      Errc::engine_failed,
      "no calibration for the comparator " + name + " in " + precision +
          ": measure it with `selfsame eval face --calibrate` before it may decide"
  );
}

template <class Part>
Result<Part> load(
    const ModelCards& cards, const std::string& name, const InferenceRuntime& runtime
) {
  const NetworkCard* card = cards.find(name);
  if (card == nullptr) return fail(Errc::engine_failed, "no card for the network " + name);
  SELFSAME_TRY(network, runtime.load(*card));
  return Part::create(std::move(network));
}

struct Parts {
  FaceDetector detector;
  FaceLandmarker landmarker;
  std::optional<FaceLandmarker> tracker;  // none: the same
  FaceComparator comparator;
  PadEnsemble pad;
  core::ComparisonCalibration calibration;
  std::optional<SpeechMeter> speech;
};

Result<std::optional<SpeechMeter>> speech_of(const SpeechCard& card) {
  if (card.acoustic_model.empty()) return std::optional<SpeechMeter>{};
  SELFSAME_TRY(meter, SpeechMeter::create(card));
  return std::optional(std::move(meter));
}

class Engine final : public FaceEngine {
 public:
  Engine(const ModelCards& cards, Parts parts)
      : cards_(cards),
        parts_(std::move(parts)),
        photos_(parts_.detector, parts_.landmarker, parts_.comparator),
        liveness_(parts_.detector, parts_.landmarker, parts_.comparator, parts_.pad),
        captures_(
            liveness_,
            parts_.detector,
            parts_.tracker ? *parts_.tracker : parts_.landmarker,
            parts_.landmarker,
            parts_.speech ? &*parts_.speech : nullptr
        ) {}

  [[nodiscard]] Result<FacePhoto> read_photo(ByteView encoded, const PhotoOptions& options)
      const override {
    return photos_.read(encoded, options);
  }
  [[nodiscard]] Result<FacePhoto> read_image(const Image& image, const PhotoOptions& options)
      const override {
    return photos_.read(image, options);
  }
  [[nodiscard]] Result<core::SimilarityScore> compare(
      const FaceTemplates& a, const FaceTemplates& b
  ) const override {
    return parts_.comparator.compare(a, b);
  }
  [[nodiscard]] Result<LivenessMeasurement> measure_photo_liveness(ByteView encoded
  ) const override {
    SELFSAME_TRY(image, decode_image(encoded));
    return liveness_.measure_photo(image);
  }
  [[nodiscard]] Result<LivenessMeasurement> measure_video_liveness(ByteView encoded
  ) const override {
    return liveness_.measure_video(encoded, VideoLimits{});
  }
  [[nodiscard]] Result<CaptureMeasurement> measure_capture(
      const CaptureSamples& samples, const core::Challenge& challenge
  ) const override {
    return captures_.measure(samples, challenge);
  }
  [[nodiscard]] Bytes encode_jpeg(const Image& image, int quality) const override {
    return vision::encode_jpeg(image, quality);
  }
  [[nodiscard]] const core::ComparisonCalibration& calibration() const noexcept override {
    return parts_.calibration;
  }
  [[nodiscard]] const core::PadPolicy& pad_policy() const noexcept override {
    return parts_.pad.policy();
  }
  [[nodiscard]] std::vector<NetworkFacts> networks() const override {
    std::vector<NetworkFacts> list;
    for (const Network* network : loaded()) list.push_back(network->facts());
    return list;
  }
  [[nodiscard]] Result<void> self_test(const std::string& fixtures_dir) const override {
    for (const Network* network : loaded()) {
      SELFSAME_CHECK(check_golden(*network));
    }
    SELFSAME_CHECK(
        check_recognisers(parts_.detector, parts_.comparator, cards_.self_test, fixtures_dir)
    );
    return check_pad(parts_.detector, parts_.pad, cards_, fixtures_dir);
  }

 private:
  [[nodiscard]] std::vector<const Network*> loaded() const {
    std::vector<const Network*> list{&parts_.detector.network(), &parts_.landmarker.network()};
    if (parts_.tracker) list.push_back(&parts_.tracker->network());
    for (const auto& more : {parts_.comparator.networks(), parts_.pad.networks()}) {
      list.insert(list.end(), more.begin(), more.end());
    }
    return list;
  }

  ModelCards cards_;
  Parts parts_;
  PhotoReader photos_;
  LivenessMeter liveness_;
  CaptureMeter captures_;
};

}  // namespace

Result<std::unique_ptr<FaceEngine>> FaceEngine::create(
    const ModelCards& cards, const EngineOptions& options
) {
  SELFSAME_TRY(runtime, InferenceRuntime::create(options));
  auto calibration = calibration_for(cards, runtime->precision());
  if (!calibration && options.measure_only) calibration = no_calibration(runtime->precision());
  if (!calibration) return tl::unexpected(calibration.error());
  SELFSAME_TRY(detector, load<FaceDetector>(cards, cards.detector, *runtime));
  SELFSAME_TRY(landmarker, load<FaceLandmarker>(cards, cards.landmarks, *runtime));
  std::optional<FaceLandmarker> tracker;
  if (!cards.track.empty() && cards.track != cards.landmarks) {
    SELFSAME_TRY(network, load<FaceLandmarker>(cards, cards.track, *runtime));
    tracker = std::move(network);
  }
  SELFSAME_TRY(comparator, FaceComparator::create(cards, *runtime));
  SELFSAME_TRY(pad, PadEnsemble::create(cards, *runtime));
  SELFSAME_TRY(speech, speech_of(cards.speech));
  return std::make_unique<Engine>(
      cards,
      Parts{
          std::move(detector),
          std::move(landmarker),
          std::move(tracker),
          std::move(comparator),
          std::move(pad),
          std::move(*calibration),
          std::move(speech)
      }
  );
}

}  // namespace selfsame::vision
