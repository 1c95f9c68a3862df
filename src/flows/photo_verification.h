// SPDX-License-Identifier: Apache-2.0
// Use case: does this photo of a face show a living person, the one in a reference photo? Nothing
// of the photos is kept.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "core/calibration.h"
#include "core/customer.h"
#include "core/decision.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct PhotoVerificationRequest {
  Caller caller;
  std::shared_ptr<const core::Customer> customer;  // of Admitted; null: nothing is settled
  std::string surface;                             // "alibaba"
  std::string operation;                           // the surface's name of the call
  std::string product;     // what is billed, for example "alibaba.id-verification"
  std::string request_id;  // becomes the outcome's id
  Bytes reference_image;
  Bytes probe_image;  // taken now; presentation attack detection looks at this one only
  Deadline deadline;
  std::function<bool()> is_abandoned;  // as in Turn
  // The surface's code under which this outcome is billed; nothing: it is not billed.
  std::function<std::optional<std::string>(core::Outcome)> billed_code;
};

struct PhotoVerificationResult {
  core::Outcome outcome{};
  // Set when both photos could be used, whatever else was decided.
  std::optional<core::SimilarityScore> similarity;
  core::ComparisonCalibration calibration;
};

/// Thread-safe.
class PhotoVerification {
 public:
  PhotoVerification(
      const vision::FaceEngine& engine,
      storage::Database& database,
      InferencePool& inference_pool,
      WorkerPool& storage_pool,
      const Clock& clock,
      core::VerificationPolicy policy
  )
      : engine_(engine),
        database_(database),
        inference_pool_(inference_pool),
        storage_pool_(storage_pool),
        clock_(clock),
        policy_(policy) {}

  /// Decides, stores an attempt (core::is_attempt) or what is billed, and answers when it is
  /// durable. `image_undecodable` for either photo, `overloaded`, `engine_failed`,
  /// `deadline_exceeded`, `storage_unavailable`.
  [[nodiscard]] asio::awaitable<Result<PhotoVerificationResult>> run(
      PhotoVerificationRequest request
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
  core::VerificationPolicy policy_;
};

}  // namespace selfsame::flows
