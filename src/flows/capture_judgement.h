// SPDX-License-Identifier: Apache-2.0
// Measures a capture against its challenge and, if there is one, a reference photo, and decides.
// The one path from samples to verdict: every surface goes through it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/challenge.h"
#include "core/client_hints.h"
#include "core/decision.h"
#include "vision/face_engine.h"

namespace selfsame::flows {

/// What stands in an outcome for the calibration, where a magic input decided.
inline constexpr const char* kSandboxCalibration = "sandbox";

struct CaptureJudgement {
  core::Outcome outcome{};
  core::AttackClass attack_class = core::AttackClass::none;  // set beside attack and face_changed
  std::optional<double> cosine;                              // set for match and non_match
  std::vector<double> further_cosines;  // one for each of `further`; NaN: not compared
  std::optional<double> pad_score;
  std::vector<std::string> reasons;  // LivenessMeasurement::reasons, then every ClientSuspicion
  core::ChallengeEvidence challenge;
  core::ComparisonEvidence evidence;            // all that was decided from
  core::VerificationPolicy policy;              // that it was decided by
  Bytes best_frame_jpeg;                        // empty unless live
  vision::Image best_frame;                     // also of an attack; empty: nobody was seen
  std::vector<vision::Image> next_best_frames;  // likewise
  bool sandbox = false;                         // a magic input decided: nothing was measured
};

/// What is known of a capture beside its samples. It may count against it, never in its favour.
struct CaptureContext {
  std::optional<double> available_s;  // from the challenge's way out to the capture's way in
  core::ClientHints hints;
  bool sandbox = false;  // of a customer for whom magic inputs decide (core/sandbox.h)
  bool reference_is_portrait =
      false;  // printed on a document: no quality is asked for but one face
};

/// One job of the inference pool.
/// @param reference_image  not looked at when policy.compares is false
/// @param further          photos that are compared with whoever was seen, and decide nothing
/// @return  `image_undecodable` for the reference, `engine_failed`; what is wrong with the capture
/// is
///          an outcome. In the sandbox also the error that was asked for
[[nodiscard]] Result<CaptureJudgement> judge_capture(
    const vision::FaceEngine& engine,
    const core::VerificationPolicy& policy,
    const core::Challenge& challenge,
    const Bytes& reference_image,
    const vision::CaptureSamples& samples,
    const CaptureContext& context = {},
    std::span<const Bytes> further = {}
);

}  // namespace selfsame::flows
