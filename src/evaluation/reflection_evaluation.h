// SPDX-License-Identifier: Apache-2.0
// How often colours of the screen are answered, and by whom: `selfsame eval reflection`. Simulated
// throughout (reflection_simulator.h): it shows what the measuring and the decision are worth under
// known conditions, not what cameras and attackers of the world will do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/challenge_evidence.h"
#include "core/outcome.h"
#include "evaluation/dataset.h"
#include "evaluation/error_rates.h"
#include "evaluation/reflection_simulator.h"
#include "vision/face_detector.h"
#include "vision/face_landmarker.h"
#include "vision/image.h"

namespace selfsame::evaluation {

/// A near-frontal face, large enough to be shown anew.
struct Portrait {
  std::string person;
  vision::Image image;
  vision::DetectedFace face;
};

/// One portrait of each person (folder) below `folder`, or of each photo that lies in none, sorted;
/// at most `most`. `not_found` when there is none that can be used.
[[nodiscard]] Result<std::vector<Portrait>> find_portraits(
    const vision::FaceDetector& detector, const std::filesystem::path& folder, std::size_t most
);

/// The words of schemas/eval_reflection.json.
enum class ReflectionCase : std::uint8_t {
  live,             // a person answers
  bright,           // a person in light that outshines the screen
  nothing,          // no answer at all
  print,            // flat paper answers
  screen,           // a device's glass answers
  other_challenge,  // a person who answered other colours, fed past the camera
  other_fitted,     // the same, with display times claimed to fit
  other_on_screen,  // the same, shown by a device whose glass answers
  late,             // the right answer, but from some colour on it comes 0.2 to 0.3 s later
};

[[nodiscard]] const char* name_of(ReflectionCase kind) noexcept;
[[nodiscard]] const char* name_of(PictureKind kind) noexcept;

/// The persons are split in two by the order of their names. What the thresholds were chosen on
/// judges nothing.
enum class ReflectionHalf : std::uint8_t { judging, choosing };

[[nodiscard]] const char* name_of(ReflectionHalf half) noexcept;

struct ReflectionRequest {
  std::vector<Portrait> portraits;
  ReflectionHalf half = ReflectionHalf::judging;
  std::size_t trials = 100;  // captures of stills for each line; a quarter as many of video
  std::size_t other_challenges = 50;  // each replay is held against so many challenges
  std::uint64_t seed = 20261126;
  unsigned threads = 1;
};

/// One line of the report.
struct ReflectionRow {
  ReflectionCase kind{};
  PictureKind pictures{};
  double reflected = 0;
  std::size_t trials = 0;
  std::size_t accepted = 0;
  Interval accepted_interval;                  // of the share, 95 %, Clopper and Pearson
  std::map<std::string, std::size_t> refused;  // by the name of the outcome
};

struct ReflectionEvaluation {
  std::size_t persons = 0;
  std::vector<ReflectionRow> rows;
  double seconds = 0;
};

inline constexpr double kReflectionConfidence = 0.95;  // of the intervals

/// Told of each trial, from one thread at a time.
using ReflectionWitness =
    std::function<void(const ReflectionRow& row, const core::ReflectionEvidence& evidence)>;

/// `invalid_parameter` without portraits in the half.
[[nodiscard]] Result<ReflectionEvaluation> evaluate_reflection(
    const vision::FaceDetector& detector,
    const vision::FaceLandmarker& landmarker,
    const ReflectionRequest& request,
    const Progress& progress,
    const ReflectionWitness& witness = {}
);

/// Both ends of the exact interval (Clopper and Pearson 1934) of `hits` in `trials`.
[[nodiscard]] Interval exact_interval(std::size_t hits, std::size_t trials, double confidence);

/// Plain text, 100 columns, with a final line end.
[[nodiscard]] std::string render_text(const ReflectionEvaluation& evaluation);

}  // namespace selfsame::evaluation
