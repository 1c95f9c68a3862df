// SPDX-License-Identifier: Apache-2.0
// Use case: is the person in the video alive, and the one on the reference photo?
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "core/calibration.h"
#include "core/customer.h"
#include "core/decision.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "storage/blob_store.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct LivenessComparisonRequest {
  Caller caller;
  std::shared_ptr<const core::Customer> customer;  // of Admitted; null: nothing is settled
  std::string surface;                             // "tencent"
  std::string operation;                           // the surface's name of the call
  std::string product;                             // what is billed, for example "tencent.pure-api"
  std::string request_id;                          // becomes the outcome's id
  std::string request_fingerprint;  // unique per signed request; empty: never a repetition
  Bytes reference_image;
  vision::CaptureSamples samples;
  core::Challenge challenge = {};  // what the samples answer
  std::string single_use;          // of the challenge, if it may be answered once: its unique name
  Timestamp single_use_until{};    // nobody accepts the challenge from then on
  std::optional<double> available_s;  // CaptureContext
  int best_frames_max = 1;            // how many best frames the result should have
  Deadline deadline;
  std::function<bool()> is_abandoned;  // as in Turn
  // The surface's code under which this outcome is billed; nothing: it is not billed.
  std::function<std::optional<std::string>(core::Outcome)> billed_code;
};

struct LivenessComparisonResult {
  std::string request_id;  // of the attempt that was decided: an earlier one when `repeated`
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  std::optional<double> cosine;         // set for match and non_match
  Bytes best_frame_jpeg;                // empty when nothing was judged
  std::vector<Bytes> best_frames_jpeg;  // this and the next best, at most best_frames_max; only
                                        // this one when `repeated`
  bool repeated = false;                // the stored answer of an identical signed request
};

/// Thread-safe.
class LivenessComparison {
 public:
  LivenessComparison(
      const vision::FaceEngine& engine,
      storage::Database& database,
      storage::BlobStore& blobs,
      InferencePool& inference_pool,
      WorkerPool& storage_pool,
      const Clock& clock,
      core::VerificationPolicy policy
  )
      : engine_(engine),
        database_(database),
        blobs_(blobs),
        inference_pool_(inference_pool),
        storage_pool_(storage_pool),
        clock_(clock),
        policy_(policy) {}

  /// Measures, decides, stores the samples, the outcome and at most one charge, and only then
  /// answers. A challenge for single use is used up before anything is measured; later ones are
  /// `replayed`. Errors (`image_undecodable`, `overloaded`, `engine_failed`, `storage_unavailable`,
  /// `deadline_exceeded`, ...) and what is no attempt (core::is_attempt) and not billed leave no
  /// row, no charge and no blob behind, but for blobs after a `storage_unavailable`: those are left
  /// to the sweep (flows/blob_sweep.h).
  [[nodiscard]] asio::awaitable<Result<LivenessComparisonResult>> run(
      LivenessComparisonRequest request
  ) const;

  /// run() would answer `overloaded` now, unless to a repetition.
  [[nodiscard]] bool refuses(const Caller& caller) const {
    return inference_pool_.refuses(caller.customer);
  }

  [[nodiscard]] const core::ComparisonCalibration& calibration() const noexcept {
    return engine_.calibration();
  }

 private:
  const vision::FaceEngine& engine_;
  storage::Database& database_;
  storage::BlobStore& blobs_;
  InferencePool& inference_pool_;
  WorkerPool& storage_pool_;
  const Clock& clock_;
  core::VerificationPolicy policy_;
};

}  // namespace selfsame::flows
