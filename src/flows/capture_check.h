// SPDX-License-Identifier: Apache-2.0
// Use cases of surfaces that look at a capture in one request and report on it in another: what
// does it show; whom does it show; what is that worth in the ledger.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "core/challenge.h"
#include "core/decision.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/reference_photos.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

/// A capture, judged with nobody to compare it with.
struct CaptureFinding {
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  core::ComparisonEvidence evidence;  // all that was decided from
  Bytes face_jpeg;                    // the best frame, also of an attack; empty: nobody was seen
  bool sandbox = false;  // a magic input decided: there is no evidence, and face_jpeg is magic too
};

struct CaptureCheckRequest {
  vision::CaptureSamples samples;
  core::Challenge challenge;
  std::optional<double> available_s;  // CaptureContext
  bool sandbox = false;               // likewise
};

/// How far the head is turned from one selfie to the other, at least: an artefact that is flat
/// looks the same from there.
inline constexpr double kSelfieTurn_deg = 15;

/// The magic word (core::sandbox_word) for selfies that pass but for what their files say.
inline constexpr std::string_view kSandboxOriginsDiffer = "origins_differ";

/// Two photos that somebody took of their face, from the front and from the side.
struct SelfieFinding {
  std::optional<FaultyPhoto> fault;  // 0 the front, 1 the side; then there is nothing else
  bool origins_differ = true;        // not both JPEG, or by what their files say not of one camera
  bool same_person = false;          // at a false match rate of 1e-3
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  std::optional<double> pad_score;  // the lower one; none: not in colour
  Bytes face_jpeg;                  // the front; of magic selfies the one that decided
};

struct FaceReport {
  std::optional<FaultyPhoto> fault;  // then there is nothing else
  std::vector<double> cosines;       // of each photo; empty where nobody was to be compared
  std::vector<bool> in_colour;       // likewise
};

struct FaceReportRequest {
  Bytes face_jpeg;  // CaptureFinding; empty: the photos are only checked
  std::vector<Bytes> photos;
  PhotoRules rules;  // of the sandbox: a magic photo or face decides
};

/// What a surface concludes from both, and bills.
struct Conclusion {
  Caller caller;
  std::string surface;
  std::string operation;
  std::string product;      // what is billed
  std::string code;         // under which it is billed; empty: it is not
  std::string request_id;   // becomes the outcome's id
  std::string fingerprint;  // unique per customer: concluded once
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;
  std::optional<double> cosine;
  std::optional<double> pad_score;
  bool sandbox = false;  // a magic input decided
};

/// Thread-safe.
class CaptureCheck {
 public:
  CaptureCheck(
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
        policy_(policy) {
    policy_.compares = false;
  }

  /// Stores nothing. `overloaded`, `engine_failed`, `deadline_exceeded`.
  [[nodiscard]] asio::awaitable<Result<CaptureFinding>> look(Turn turn, CaptureCheckRequest request)
      const;

  /// Stores nothing; the same errors. A photo that cannot be judged, and a side that is not turned,
  /// is a fault.
  /// @param sandbox  a magic selfie decides, as an outcome or by kSandboxOriginsDiffer
  [[nodiscard]] asio::awaitable<Result<SelfieFinding>> look_at_selfies(
      Turn turn, Bytes front, Bytes side, bool sandbox = false
  ) const;

  /// The photos beside the face that look() found. Stores nothing; the same errors.
  [[nodiscard]] asio::awaitable<Result<FaceReport>> compare(Turn turn, FaceReportRequest request)
      const;

  /// Was a conclusion with this fingerprint stored?
  [[nodiscard]] asio::awaitable<Result<bool>> is_concluded(
      std::string customer, std::string fingerprint, Deadline deadline
  ) const;

  /// Stores the outcome and its charge together. Of those with one fingerprint the first;
  /// `conflict` for the others, and then nothing was stored.
  [[nodiscard]] asio::awaitable<Result<void>> conclude(Conclusion conclusion, Deadline deadline)
      const;

  [[nodiscard]] const core::PadPolicy& pad_policy() const noexcept { return policy_.pad; }
  [[nodiscard]] const core::ComparisonCalibration& calibration() const noexcept {
    return engine_.calibration();
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
