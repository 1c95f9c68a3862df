// SPDX-License-Identifier: Apache-2.0
// Use case: does this photo or video look like a presentation attack? Nobody is compared, nothing
// is kept.
#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"
#include "core/decision.h"
#include "flows/inference_pool.h"
#include "flows/worker_pool.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

struct PresentationRequest {
  std::string customer;
  Bytes input;
  bool is_video = false;
  double video_max_s = 0;
  bool sandbox = false;  // a magic input decides (core/sandbox.h)
  Deadline deadline;
  std::function<bool()> is_abandoned;  // as in Turn
};

struct PresentationFinding {
  core::Outcome outcome{};  // `live`, `attack`, `face_changed`, `liveness_unsure`, or why there was
                            // nothing to judge
  core::AttackClass attack_class = core::AttackClass::none;  // set beside an attack
  bool too_long = false;                                     // the video exceeds video_max_s
};

/// Thread-safe.
class PresentationCheck {
 public:
  PresentationCheck(
      const vision::FaceEngine& engine, InferencePool& inference_pool, core::PadPolicy policy
  )
      : engine_(engine), inference_pool_(inference_pool), policy_(policy) {}

  /// `image_undecodable` for a photo that is none, `overloaded`, `engine_failed`,
  /// `deadline_exceeded`.
  [[nodiscard]] asio::awaitable<Result<PresentationFinding>> run(PresentationRequest request) const;

 private:
  const vision::FaceEngine& engine_;
  InferencePool& inference_pool_;
  core::PadPolicy policy_;
};

}  // namespace selfsame::flows
