// SPDX-License-Identifier: Apache-2.0
// The door to vision: encoded images and videos in, measurements out.
//
// Everything here is synchronous and const; every member may be called from any thread at once.
// Calls block for whole inferences: make them on the inference pool. A network that cannot run, or
// that answers with NaN, gives `engine_failed`.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/calibration.h"
#include "core/challenge.h"
#include "core/challenge_evidence.h"
#include "core/client_suspicion.h"
#include "core/decision.h"
#include "core/scores.h"
#include "vision/image.h"

namespace selfsame::vision {

/// One network's features. Never logged, never leaves the process unprotected (ISO/IEC 24745).
using FaceTemplate = std::vector<float>;  // unit norm

/// One template per network of the comparator, in the order of its card.
using FaceTemplates = std::vector<FaceTemplate>;

struct DetectedFace {
  Box box;
  float confidence = 0;  // 0..1
  // Five points: right eye, left eye, nose tip, right and left mouth corner of the subject.
  std::vector<Point> landmarks;
};

/// A still photo read as one side of a comparison.
struct FacePhoto {
  int width_px = 0;
  int height_px = 0;
  int rotation_deg = 0;  // 0, 90, 180, 270: how far it was turned clockwise to stand upright
  std::vector<DetectedFace> faces;  // all that were found, largest first, in the upright picture
  std::optional<core::CaptureDefect> defect;  // set: no templates
  core::HeadPose pose;
  core::QualityMeasures quality;
  bool in_colour = false;  // meaningful when there is no defect: not a grey or one-toned picture
  FaceTemplates templates;
};

struct PhotoOptions {
  bool search_rotation = true;   // try 90, 180 and 270 degrees when nothing is found upright
  bool single_face_only = true;  // more than one face is a defect; else the largest is taken
  bool require_quality =
      true;  // blur, bad light and a turned head are a defect; else only measured
};

/// One frame that the PAD networks scored.
struct ScoredFrame {
  int index = 0;  // of the decoded frames
  double time_s = 0;
  double score = 0;                     // PadScore of the networks that decide
  std::vector<double> live_of_network;  // in the order of networks() of the role "pad"
};

/// What a capture (photo or video) says about liveness.
struct LivenessMeasurement {
  core::LivenessEvidence evidence;
  core::AttackClass attack_class =
      core::AttackClass::unsure;  // meaningful beside an attack verdict
  std::vector<std::string>
      reasons;  // short stable words: "frozen_frames", "cut", "face_changed", ...
  core::RecordingFacts recording;  // of a video
  double duration_s = 0;           // 0 for a photo
  int frames_decoded = 0;
  int frames_scored = 0;
  std::vector<ScoredFrame> scored_frames;  // empty when there is a defect
  std::optional<int> best_frame_index;     // of the decoded frames
  std::optional<double> best_frame_time_s;
  Image best_frame;                    // empty when there is a defect
  FaceTemplates best_frame_templates;  // empty when there is a defect
  core::QualityMeasures best_frame_quality;
  std::vector<Image> next_best_frames;  // at most 9, best first, each bona fide by itself
};

/// A still of a camera, taken while the screen showed a challenge.
struct TimedStill {
  Bytes encoded;
  double time_s = 0;  // since the challenge began
};

/// What a device sends as the answer to a challenge.
struct CaptureSamples {
  Bytes video;                           // may be empty where stills suffice
  std::vector<TimedStill> stills;        // by time
  std::vector<double> flash_shown_at_s;  // when the display showed each flash, since the challenge
                                         // began; empty: as the challenge says
};

struct CaptureMeasurement {
  LivenessMeasurement liveness;
  core::ChallengeEvidence challenge;  // what the challenge asks for, and nothing else
};

/// Facts of one loaded network, for `selfsame models list` and the log.
struct NetworkFacts {
  std::string name;
  std::string role;  // "detector", "recogniser", "landmarks", "pad"
  std::string file;
  std::string sha256;
  std::string licence;
  std::string precision;  // what it runs in here: "f32" or "bf16"
};

enum class Precision : std::uint8_t { automatic, f32, bf16 };

struct EngineOptions {
  std::string models_dir;                      // holds the files that the cards name
  Precision precision = Precision::automatic;  // automatic: bf16 where the CPU computes in it
  std::string cache_dir;                       // compiled networks are kept here; empty: no cache.
                                               // Trusted: nobody else may write there
  bool measure_only = false;  // the comparator needs no calibration, and matches nothing
  int concurrency = 0;        // inferences at once, at most one a hardware thread; 0: that many
};

struct ModelCards;  // vision/model_cards.h: what models/*.toml says, as values

class FaceEngine {
 public:
  /// Loads and compiles every network of the cards after checking its sha256. `engine_failed` names
  /// the file that is missing, changed or cannot be loaded.
  [[nodiscard]] static Result<std::unique_ptr<FaceEngine>> create(
      const ModelCards& cards, const EngineOptions& options
  );
  virtual ~FaceEngine() = default;

  /// Decodes, finds the face, judges its quality and makes templates.
  /// `image_undecodable` when the bytes are no image or break a limit.
  [[nodiscard]] virtual Result<FacePhoto> read_photo(ByteView encoded, const PhotoOptions& options)
      const = 0;

  /// The same on pixels.
  [[nodiscard]] virtual Result<FacePhoto> read_image(
      const Image& image, const PhotoOptions& options
  ) const = 0;

  /// Weighted mean of cosines over the comparator's networks. Both sides need all templates.
  [[nodiscard]] virtual Result<core::SimilarityScore> compare(
      const FaceTemplates& a, const FaceTemplates& b
  ) const = 0;

  /// Silent liveness of one still photo, on the picture as it was uploaded.
  [[nodiscard]] virtual Result<LivenessMeasurement> measure_photo_liveness(ByteView encoded
  ) const = 0;

  /// Silent liveness of a video. Undecodable bytes are a finding (defect), not an error.
  [[nodiscard]] virtual Result<LivenessMeasurement> measure_video_liveness(ByteView encoded
  ) const = 0;

  /// Liveness of a capture, and what it shows of the challenge. Undecodable bytes are a finding.
  [[nodiscard]] virtual Result<CaptureMeasurement> measure_capture(
      const CaptureSamples& samples, const core::Challenge& challenge
  ) const = 0;

  /// JPEG, quality 0..100.
  [[nodiscard]] virtual Bytes encode_jpeg(const Image& image, int quality) const = 0;

  [[nodiscard]] virtual const core::ComparisonCalibration& calibration() const noexcept = 0;
  [[nodiscard]] virtual const core::PadPolicy& pad_policy() const noexcept = 0;
  [[nodiscard]] virtual std::vector<NetworkFacts> networks() const = 0;

  /// Proves that the networks separate: golden outputs on a fixed pattern, one person's portraits
  /// above two persons' for every recogniser, a living face above a drawn attack. `engine_failed`
  /// says what does not hold, or which fixture is missing. Takes about a second; run it at start.
  /// @param fixtures_dir  holds the pictures that the cards' self_test names
  [[nodiscard]] virtual Result<void> self_test(const std::string& fixtures_dir) const = 0;
};

}  // namespace selfsame::vision
