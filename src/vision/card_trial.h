// SPDX-License-Identifier: Apache-2.0
// May a network that somebody brings take part? Its card is tried on the fixtures, as it is and
// made wrong on purpose.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vision/engine_check.h"
#include "vision/face_detector.h"
#include "vision/model_cards.h"
#include "vision/network.h"

namespace selfsame::vision {

/// What the trial stands on: the packaged detector and what is known of the fixtures.
struct TrialBench {
  const InferenceRuntime& runtime;
  const FaceDetector& detector;
  SelfTestCard self_test;
  std::string fixtures_dir;
};

struct CardTrial {
  std::string network;
  Separation separation;
  std::vector<std::string> wrong_wirings;  // each was tried and refused: "bgr instead of rgb", ...
};

/// Passes a card of a "pad" or "recogniser" network if
/// - its file loads as the card says, its golden answer and (pad) live_of_portrait come true, and
/// it
///   separates the fixtures by itself;
/// - every wrong wiring of it (channel order, value range, class, crop) fails one of these, so that
///   the card's answers prove the wiring; and
/// - no wrong wiring separates better, which would mean that the card's is the wrong one.
///
/// `engine_failed` says what does not hold.
/// @param member  of a pad network; ignored for a recogniser
[[nodiscard]] Result<CardTrial> try_card(
    const NetworkCard& card, const PadMember& member, const TrialBench& bench
);

}  // namespace selfsame::vision
