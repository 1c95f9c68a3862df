// SPDX-License-Identifier: Apache-2.0
// Use case: do two photos show the same person?
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "core/calibration.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct PhotoComparisonResult {
  vision::FacePhoto a;  // the largest face is the one compared
  vision::FacePhoto b;
  // Absent when one of the photos has a defect.
  std::optional<core::SimilarityScore> score;
  double similarity = 0;  // 0..100, core::kNativeMarks
  std::array<bool, 4> match_at{};
  core::ComparisonCalibration calibration;
};

/// Reads and compares two encoded photos; also what `selfsame compare` runs. Blocking.
/// `image_undecodable` names in its detail which one ("a" or "b").
[[nodiscard]] Result<PhotoComparisonResult> compare_photos(
    const vision::FaceEngine& engine, ByteView a, ByteView b
);

/// Thread-safe.
class PhotoComparison {
 public:
  PhotoComparison(
      const vision::FaceEngine& engine,
      storage::Database& database,
      InferencePool& inference_pool,
      WorkerPool& storage_pool,
      const Clock& clock
  )
      : engine_(engine),
        database_(database),
        inference_pool_(inference_pool),
        storage_pool_(storage_pool),
        clock_(clock) {}

  /// Compares, stores the outcome (not the photos) and answers when it is durable. A photo with a
  /// defect gives a result without a score, and no row.
  [[nodiscard]] asio::awaitable<Result<PhotoComparisonResult>> run(
      Caller caller,
      std::string request_id,
      Bytes a,
      Bytes b,
      Deadline deadline,
      std::function<bool()> is_abandoned = {},  // as in Turn
      bool sandbox = false                      // magic photos decide (core/sandbox.h)
  ) const;

  /// run() would answer `overloaded` now.
  [[nodiscard]] bool refuses(const Caller& caller) const {
    return inference_pool_.refuses(caller.customer);
  }

 private:
  const vision::FaceEngine& engine_;
  storage::Database& database_;
  InferencePool& inference_pool_;
  WorkerPool& storage_pool_;
  const Clock& clock_;
};

}  // namespace selfsame::flows
