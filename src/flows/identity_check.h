// SPDX-License-Identifier: Apache-2.0
// Use case: does the authoritative register confirm who somebody claims to be, and is that the
// person on this photo?
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "core/decision.h"
#include "core/register_record.h"
#include "flows/authentication.h"
#include "flows/inference_pool.h"
#include "flows/number_watch.h"
#include "flows/register.h"
#include "flows/worker_pool.h"
#include "storage/repositories.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct IdentityCheckRequest {
  Caller caller;
  std::string surface;
  std::string operation;
  std::string product;              // what is billed
  std::string request_id;           // becomes the outcome's id
  std::string request_fingerprint;  // unique per signed request; empty: never a repetition
  core::RegisterQuery query;        // wants_photo: the two photos are compared
  Bytes photo;                      // of the caller
  bool is_portrait = false;         // printed on a document: no quality is asked for but one face
  bool sandbox = false;             // a magic name or photo decides (core/sandbox.h)
  Deadline deadline;
  std::function<bool()> is_abandoned;  // as in Turn
  // The surface's code under which this outcome is billed; nothing: it is not billed.
  std::function<std::optional<std::string>(core::Outcome)> billed_code;
};

struct IdentityCheckResult {
  std::string request_id;  // an earlier one when `repeated`
  core::Outcome outcome{};
  core::RegisterFinding finding{};        // of this enquiry; none of an answer that is `repeated`
  std::optional<double> cosine;           // of the two photos
  bool register_photo_in_colour = false;  // meaningful beside a cosine
  bool sandbox = false;                   // a magic input decided: nothing was measured
  bool repeated = false;                  // the stored answer of an identical signed request
};

/// What a photo of the register is good for, once it is looked at. Blocking.
struct RegisterPhotoReading {
  core::RegisterFinding finding{};  // found, photo_format or no_face
  vision::FacePhoto photo;          // with templates when found
};
/// Old and grey portraits are what registers have: no quality is asked for but one face. Errors
/// are the engine's.
[[nodiscard]] Result<RegisterPhotoReading> read_register_photo(
    const vision::FaceEngine& engine, ByteView encoded
);

/// Thread-safe.
class IdentityCheck {
 public:
  /// @param enquiries_per_day  about one number; 0: no bound
  IdentityCheck(
      const vision::FaceEngine& engine,
      storage::Database& database,
      const Register& where,
      const NumberWatch& numbers,
      InferencePool& inference_pool,
      WorkerPool& storage_pool,
      const Clock& clock,
      core::ComparisonPolicy policy,
      std::int64_t enquiries_per_day
  )
      : engine_(engine),
        database_(database),
        register_(where),
        numbers_(numbers),
        inference_pool_(inference_pool),
        storage_pool_(storage_pool),
        clock_(clock),
        policy_(policy),
        enquiries_per_day_(enquiries_per_day) {}

  /// Asks, compares, and stores what is billed, with its charge, before it answers. Neither photo
  /// is kept. Everything else leaves no row: it is answered anew. `image_undecodable` for the
  /// caller's photo; `overloaded`, `engine_failed`, `storage_unavailable`, `deadline_exceeded`.
  [[nodiscard]] asio::awaitable<Result<IdentityCheckResult>> run(IdentityCheckRequest request
  ) const;

  /// Only whether the register knows the number under this name: nothing is compared, stored or
  /// billed. Errors are ours, as Register::look_up.
  [[nodiscard]] asio::awaitable<Result<core::RegisterFinding>> enquire(
      Caller caller, core::RegisterQuery query, bool sandbox, Deadline deadline
  ) const;

  /// run() with a photo would answer `overloaded` now.
  [[nodiscard]] bool refuses(const Caller& caller) const {
    return inference_pool_.refuses(caller.customer);
  }

  [[nodiscard]] const core::ComparisonCalibration& calibration() const noexcept {
    return engine_.calibration();
  }

 private:
  [[nodiscard]] asio::awaitable<Result<RegisterAnswer>> ask(const IdentityCheckRequest* request
  ) const;
  [[nodiscard]] asio::awaitable<Result<IdentityCheckResult>> commit(
      IdentityCheckRequest request, IdentityCheckResult result
  ) const;

  const vision::FaceEngine& engine_;
  storage::Database& database_;
  const Register& register_;
  const NumberWatch& numbers_;
  InferencePool& inference_pool_;
  WorkerPool& storage_pool_;
  const Clock& clock_;
  core::ComparisonPolicy policy_;
  std::int64_t enquiries_per_day_;
};

}  // namespace selfsame::flows
