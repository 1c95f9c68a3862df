// SPDX-License-Identifier: Apache-2.0
// Silent liveness measured on a folder of clips and photos: `selfsame eval liveness`.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/decision.h"
#include "evaluation/dataset.h"
#include "evaluation/pad_rates.h"
#include "vision/face_engine.h"

namespace selfsame::evaluation {

/// What a file shows, by the folder it lies in: live/ and talking/; attack/[SPECIES/]; masked/
/// (living persons with a face mask, who must be told so).
enum class Presentation : std::uint8_t { bona_fide, attack, masked };

struct LivenessFile {
  std::string file;  // relative to the folder, with '/'
  Presentation presentation{};
  std::string species;  // of an attack: the folder below attack/, or "attack"
};

/// Photos and videos below the four folders, sorted; what lies elsewhere is not looked at.
/// `not_found` when there is no such folder.
[[nodiscard]] Result<std::vector<LivenessFile>> find_liveness_files(
    const std::filesystem::path& folder
);

struct LivenessEvaluationRequest {
  std::filesystem::path folder;
  std::vector<std::string> beside;  // networks that the engine scores and that decide nothing here
  unsigned threads = 1;
  BootstrapOptions bootstrap;
};

/// One file, judged. Without a defect it has scores.
struct JudgedFile {
  LivenessFile file;
  core::LivenessVerdict verdict{};
  std::string defect;                // why it was not judged
  std::vector<std::string> reasons;  // LivenessMeasurement::reasons
  double score = 0;                  // of the networks that decide, median over the frames
  std::vector<vision::ScoredFrame> frames;
};

struct UnreadableFile {
  std::string file;
  std::string reason;
};

/// Whole verdicts, all gates and cues included. A capture that is not judged is no error of
/// classification: it is counted apart (ISO/IEC 30107-3: non-response rates APNRR and BPNRR).
struct VerdictCounts {
  std::size_t files = 0;
  Share accepted;  // of those judged: an attack's APCER
  Share unsure;    // asked to try again
  Share refused;
  Share not_judged;  // of all
};

/// One network or a mean of several.
struct PadSystem {
  std::string name;  // "default", a network's name, "beside", "own+beside"
  std::vector<std::string> networks;
  std::optional<PadRates> by_clip;  // medians over the frames
  std::optional<PadRates> by_frame;
};

struct LivenessEvaluation {
  std::string data_set;  // name of the folder
  std::string precision;
  core::PadPolicy policy;
  VerdictCounts bona_fide;
  std::map<std::string, VerdictCounts> attacks;  // by species
  VerdictCounts masked;
  Share told_of_mask;              // of masked
  std::vector<PadSystem> systems;  // the default first
  std::vector<JudgedFile> files;
  std::vector<UnreadableFile> unreadable;
  BootstrapOptions bootstrap;
  double seconds = 0;  // wall time

  /// The worst species' (ISO/IEC 30107-3).
  [[nodiscard]] double apcer() const noexcept;
  /// Bona fide presentations that are judged and not accepted: refused or asked to try again.
  [[nodiscard]] double bpcer() const noexcept;
  [[nodiscard]] double acer() const noexcept { return (apcer() + bpcer()) / 2; }
};

/// The threshold of networks that have none of their own.
inline constexpr double kEvenThreshold = 0.5;

/// `not_found`: no such folder. `invalid_parameter`: no bona fide or no attack presentation, or a
/// network that the engine does not score. `engine_failed`: a network cannot run.
[[nodiscard]] Result<LivenessEvaluation> evaluate_liveness(
    const vision::FaceEngine& engine,
    const LivenessEvaluationRequest& request,
    const Progress& progress
);

}  // namespace selfsame::evaluation
