// SPDX-License-Identifier: Apache-2.0
// Face comparison measured on a folder of photos: `selfsame eval face`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluation/dataset.h"
#include "evaluation/error_rates.h"
#include "vision/face_engine.h"

namespace selfsame::evaluation {

struct FaceEvaluationRequest {
  std::filesystem::path images;                     // folder/IDENTITY/photo
  std::optional<std::filesystem::path> pairs;       // compare these only (pairs_file.h)
  std::optional<std::filesystem::path> labels_fix;  // known label errors (labels_fix.h)
  unsigned threads = 1;
  BootstrapOptions bootstrap;
};

enum class Protocol : std::uint8_t { all_pairs, pairs };

/// How many of what. A failure to acquire is a photo without a template: its comparisons are in no
/// error rate, it is counted here (ISO/IEC 19795-1: FTA).
struct FaceCounts {
  std::size_t photos = 0;   // wanted, without the omitted ones
  std::size_t omitted = 0;  // left out by labels_fix
  std::size_t failures_to_acquire = 0;
  std::size_t templates = 0;
  std::size_t identities = 0;  // with at least one template
  std::uint64_t genuine_pairs = 0;
  std::uint64_t impostor_pairs = 0;
  std::size_t skipped_pairs =
      0;  // of the list: impossible by a failure to acquire or by labels_fix
};

struct AcquisitionFailure {
  std::string photo;
  std::string reason;
};

struct FaceEvaluation {
  Protocol protocol = Protocol::all_pairs;
  std::string data_set;               // name of the folder
  std::string precision;              // of the recogniser: "f32" or "bf16"
  std::vector<std::string> networks;  // recognisers of the comparator
  FaceCounts counts;
  std::vector<AcquisitionFailure> failures;
  ErrorRates rates;
  std::optional<FoldAccuracy> fold_accuracy;  // when the list of pairs has folds
  BootstrapOptions bootstrap;
  double seconds = 0;  // wall time
};

/// Without a list every photo is compared with every other, identity = folder, and rates below what
/// the pairs show are extrapolated; with a list only the rates that it supports are given.
///
/// `not_found`: a file or folder is missing (with a list: a photo of the list, too).
/// `malformed_request`: a list does not parse. `invalid_parameter`: a photo lies outside any
/// identity's folder, or there are no genuine or no impostor comparisons. `engine_failed`: see
/// read_photos().
[[nodiscard]] Result<FaceEvaluation> evaluate_faces(
    const vision::FaceEngine& engine, const FaceEvaluationRequest& request, const Progress& progress
);

}  // namespace selfsame::evaluation
