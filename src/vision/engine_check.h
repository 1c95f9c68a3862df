// SPDX-License-Identifier: Apache-2.0
// Proof, at start, that the networks do here what their cards say.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "vision/face_detector.h"
#include "vision/face_recogniser.h"
#include "vision/image.h"
#include "vision/network.h"
#include "vision/pad_network.h"

namespace selfsame::vision {

/// The fixed pattern: channel c (0 blue, 1 green, 2 red) of pixel (x, y) is
/// (7 x + 13 y + 29 c + 64 c [x >= width / 2]) mod 256. No two channels are alike, and no channel
/// is another one shifted, so that a wrong channel order shows.
[[nodiscard]] Image fixed_pattern(int width_px, int height_px);

/// The network's answer to the fixed pattern at its card's size (320x256 where that is open), as
/// GoldenOutput::values are sampled: `samples` values at equal distances.
[[nodiscard]] Result<std::vector<float>> answer_to_pattern(
    const Network& network, std::size_t samples
);

/// `engine_failed` when the answer to the pattern is not the card's golden one.
[[nodiscard]] Result<void> check_golden(const Network& network);

/// `engine_failed` unless, for every network of the comparator on its own, the two portraits of one
/// person are more alike than either is to the other person's, by the card's margin.
[[nodiscard]] Result<void> check_recognisers(
    const FaceDetector& detector,
    const FaceComparator& comparator,
    const SelfTestCard& card,
    const std::string& fixtures_dir
);

/// The pictures that PAD is checked on: the portrait, the other person's, and the portrait drawn on
/// a screen and on paper. Fixed order.
inline constexpr std::size_t kPadPictures = 4;

/// P(live) of each network in use for each of the kPadPictures pictures, network by network. The
/// faces are taken to be at fixed places, so that no other network has a say.
[[nodiscard]] Result<std::vector<double>> pad_answers(
    const PadEnsemble& pad, const SelfTestCard& card, const std::string& fixtures_dir
);

/// `engine_failed` unless the networks in use give what the self_test card says (live_of_portrait,
/// to live_tolerance), and their fused score puts the portrait well above both drawn attacks.
[[nodiscard]] Result<void> check_pad(
    const FaceDetector& detector,
    const PadEnsemble& pad,
    const ModelCards& cards,
    const std::string& fixtures_dir
);

/// A fixture's pixels. `engine_failed` names what is missing.
[[nodiscard]] Result<Image> read_fixture(const std::string& fixtures_dir, const std::string& file);

}  // namespace selfsame::vision
